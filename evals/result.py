"""What a run of one suite found: figures by language with their intervals, and each case. The shape of `--json`, both ways."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from evals.case import BadData
from evals.failures import counted, failure_of
from evals.gate import Gate
from evals.judged import Judged

Figures = Mapping[str, float]
Curves = Mapping[str, Mapping[str, Sequence[Sequence[int | float]]]]   # kind → language ("" for all) → points


@dataclass(frozen=True, kw_only=True)
class Result:
    suite: str
    about: str = ""
    n: int                     # of cases in the figures
    seed: int = 0
    repeat: int = 1            # attempts at each case
    versions: Mapping[str, str] = field(default_factory=dict)
    metrics: Figures
    by_lang: Mapping[str, Figures]
    sizes: Mapping[str, int] = field(default_factory=dict)                 # cases by language
    intervals: Mapping[str, tuple[float, float]] = field(default_factory=dict)     # of `recall`, and of `fa.recall`
    goals: Figures = field(default_factory=dict)
    less: tuple[str, ...] = () # the figures where less is better
    gap: Figures = field(default_factory=dict)             # between the best language and the worst
    errors: int = 0            # attempts that could not be judged
    peers: Mapping[str, Figures] = field(default_factory=dict)             # a language's as `fa.recall`
    peer_errors: Mapping[str, str] = field(default_factory=dict)
    versus: Mapping[str, Mapping[str, tuple[float, float, float]]] = field(default_factory=dict)   # per peer: ours minus its, from, to
    curves: Curves = field(default_factory=dict)
    at: str = ""               # when it was run
    seconds: float = 0.0
    gates: tuple[Gate, ...] = ()
    agreement: tuple[Mapping[str, Any], ...] = ()          # of two raters each, where the data has labels of several
    judged: tuple[Judged, ...] = ()        # `cases` in the file

    def as_json(self) -> dict[str, Any]:
        found = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "judged"}
        spans = {"intervals": {name: list(edges) for name, edges in self.intervals.items()},
                 "versus": {peer: {name: list(edges) for name, edges in theirs.items()} for peer, theirs in self.versus.items()}}
        return found | spans | {"less": list(self.less), "gates": [each.as_json() for each in self.gates],
                                "agreement": list(self.agreement),
                                "failures": {place or "all": kinds for place, kinds in counted(self.judged).items()},
                                "cases": [_case(each) for each in self.judged]}

    @classmethod
    def from_json(cls, whole: Any, place: str) -> "Result":
        """Raises BadData, which names `place` and what is wrong there, where it isn't a run."""
        try:
            cases = [vars(Judged.from_json(row)) for row in whole["cases"]]
            known = {each.name for each in fields(cls)} - {"judged"}
            return _shape().validate_python({**{name: value for name, value in whole.items() if name in known}, "judged": cases})
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            wrong = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            wrong = f"{type(error).__name__}: {error}"
        raise BadData(f"{place}: not a run of `yavar eval run --json` ({wrong})")

    def places(self) -> dict[str, Figures]:
        """The figures of the whole, under "", and of each language."""
        return {"": self.metrics, **self.by_lang}

    def better(self, name: str, one: float, other: float) -> bool:
        return one < other if name in self.less else one > other


def numbered(results: Sequence[Result]) -> Iterator[tuple[int, str, Judged]]:
    """Each case of a run with its number over all suites, from 1, and its suite."""
    number = 0
    for result in results:
        for judged in result.judged:
            number += 1
            yield number, result.suite, judged


def _case(judged: Judged) -> dict[str, Any]:
    """With its kind of failure, where it has one; told anew whenever a run is written or read."""
    failure = failure_of(judged)
    return judged.as_json() | ({"failure": str(failure)} if failure else {})


@cache
def _shape() -> TypeAdapter[Result]:
    return TypeAdapter(Result)
