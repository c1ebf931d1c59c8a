"""The runs that a house keeps: one file of JSON for each, in one folder, for the pages and the API.

What is in the folder is all there is: a run may be copied in, and is gone when its file is removed. Replicas have homes
of their own: each shows the runs in its own folder, or all show the same where the folder is shared between them. A file is put there
whole or not at all, so that nobody ever reads half a run.
"""

import hashlib
import os
import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Generic, NamedTuple, TypeVar

import structlog

from desk.errors import NotFound
from evals.case import BadData
from evals.comparison import Comparisons, Differences, Failed
from evals.difference import Change, changes
from evals.judged import Judged
from evals.report.cases import badness
from evals.result import Result, numbered
from evals.written import parsed, text_of

log = structlog.get_logger("yavar.runs")
NAMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
SUFFIX = ".json"
LARGEST = 256 * 2**20          # bytes of a file that is read

Key = TypeVar("Key")
Found = TypeVar("Found")


class Stamp(NamedTuple):
    """A file as it was: another stamp is another run."""

    id: str
    changed: int               # nanoseconds
    size: int                  # bytes


@dataclass(frozen=True, kw_only=True)
class Numbered:
    number: int                # over all suites of the run, from 1
    suite: str
    case: Judged


@dataclass(frozen=True, kw_only=True)
class Run:
    id: str
    at: datetime               # when its file was written
    size: int                  # bytes
    suites: tuple[Result, ...] = ()
    cases: tuple[Numbered, ...] = ()       # the worst first; none in a list of runs
    unreadable: str = ""       # "" or why: `not_a_run`, `too_large`, `no_access`
    detail: str = ""           # what exactly, for who mends it


@dataclass(frozen=True, kw_only=True)
class Comparison:
    differences: Differences | None        # by suite; None while they are being worked out
    failed: bool = False       # or can't be
    changes: Sequence[Change]


class Last(Generic[Key, Found]):
    """What was found last; whoever asks for the same waits until it is."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[Key, Found] = OrderedDict()
        self._at_work = Lock()

    def of(self, key: Key, find: Callable[[], Found]) -> Found:
        with self._at_work:
            if key not in self._known:
                self._known[key] = find()
            self._known.move_to_end(key)
            while len(self._known) > self._most:
                self._known.popitem(last=False)
            return self._known[key]


class Kept:
    """A folder of runs. May be asked by several threads at a time; whatever lies in the folder, nothing but NotFound is raised."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._heads: Last[Stamp, Run] = Last(500)      # figures alone
        self._whole: Last[Stamp, Run] = Last(4)
        self._comparisons = Comparisons()

    def open(self) -> None:
        """Make the folder. Raises BadData where nothing can be kept in it."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise BadData(f"{self._folder}: {error.strerror or error}. Runs are kept there: set YAVAR_HOME to another folder.") from None
        if not os.access(self._folder, os.W_OK):
            raise BadData(f"{self._folder}: runs cannot be kept there. Make it writable, or set YAVAR_HOME to another folder.")

    def keep(self, results: Sequence[Result], now: datetime) -> str:
        """The name under which it is kept: all of it or nothing. Raises BadData."""
        text = text_of(results).encode()
        name = f"{now.astimezone(UTC):%Y-%m-%dT%H-%M-%S}-{hashlib.sha256(text).hexdigest()[:6]}"
        unfinished = self._folder / f".{name}.{os.getpid()}"
        try:
            with unfinished.open("wb") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self._folder / f"{name}{SUFFIX}")
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise BadData(f"{self._folder}: the run cannot be kept ({error.strerror or error})") from None
        return name

    def page(self, *, skip: int, limit: int) -> tuple[Sequence[Run], int]:
        """Some of the runs without their cases, the newest first, and how many there are."""
        stamps = sorted((stamp for path in self._files() if (stamp := _stamp(path))), key=lambda each: (-each.changed, each.id))
        return [self._head(stamp) for stamp in stamps[skip:skip + limit]], len(stamps)

    def run(self, name: str) -> Run:
        """Raises NotFound."""
        return self._whole_of(self._known(name))

    def text(self, name: str) -> bytes:
        """The file as it is. Raises NotFound."""
        self._known(name)
        try:
            return self._path(name).read_bytes()
        except OSError as error:
            raise NotFound() from error

    def html(self, name: str) -> str:
        """The report of the run, self-contained. Raises NotFound, also for a run that can't be read."""
        from evals.report.page import render  # here: a server that is never asked for it need not load it

        found = self.run(name)
        if found.unreadable:
            raise NotFound()
        return render(found.suites, {})

    def compare(self, before: str, after: str) -> Comparison:
        """Raises NotFound. Of suites that only one of them has nothing is said."""
        stamps = self._known(before), self._known(after)
        one, other = (self._whole_of(stamp) for stamp in stamps)
        changed = changes(one.suites, other.suites)
        if one.unreadable or other.unreadable:
            return Comparison(differences={}, changes=[])
        try:
            return Comparison(differences=self._comparisons.of(stamps, self._path(before), self._path(after)), changes=changed)
        except Failed:
            log.exception("runs.not_compared")
            return Comparison(differences=None, failed=True, changes=changed)

    def close(self) -> None:
        self._comparisons.close()

    def _files(self) -> list[Path]:
        try:
            return [path for path in self._folder.iterdir() if path.suffix == SUFFIX and NAMED.fullmatch(path.stem)]
        except OSError:
            return []          # nothing was kept yet

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}{SUFFIX}"

    def _known(self, name: str) -> Stamp:
        stamp = _stamp(self._path(name)) if NAMED.fullmatch(name) else None
        if stamp is None:
            raise NotFound()
        return stamp

    def _head(self, stamp: Stamp) -> Run:
        return self._heads.of(stamp, lambda: _without_cases(self._read(stamp)))

    def _whole_of(self, stamp: Stamp) -> Run:
        return self._whole.of(stamp, lambda: self._read(stamp))

    def _read(self, stamp: Stamp) -> Run:
        bare = Run(id=stamp.id, at=datetime.fromtimestamp(stamp.changed / 1e9, UTC), size=stamp.size)
        if stamp.size > LARGEST:
            return replace(bare, unreadable="too_large", detail=f"{stamp.size} > {LARGEST}")
        try:
            results = parsed(self._path(stamp.id).read_text("utf-8"), f"{stamp.id}{SUFFIX}")
        except OSError as error:
            return replace(bare, unreadable="no_access", detail=str(error.strerror or error))
        except UnicodeDecodeError as error:
            return replace(bare, unreadable="not_a_run", detail=f"not UTF-8 ({error.reason}, byte {error.start})")
        except BadData as error:
            return replace(bare, unreadable="not_a_run", detail=str(error))
        cases = sorted((Numbered(number=number, suite=suite, case=judged) for number, suite, judged in numbered(results)), key=_worst)
        return replace(bare, suites=tuple(results), cases=tuple(cases))


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return Stamp(path.stem, found.st_mtime_ns, found.st_size) if path.is_file() else None


def _without_cases(run: Run) -> Run:
    return replace(run, cases=(), suites=tuple(replace(result, judged=(), curves={}) for result in run.suites))


def _worst(each: Numbered) -> tuple[int, tuple[float, float, str], int]:
    """Wrong ones, then those that could not be judged, then right ones."""
    kind = {False: 0, None: 1, True: 2}[each.case.right]
    return kind, badness(each.case) if kind == 0 else (0.0, 0.0, ""), each.number
