"""Makes the page: everything inline, no script, nothing fetched."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from desk.people import LANGS
from evals.difference import Difference
from evals.judged import Judged
from evals.report.cases import Kind, Matrix, direction, failures, kinds, laid_out, matrices, worst
from evals.report.drawing import Frame, span
from evals.result import Result

ROOM = files("evals.report")
ROW, TOP = 22, 8               # pixels of one language in a strip, and above the first


@dataclass(frozen=True, kw_only=True)
class Row:
    """One language of a strip."""

    lang: str                  # "": all
    value: float
    interval: tuple[float, float] | None
    peers: Sequence[tuple[str, float]]
    middle: int                # of the row, in pixels from the top


@dataclass(frozen=True, kw_only=True)
class Strip:
    """One figure across the languages on one axis: intervals, the goal and the peers."""

    name: str
    frame: Frame
    rows: Sequence[Row]
    goal: float | None


@dataclass(frozen=True)
class Chapter:
    """One suite, as the page tells of it."""

    result: Result
    changes: Sequence[Difference]

    @cached_property
    def headline(self) -> list[str]:
        """The figures that have goals; else the first."""
        return [name for name in self.result.metrics if name in self.result.goals] or list(self.result.metrics)[:1]

    @cached_property
    def strips(self) -> list[Strip]:
        return [_strip(self.result, name) for name in self.headline]

    @property
    def verdict(self) -> str:
        if not self.result.gates:
            return "none"
        return "held" if all(gate.holds for gate in self.result.gates) else "failed"

    @property
    def failing(self) -> list[str]:
        return [gate.name for gate in self.result.gates if not gate.holds]

    def reached(self, name: str, place: str = "") -> bool | None:
        """Whether the goal is; None where there is none."""
        goal, value = self.result.goals.get(name), self.result.places().get(place, {}).get(name)
        if goal is None or value is None:
            return None
        return value <= goal if name in self.result.less else value >= goal

    @cached_property
    def kinds(self) -> list[Kind]:
        return kinds(self.result.judged)

    @cached_property
    def failures(self) -> list[Kind]:
        return failures(self.result.judged)

    @cached_property
    def shown(self) -> dict[str, list[Judged]]:
        return worst(self.result.judged)

    def place(self, judged: Judged | None) -> int | None:
        """Of a case that is shown, the same wherever the page speaks of it."""
        every = [each for cases in self.shown.values() for each in cases]
        return next((at for at, each in enumerate(every) if each is judged), None)

    @cached_property
    def matrices(self) -> dict[str, Matrix]:
        return matrices(self.result.judged)

    @property
    def wrong(self) -> int:
        return sum(each.right is False for each in self.result.judged)

    @property
    def reliability(self) -> Frame | None:
        return Frame() if self.result.curves.get("reliability") else None

    @property
    def risk(self) -> Frame | None:
        """Its upper end is the largest risk that any language has once a tenth of the answers is given."""
        curves = self.result.curves.get("risk", {})
        highest = [risk for points in curves.values() for coverage, risk in points if coverage >= 0.1]
        return Frame(y=(0.0, min(1.0, max(0.05, max(highest) * 1.1)))) if highest else None


def render(results: Sequence[Result], changes: Mapping[str, Sequence[Difference]]) -> str:
    environment = Environment(loader=FileSystemLoader(str(ROOM)), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                              lstrip_blocks=True)
    environment.filters |= {"direction": direction, "laid_out": laid_out, "figure": figure, "whole": lambda number: f"{number:,}"}
    glossary = tomllib.loads(ROOM.joinpath("glossary.toml").read_text("utf-8"))
    chapters = [Chapter(result, changes.get(result.suite, ())) for result in results]
    return environment.get_template("page.html.j2").render(
        chapters=chapters, glossary=glossary["figures"], suites=glossary["suites"], langs=glossary["languages"], order=LANGS,
        whys=glossary["failures"], style=ROOM.joinpath("page.css").read_text("utf-8"))


def figure(value: float | None) -> str:
    """Three digits after the point; a count has none."""
    if value is None:
        return "–"
    return f"{value:.0f}" if value == int(value) and abs(value) > 1 else f"{value:.3f}"


def _strip(result: Result, name: str) -> Strip:
    places = {lang: figures for lang, figures in result.by_lang.items() if name in figures} or {"": result.metrics}
    rows = [_row(result, name, lang, TOP + ROW * number + ROW // 2) for number, lang in enumerate(places)]
    goal = result.goals.get(name)
    shown = [each for row in rows for each in (row.value, *(row.interval or ()), *(value for _, value in row.peers))]
    frame = Frame(x=span([*shown, *(() if goal is None else (goal,))]), width=320, height=ROW * len(rows) + 34, left=34, right=16, top=TOP,
                  bottom=26)
    return Strip(name=name, frame=frame, rows=rows, goal=goal)


def _row(result: Result, name: str, lang: str, middle: int) -> Row:
    key = f"{lang}.{name}".lstrip(".")
    peers = [(peer, figures[key]) for peer, figures in result.peers.items() if key in figures]
    return Row(lang=lang, value=result.places()[lang][name], interval=result.intervals.get(key), peers=peers, middle=middle)
