"""What was counted of texts, kept on disk beside the vectors: a start reads in a moment what took seconds to count.

A cache that may be deleted at any time. A file is named after its texts and after the code that counted them, so that neither another
text nor another version ever reads it.
"""

import hashlib
import os
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from uuid import uuid4
from zipfile import BadZipFile

import numpy as np

from knowledge.code import fingerprint
from knowledge.counting import Count, Rows, count
from knowledge.grams import GRAM_BITS, WORD_BITS
from knowledge.lexical import Lexical

CODE = ("counting.py", "grams.py", "normalise.py", "stems.py")   # what decides how texts are counted
PARTS = ("terms", "counts", "ends")


class Counted:
    """`known` is the folder of another library over the same shelf: read before anything is counted, never written to."""

    def __init__(self, folder: Path, known: Path | None = None) -> None:
        self._folder = folder
        self._elsewhere = known
        self._code = fingerprint(*CODE) + unicodedata.unidata_version
        self._known: dict[str, Lexical] = {}
        self._used: set[str] = set()

    def index(self, texts: Sequence[str]) -> Lexical:
        """The postings of these texts: in memory or on disk if they were counted before, else counted and kept."""
        name = self._name(texts)
        self._used.add(name)
        if name not in self._known:
            self._known[name] = Lexical.of(self._counted(texts, name))
        return self._known[name]

    def _counted(self, texts: Sequence[str], name: str) -> Count:
        for folder in (self._folder, self._elsewhere):
            kept = _read(folder / name) if folder else None
            if kept is not None and kept.lengths.size == len(texts):
                return kept
        kept = count(texts)
        with suppress(OSError):            # a disk that is full costs the next start some seconds, and nothing else
            _write(kept, self._folder / name)
        return kept

    def differs(self, texts: Sequence[str]) -> bool:
        """True where what is kept on disk of these texts is not what they say; what is not kept is not wrong."""
        file = self._folder / self._name(texts)
        if not file.is_file():
            return False
        kept = _read(file)
        return kept is None or not _same(kept, count(texts))

    def forget_others(self) -> None:
        """Let go of what nobody asked for since the last time."""
        self._known = {name: lexical for name, lexical in self._known.items() if name in self._used}
        for file in self._folder.glob("*.npz"):
            if file.name not in self._used:
                file.unlink(missing_ok=True)
        self._used.clear()

    def discard(self) -> None:
        self._used.clear()
        self.forget_others()

    def _name(self, texts: Sequence[str]) -> str:
        digest = hashlib.sha256(self._code.encode())
        for text in texts:
            read = text.encode()
            digest.update(len(read).to_bytes(8, "big") + read)
        return f"{digest.hexdigest()[:40]}.npz"


def _read(file: Path) -> Count | None:
    """None where there is no such file, or it is broken: then it is made again."""
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as kept:
            words, grams = ({part: kept[f"{kind}_{part}"] for part in PARTS} for kind in ("words", "grams"))
            return Count(Rows(bits=WORD_BITS, **words), Rows(bits=GRAM_BITS, **grams), kept["lengths"])
    except (OSError, EOFError, KeyError, ValueError, BadZipFile):
        return None


def _same(one: Count, other: Count) -> bool:
    pairs = [(one.lengths, other.lengths), *((getattr(mine, part), getattr(theirs, part)) for part in PARTS
                                             for mine, theirs in ((one.words, other.words), (one.grams, other.grams)))]
    return all(np.array_equal(mine, theirs) for mine, theirs in pairs)


def _write(counted: Count, file: Path) -> None:
    """At once or not at all: another process may be reading the folder."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f"{os.getpid()}.{uuid4().hex}.new")
    kinds = (("words", counted.words), ("grams", counted.grams))
    try:
        with fresh.open("wb") as to:
            np.savez(to, lengths=counted.lengths, **{f"{kind}_{part}": getattr(rows, part) for kind, rows in kinds for part in PARTS})
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)
