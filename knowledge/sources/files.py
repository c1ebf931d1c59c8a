"""Files of a folder as a source: what lies there, and the bytes of one. Symbolic links are not followed."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from knowledge.errors import BadFile, BadSource
from knowledge.sources.formats import FORMATS, Limits

PATH = 400                     # characters that the shelf holds of a path
FILES = 100_000                # of one source
PASSED_OVER = ("~$", ".")      # what an office program leaves beside a file that is open; what is hidden


@dataclass(frozen=True, kw_only=True)
class Found:
    path: str                  # below the source's place, with / between its parts
    updated_at: datetime


@dataclass(kw_only=True)
class Listing:
    files: list[Found] = field(default_factory=list)               # of kinds that can be read
    refused: list[tuple[str, str]] = field(default_factory=list)   # paths, and why they are not taken
    others: int = 0            # files of other kinds
    unread: list[str] = field(default_factory=list)                # folders that could not be looked into

    def says_gone(self, path: str) -> bool:
        """True for a path that is surely there no more."""
        return path not in self._paths and not any(path.startswith(f"{folder}/") for folder in self.unread)

    @cached_property
    def _paths(self) -> frozenset[str]:
        return frozenset(one.path for one in self.files)


class Files:
    """`place` is a folder or one file."""

    def __init__(self, place: str, limits: Limits) -> None:
        self._place = Path(place)
        self._root = self._place.parent if self._place.is_file() else self._place
        self._limits = limits

    def listed(self) -> Listing:
        """Raises BadSource where there is nothing to look at: a disk that is not there has lost no file."""
        found = Listing()
        if self._place.is_file():
            self._take(self._place.name, found)
            return found
        if not self._place.is_dir():
            raise BadSource(f"There is no folder or file {self._place}")
        for path in self._walked(found):
            self._take(path, found)
            if len(found.files) > FILES:
                raise BadSource(f"{self._place} has more than {FILES} files: name smaller folders, each as a source of its own")
        return found

    def read(self, path: str) -> bytes:
        """Raises BadFile."""
        try:
            opened = os.open(self._root / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            with os.fdopen(opened, "rb") as file:
                if not stat.S_ISREG(os.fstat(opened).st_mode):
                    raise BadFile("It is no file.")
                raw = file.read(self._limits.size + 1)
        except OSError as error:
            raise BadFile(f"It cannot be read ({error.strerror}). Let the user that Yavar runs as read it.") from error
        if len(raw) > self._limits.size:
            raise BadFile(f"It is larger than {self._limits.size // 2 ** 20} MB. Split it.")
        return raw

    def _walked(self, found: Listing) -> Iterator[str]:
        def unread(error: OSError) -> None:
            folder = Path(error.filename).relative_to(self._root).as_posix()
            if folder == ".":
                raise BadSource(f"{self._root} cannot be looked into ({error.strerror})") from error
            found.unread.append(folder)
            found.refused.append((folder, f"The folder cannot be looked into ({error.strerror})."))

        for folder, folders, names in os.walk(self._root, onerror=unread):
            folders[:] = sorted(name for name in folders if not name.startswith(PASSED_OVER))
            here = Path(folder).relative_to(self._root)
            for name in sorted([*names, *(name for name in folders if (Path(folder) / name).is_symlink())]):
                if not name.startswith(PASSED_OVER):
                    yield (here / name).as_posix()

    def _take(self, path: str, found: Listing) -> None:
        whole = self._root / path
        try:
            facts = whole.lstat()
        except OSError as error:                   # gone since the folder was listed, or no longer for our eyes
            found.refused.append((path, f"It cannot be looked at ({error.strerror})."))
            return
        if stat.S_ISLNK(facts.st_mode):
            found.refused.append((_shown(path), "It is a symbolic link, and those are not followed. Add where it leads as a source."))
        elif whole.suffix.lower() not in FORMATS or not stat.S_ISREG(facts.st_mode):
            found.others += 1
        elif len(path) > PATH or _shown(path) != path:
            found.refused.append((_shown(path)[:PATH], "Its path is too long, or not in UTF-8. Give it another name."))
        else:
            found.files.append(Found(path=path, updated_at=datetime.fromtimestamp(facts.st_mtime, UTC)))


def _shown(path: str) -> str:
    """A name that is no UTF-8 can be neither printed nor kept."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace").replace("\0", "")
