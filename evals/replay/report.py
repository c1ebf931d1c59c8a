"""What a replay found, as counts by kind and language, for a terminal, as JSON and as one page that opens from disk."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from desk.people import LANGS
from evals.replay.outcome import KINDS
from evals.replay.playing import Beside, Played, Status
from evals.report.cases import direction
from evals.statistics import wilson

DIGITS = 4
COMPARED = (Status.SAME, Status.DIFFERS)


@dataclass(frozen=True)
class Replay:
    conversations: Sequence[Played]
    at: str
    versions: Mapping[str, str]

    @cached_property
    def turns(self) -> dict[str, list[Beside]]:
        """All under "", then those of each language that there are."""
        every = [turn for played in self.conversations for turn in played.turns]
        by_lang = {lang: [turn for turn in every if turn.lang == lang] for lang in LANGS}
        return {"": every} | {lang: turns for lang, turns in by_lang.items() if turns}

    def count(self, status: Status, place: str = "") -> int:
        return sum(turn.status is status for turn in self.turns[place])

    def kinds(self, place: str = "") -> Counter[str]:
        """How often each kind of difference was found; one message may differ in several ways."""
        return Counter(kind for turn in self.turns[place] if turn.status is Status.DIFFERS for kind in turn.kinds)

    def compared(self, place: str = "") -> int:
        return sum(self.count(status, place) for status in COMPARED)

    def interval(self, place: str = "") -> tuple[float, float] | None:
        """Of the share that is the same."""
        return wilson(self.count(Status.SAME, place), self.compared(place)) if self.compared(place) else None

    @property
    def differing(self) -> list[Played]:
        return [played for played in self.conversations if any(turn.status is Status.DIFFERS for turn in played.turns)]

    def metrics(self, place: str = "") -> dict[str, float]:
        if not self.compared(place):
            return {}
        kinds = self.kinds(place)
        return {"same": round(self.count(Status.SAME, place) / self.compared(place), DIGITS),
                **{f"differs.{kind}": round(kinds[kind] / self.compared(place), DIGITS) for kind in KINDS}}

    def as_json(self) -> dict[str, Any]:
        intervals = {f"{place}.same".lstrip("."): [round(edge, DIGITS) for edge in edges] for place in self.turns
                     if (edges := self.interval(place))}
        return {"suite": "replay", "n": self.compared(), "seed": 0, "versions": dict(self.versions), "at": self.at,
                "metrics": self.metrics(), "by_lang": {lang: self.metrics(lang) for lang in self.turns if lang}, "intervals": intervals,
                "peers": {}, "counts": {place or "all": self._counts(place) for place in self.turns},
                "cases": [{"id": played.id, "lang": played.lang, "turns": [turn.as_json() for turn in played.turns]}
                          for played in self.conversations]}

    def _counts(self, place: str) -> dict[str, Any]:
        return {"conversations": sum(place in ("", played.lang) for played in self.conversations), "messages": len(self.turns[place]),
                **{str(status): self.count(status, place) for status in Status}, "kinds": dict(self.kinds(place))}


def as_text(found: Replay) -> str:
    if not found.conversations:
        return "No conversation with an answer of the assistant was found. Look further back with --since."
    places = list(found.turns)
    rows: list[tuple[str, ...]] = [("", *(place or "all" for place in places))]
    rows.append(("messages", *(str(len(found.turns[place])) for place in places)))
    rows += [(str(status), *(str(found.count(status, place)) for place in places)) for status in Status]
    rows.append(("same, of those compared", *(_share(found, place) for place in places)))
    rows += [(f"  {kind}: {says}", *(str(found.kinds(place)[kind]) for place in places)) for kind, says in KINDS.items()]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([f"{len(found.conversations)} conversations, {len(found.differing)} with a difference", *lines])


def _share(found: Replay, place: str) -> str:
    edges = found.interval(place)
    return f"{found.metrics(place)['same']:.2f} [{edges[0]:.2f}–{edges[1]:.2f}]" if edges else "–"


def page(found: Replay) -> str:
    """Everything inline, no script, nothing fetched."""
    here, beside = files("evals.replay"), files("evals.report")
    environment = Environment(loader=FileSystemLoader(str(here)), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                              lstrip_blocks=True)
    environment.filters["direction"] = direction
    return environment.get_template("page.html.j2").render(found=found, kinds=KINDS, statuses=list(Status),
                                                          style=beside.joinpath("page.css").read_text("utf-8"))
