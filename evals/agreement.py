"""How far two raters agree on the cases that both have labelled: Cohen's kappa, in all, by language and by label, and where they differ."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from desk.people import LANGS
from evals.case import BadData, ratings, rows
from evals.statistics import Interval, bootstrap, kappa

DIGITS = 4
SHOWN = 120                    # characters of a text in a list


@dataclass(frozen=True, kw_only=True)
class Rated:
    """One case that raters have labelled."""

    id: str                    # file and line
    text: str
    lang: str
    said: Mapping[str, str]    # by rater
    label: str = ""            # settled afterwards; "": not yet


@dataclass(frozen=True, kw_only=True)
class Part:
    """The agreement on some of the cases."""

    n: int
    agreed: int                # of them
    kappa: float | None        # None: both said the same one word throughout, so that chance alone explains it
    interval: Interval | None  # 95 %, by drawing cases again


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """Of one pair of raters."""

    raters: tuple[str, str]
    whole: Part
    by_lang: Mapping[str, Part]
    by_label: Mapping[str, Part]           # this label or another
    disputed: tuple[Rated, ...]

    def as_json(self) -> dict[str, Any]:
        """Disputed cases by their ids alone: the file has the texts."""
        return {"raters": list(self.raters), **_told(self.whole), "by_lang": {name: _told(part) for name, part in self.by_lang.items()},
                "by_label": {name: _told(part) for name, part in self.by_label.items()}, "disputed": [each.id for each in self.disputed]}


def read(path: Path) -> list[Rated]:
    """Every case of the file that somebody has labelled and nobody dropped. Raises BadData."""
    found = []
    for number, row in rows(path):
        said = ratings(row, f"{path}:{number}")
        if said and not row.get("dropped"):
            if not isinstance(row.get("text"), str) or row.get("lang") not in LANGS:
                raise BadData(f"{path}:{number}: `text` is missing, or `lang` is none of {', '.join(LANGS)}")
            found.append(Rated(id=f"{path.name}:{number}", text=row["text"], lang=row["lang"], said=said, label=row.get("label") or ""))
    return found


def agreements(cases: Sequence[Rated], seed: int = 0) -> list[Agreement]:
    """Of each two raters who have labelled the same cases, those with the most first."""
    raters = sorted({rater for case in cases for rater in case.said})
    found = [_between(one, other, [case for case in cases if one in case.said and other in case.said], seed)
             for one, other in combinations(raters, 2)]
    return sorted((each for each in found if each.whole.n), key=lambda each: (-each.whole.n, each.raters))


def _between(one: str, other: str, cases: Sequence[Rated], seed: int) -> Agreement:
    labels = sorted({case.said[rater] for case in cases for rater in (one, other)})

    def part(some: Sequence[Rated], read_as: Callable[[str], str] = str) -> Part:
        return _part([read_as(case.said[one]) for case in some], [read_as(case.said[other]) for case in some], seed)

    def only(label: str) -> Callable[[str], str]:
        return lambda said: label if said == label else ""

    return Agreement(raters=(one, other), whole=part(cases), by_label={label: part(cases, only(label)) for label in labels},
                     by_lang={lang: part(some) for lang in LANGS if (some := [case for case in cases if case.lang == lang])},
                     disputed=tuple(case for case in cases if case.said[one] != case.said[other]))


def _part(first: Sequence[str], second: Sequence[str], seed: int) -> Part:
    edges = bootstrap(lambda places: kappa([first[at] for at in places], [second[at] for at in places]), len(first), seed)
    same = sum(each == its for each, its in zip(first, second, strict=True))
    return Part(n=len(first), agreed=same, kappa=kappa(first, second), interval=edges if kappa(first, second) is not None else None)


def _told(part: Part) -> dict[str, Any]:
    return {"n": part.n, "agreed": part.agreed, "kappa": None if part.kappa is None else round(part.kappa, DIGITS),
            "interval": None if part.interval is None else [round(edge, DIGITS) for edge in part.interval]}


def as_text(found: Agreement) -> str:
    lines = [f"{found.raters[0]} and {found.raters[1]}: {_line(found.whole)}"]
    lines += [f"  {lang:<16}{_line(part)}" for lang, part in found.by_lang.items()]
    lines += [f"  {label:<16}{_line(part)}" for label, part in found.by_label.items()]
    one, other = found.raters
    for case in found.disputed:
        ends = f", settled as {case.label}" if case.label else ", left out of every run until it is settled"
        lines.append(f"  {case.id}: {one} said {case.said[one]}, {other} {case.said[other]}{ends}\n    {case.text[:SHOWN]}")
    return "\n".join(lines)


def _line(part: Part) -> str:
    whole = f"{part.agreed} of {part.n} alike"
    if part.kappa is None:
        return f"{whole}; kappa cannot be told from one label"
    edges = f" [{part.interval[0]:.2f}–{part.interval[1]:.2f}]" if part.interval else ""
    return f"{whole}, kappa {part.kappa:.2f}{edges}"
