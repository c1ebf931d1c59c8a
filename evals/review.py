"""Reviewing candidates: what one rater says of a case, and the file it stands in. Every word is on disk before the next is asked for.

A candidate is a line of JSON with `text`, `lang`, `suite`, `reviewed` and what made it one; its review adds `labels`, by rater. Where all
who labelled it agree, `label` is what they said; where they differ it is empty until somebody settles it. Dropped text is erased.
"""

import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.case import BadData, ratings, rows

KEPT_WHEN_DROPPED = ("case", "lang", "suite")  # so that it is not harvested again
OF_FILE = "file"               # the rater of labels that a file came with
PRIVATE = 0o600


@dataclass
class Sheet:
    """A file of candidates, each on its line; as many lines as it was read with."""

    path: Path
    rows: list[dict[str, Any]]

    @classmethod
    def read(cls, path: Path) -> "Sheet":
        """Raises BadData at the first line that is none."""
        if path.suffix == ".gz":
            raise BadData(f"{path}: what is reviewed is written to. Unpack the file first: gunzip {path}")
        found = []
        for number, row in rows(path):
            where = f"{path}:{number}"
            if not row.get("dropped") and (not isinstance(row.get("text"), str) or not row["text"].strip()):
                raise BadData(f"{where}: `text` is missing or empty")
            ratings(row, where)
            found.append(row)
        return cls(path, found)

    def put(self, at: int, row: dict[str, Any]) -> None:
        self.rows[at] = row
        self.write()

    def write(self) -> None:
        """All or nothing, and for the owner's eyes alone. Raises BadData."""
        write_lines(self.path, self.rows)

    def left_for(self, rater: str) -> list[int]:
        return [at for at, row in enumerate(self.rows) if not row.get("dropped") and rater not in (row.get("labels") or {})]

    def disputed(self) -> list[int]:
        return [at for at, row in enumerate(self.rows) if len(set((row.get("labels") or {}).values())) > 1 and row.get("label") is None]


def labelled(row: dict[str, Any], rater: str, label: str) -> dict[str, Any]:
    """The row with what this rater says of it. What stood there before anybody reviewed is the word of a rater too."""
    said = {**(row.get("labels") or _of_file(row)), rater: label}
    return row | {"reviewed": True, "labels": said, "label": label if len(set(said.values())) == 1 else None}


def _of_file(row: dict[str, Any]) -> dict[str, str]:
    return {OF_FILE: row["label"]} if "reviewed" not in row and isinstance(row.get("label"), str) else {}


def settled(row: dict[str, Any], label: str) -> dict[str, Any]:
    """The row with the label that holds, whatever its raters said."""
    return row | {"reviewed": True, "label": label}


def dropped(row: dict[str, Any]) -> dict[str, Any]:
    """What is left of a case that is none: that it was, and nothing anybody wrote."""
    return {name: row[name] for name in KEPT_WHEN_DROPPED if name in row} | {"text": "", "label": None, "reviewed": True, "dropped": True}


def shown(row: dict[str, Any]) -> list[str]:
    """What a rater is told of a case, a line each. What others said of it is not among it: they are to judge by themselves."""
    did = row.get("did") or {}
    lines = [f"[{row.get('lang', '?')}] {row['text']}"]
    if row.get("why"):
        lines.append(f"  harvested because: {', '.join(row['why'])}")
    if did:
        lines.append("  the assistant: " + ", ".join(f"{name} {_plain(value)}" for name, value in did.items() if value))
    if row.get("then"):
        lines.append(f"  the user then chose: {row['then']}")
    if row.get("note"):
        lines.append(f"  the person's note: {row['note']}")
    return lines


def write_lines(path: Path, found: Sequence[dict[str, Any]]) -> None:
    """Raises BadData."""
    write_text(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in found))


def write_text(path: Path, text: str) -> None:
    """For the owner's eyes alone; written beside it and put in its place, so that a process that ends midway leaves the old one.

    Raises BadData.
    """
    beside = ""
    try:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            beside = file.name
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).chmod(PRIVATE)
        Path(beside).replace(path)
    except OSError as error:
        if beside:
            Path(beside).unlink(missing_ok=True)
        raise BadData(f"{path}: {error.strerror or error}") from None


def _plain(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
