"""A case is data: a message, the right answer, its language. Read from JSON lines, plain or gzipped."""

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from desk.people import LANGS, Lang


class BadData(Exception):
    """The data can't be used. The message names file and line."""


class NoData(BadData):
    """The suite has no data of its own. Name a file with --data."""

    def __init__(self, suite: str) -> None:
        super().__init__(f"{suite}: {NoData.__doc__}")


@dataclass(frozen=True, kw_only=True)
class Case:
    id: str                    # file and line
    text: str
    label: str
    lang: Lang


def load(paths: Sequence[Path], labels: Sequence[str] | None) -> list[Case]:
    """All cases of the files. Raises BadData at the first line that isn't one, or whose label is unknown; None: any label will do."""
    cases = [case for path in paths for case in _cases(path, labels)]
    if not cases:
        raise BadData(f"{', '.join(map(str, paths))}: no cases")
    return cases


def rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The number and the object of each line that is not empty. Raises BadData."""
    for number, line in _lines(path):
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise BadData(f"{path}:{number}: not JSON ({error})") from None
        if not isinstance(row, dict):
            raise BadData(f"{path}:{number}: a JSON object is wanted")
        yield number, row


def ratings(row: Mapping[str, Any], where: str) -> dict[str, str]:
    """What each rater said of a case: `"labels": {"rater": "label"}`. Raises BadData."""
    found = row.get("labels") or {}
    if not isinstance(found, dict) or not all(isinstance(each, str) and each.strip() for pair in found.items() for each in pair):
        raise BadData(f"{where}: `labels` is an object of rater and label, like {{\"anna\": \"human\"}}")
    return found


def settled(row: dict[str, Any], path: Path, number: int) -> dict[str, Any] | None:
    """The row with its one right label: `label`, or that on which its raters agree. None for one that raters dropped, or disagree about.

    Raises BadData for a candidate that nobody has looked at.
    """
    if row.get("dropped"):
        return None
    if row.get("reviewed") is False:
        raise BadData(f"{path}:{number}: nobody has reviewed this candidate. Run `yavar eval review {path} --rater NAME` first.")
    said = set(ratings(row, f"{path}:{number}").values())
    if row.get("label") is not None or not said:
        return row
    return row | {"label": said.pop()} if len(said) == 1 else None


def _cases(path: Path, labels: Sequence[str] | None) -> Iterator[Case]:
    for number, found in rows(path):
        row = settled(found, path, number)
        if row is None:
            continue
        label = _one_of(row, "label", labels, path, number) if labels is not None else _text(row, path, number, "label")
        yield Case(id=f"{path.name}:{number}", text=_text(row, path, number), label=label,
                   lang=cast(Lang, _one_of(row, "lang", LANGS, path, number)))


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        lines = raw.decode("utf-8").split("\n")
    except OSError as error:
        raise BadData(f"{path}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise BadData(f"{path}: not UTF-8 ({error})") from None
    yield from ((number, line) for number, line in enumerate(lines, start=1) if line.strip())


def _text(row: dict[str, Any], path: Path, number: int, key: str = "text") -> str:
    text = row.get(key)
    if not isinstance(text, str) or not text.strip():
        raise BadData(f"{path}:{number}: `{key}` is missing or empty")
    return text


def _one_of(row: dict[str, Any], key: str, known: Sequence[str], path: Path, number: int) -> str:
    value = row.get(key)
    if not isinstance(value, str) or value not in known:
        raise BadData(f"{path}:{number}: unknown {key} {value!r}; known are {', '.join(known)}")
    return value
