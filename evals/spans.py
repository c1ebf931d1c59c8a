"""Messages in which what must not be kept is marked: `{"text", "spans": [[type, start, end]], "lang"}`, one JSON object a line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from desk.people import LANGS, Lang
from evals.case import BadData, rows


@dataclass(frozen=True, kw_only=True, order=True)
class Span:
    start: int                 # characters, from 0
    end: int                   # behind the last one
    kind: str


@dataclass(frozen=True, kw_only=True)
class Marked:
    id: str                    # file and line
    text: str
    lang: Lang
    spans: tuple[Span, ...]


def load(paths: Sequence[Path]) -> list[Marked]:
    """All messages of the files, with marks of whatever type. Raises BadData at the first line that isn't one."""
    found = [marked for path in paths for marked in _marked(path)]
    if not found:
        raise BadData(f"{', '.join(map(str, paths))}: no cases")
    return found


def _marked(path: Path) -> Iterator[Marked]:
    for number, row in rows(path):
        where = f"{path}:{number}"
        text, lang = row.get("text"), row.get("lang")
        if not isinstance(text, str) or not text.strip():
            raise BadData(f"{where}: `text` is missing or empty")
        if lang not in LANGS:
            raise BadData(f"{where}: unknown lang {lang!r}; known are {', '.join(LANGS)}")
        marks = row.get("spans")
        if not isinstance(marks, list):
            raise BadData(f"{where}: `spans` must be a list of [type, start, end]")
        spans = tuple(sorted(_span(mark, text, where) for mark in marks))
        yield Marked(id=f"{path.name}:{number}", text=text, lang=cast(Lang, lang), spans=spans)


def _span(mark: Any, text: str, where: str) -> Span:
    match mark:
        case [str(kind), int(start), int(end)] if not isinstance(start, bool) and not isinstance(end, bool):
            if not 0 <= start < end <= len(text):
                raise BadData(f"{where}: the span {mark} lies outside the text of {len(text)} characters")
            return Span(start=start, end=end, kind=kind)
    raise BadData(f"{where}: a span is [type, start, end], not {mark!r}")
