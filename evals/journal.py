"""What a run has found so far, a line for each attempt, so that a run that was broken off goes on where it was."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.asking import Key
from evals.case import BadData
from evals.judged import Judged


class Journal:
    """A file of JSON lines: the first says of which run it is. Raises BadData where it is of another run, or is none."""

    def __init__(self, path: Path, of: Mapping[str, Any]) -> None:
        self.path = path
        self._known: dict[tuple[str, Key], Judged] = {}
        self._peers: dict[tuple[str, str], list[Judged]] = {}
        whole = self._read(of) if path.exists() and path.stat().st_size else 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists():
                with path.open("r+b") as file:
                    file.truncate(whole)       # a line that was torn by the end of its process
            if not whole:
                self._write(dict(of))
        except OSError as error:
            raise BadData(f"{path}: {error.strerror or error}") from None

    def known(self, suite: str) -> dict[Key, Judged]:
        """What was judged already. An error of the machinery is tried again."""
        return {key: judged for (of, key), judged in self._known.items() if of == suite and judged.right is not None}

    def peer(self, suite: str, name: str) -> list[Judged] | None:
        return self._peers.get((suite, name))

    def add(self, suite: str, key: Key, judged: Judged) -> None:
        self._write({"suite": suite, "attempt": key[1], "case": judged.as_json()})

    def add_peer(self, suite: str, name: str, judged: Sequence[Judged]) -> None:
        self._write({"suite": suite, "peer": name, "cases": [each.as_json() for each in judged]})

    def _read(self, of: Mapping[str, Any]) -> int:
        """The length of what could be read, in bytes."""
        lines = self.path.read_bytes().split(b"\n")
        whole = [line for line in lines[:-1] if line]
        for number, line in enumerate(whole, start=1):
            try:
                self._take(json.loads(line), of if number == 1 else None)
            except (ValueError, KeyError, TypeError, AttributeError):
                raise BadData(f"{self.path}:{number}: not a line of a run. Name another file with --resume.") from None
        return len(b"\n".join(lines[:-1])) + 1 if whole else 0

    def _take(self, row: dict[str, Any], of: Mapping[str, Any] | None) -> None:
        if of is not None:
            differing = sorted(name for name in {*row, *of} if row.get(name) != of.get(name))
            if differing:
                raise BadData(f"{self.path}: it is of another run ({', '.join(differing)}). Name another file with --resume.")
        elif "peer" in row:
            self._peers[row["suite"], row["peer"]] = [Judged.from_json(each) for each in row["cases"]]
        else:
            self._known[row["suite"], (row["case"]["id"], row["attempt"])] = Judged.from_json(row["case"])

    def _write(self, row: dict[str, Any]) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
