"""Gates: what a run must reach. Those of a release stand in gates.toml; an evaluator's own come by `--min`."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from desk.people import LANGS
from evals.case import BadData
from evals.difference import Difference
from evals.gate import Gate, placed
from evals.result import Result

SHIPPED = Path(str(files("evals").joinpath("gates.toml")))
SECTIONS = ("each", "all", *LANGS, "gap", "regression")


@dataclass(frozen=True, kw_only=True)
class Gates:
    """Per suite: bounds of `each` language and the whole, of one, of the `gap` between languages, and the `regression` that is allowed."""

    suites: Mapping[str, Mapping[str, Mapping[str, float]]]
    errors: float              # the share of attempts that may fail to be judged
    quick: tuple[str, ...]     # the suites of `make eval`
    attempts: Mapping[str, int] = field(default_factory=dict)      # at each case, where all suites are run

    def of(self, result: Result) -> list[Gate]:
        """Those of a run on the suite's own data. A language that has no figure holds none."""
        bounds = self.suites.get(result.suite, {})
        wanted = {f"{place}.{name}".lstrip("."): bound for place in ("", *LANGS) for name, bound in bounds.get("each", {}).items()}
        wanted |= dict(bounds.get("all", {})) | {f"{lang}.{name}": bound for lang in LANGS for name, bound in bounds.get(lang, {}).items()}
        found = [_gate(result, name, bound) for name, bound in wanted.items()]
        return found + [Gate(suite=result.suite, name=f"gap of {name}", value=result.gap.get(name), wanted=bound, less=True)
                        for name, bound in bounds.get("gap", {}).items()]

    def of_change(self, suite: str, differences: Sequence[Difference]) -> list[Gate]:
        """A drop fails where it is significant and larger than what is allowed."""
        allowed = self.suites.get(suite, {}).get("regression", {})
        return [Gate(suite=suite, name=f"drop of {each.name}", value=round(abs(each.change), 4), less=True,
                     wanted=allowed.get(placed(each.name)[1], 0.0)) for each in differences if each.significant and each.worse]

    def too_many_errors(self, result: Result) -> bool:
        return result.errors > self.errors * len(result.judged)


def asked(result: Result, name: str, bound: float) -> Iterator[Gate]:
    """Of `--min`: the whole and every language that has the figure; with a language's name, that one only."""
    lang, figure = placed(name)
    for place, figures in {lang: result.by_lang.get(lang, {})}.items() if lang else result.places().items():
        if figure in figures:
            yield _gate(result, f"{place}.{figure}".lstrip("."), bound)


def read(path: Path = SHIPPED) -> Gates:
    """Raises BadData, which names what is wrong."""
    try:
        whole = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise BadData(f"{path}: {error}") from None
    attempts = whole.pop("attempts", {})
    suites = {name: table for name, table in whole.items() if isinstance(table, dict)}
    for name, table in suites.items():
        _check(path, name, table)
    return Gates(suites=suites, errors=float(whole.get("errors", 0.0)), quick=tuple(whole.get("quick", ())),
                 attempts=attempts)


def _check(path: Path, suite: str, table: Mapping[str, Any]) -> None:
    for section, bounds in table.items():
        if section not in SECTIONS:
            raise BadData(f"{path}: [{suite}.{section}] is unknown; known are {', '.join(SECTIONS)}")
        for name, bound in bounds.items():
            if not isinstance(bound, int | float):
                raise BadData(f"{path}: [{suite}.{section}] {name} is no number")


def _gate(result: Result, name: str, bound: float) -> Gate:
    lang, figure = placed(name)
    return Gate(suite=result.suite, name=name, value=result.places().get(lang, {}).get(figure), wanted=bound, less=figure in result.less)
