"""Where attached bytes lie: in a folder beside the database, each content under its own hash, readable by the house alone."""

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from desk.codes import new_id

SETTLED = timedelta(hours=1)   # younger files may belong to a row that is not committed yet
PART = ".part"


class Files:
    """Writes are whole or not at all, and on the disk before they are named in the database."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, sha256: str, content: bytes, now: datetime) -> None:
        path = self._path(sha256)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            part = path.parent / f"{new_id()}{PART}"
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                part.replace(path)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
            _fsync_folder(path.parent)
        os.utime(path, (now.timestamp(), now.timestamp()))   # young again: no sweep takes it before its row is there

    def read(self, sha256: str) -> bytes | None:
        """None if it is gone."""
        try:
            return self._path(sha256).read_bytes()
        except FileNotFoundError:
            return None

    def settled(self, now: datetime) -> Iterator[str]:
        """What may be swept unless a row names it; pieces of broken writes are removed on the way."""
        before = (now - SETTLED).timestamp()
        for path in sorted(self._folder.glob("??/*")):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    if path.suffix == PART:
                        path.unlink()
                    else:
                        yield path.name

    def drop(self, sha256: str, now: datetime) -> bool:
        """Remove it, unless it was written anew meanwhile."""
        path = self._path(sha256)
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < (now - SETTLED).timestamp():
                path.unlink()
                return True
        return False

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
