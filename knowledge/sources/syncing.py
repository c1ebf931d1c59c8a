"""Makes the shelf hold what a source holds: one transaction for each document, so that what is broken off goes on where it stopped."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from desk.errors import NotFound
from desk.sources import Source
from desk.store import Store, Tx
from knowledge.errors import BadFile, BadSource
from knowledge.sources.converting import Converter
from knowledge.sources.documents import Tongue, document, hash_of
from knowledge.sources.files import Files, Found

MANY_GONE = 10                 # files that may vanish at once, or this share of them, whichever is more
SHARE_GONE = 0.5
REASONS = 200                  # files that a report names; it counts the others

Told = Callable[[int, int], None]      # files that are done, of how many


@dataclass(kw_only=True)
class Report:
    put: int = 0               # new or changed
    unchanged: int = 0
    removed: int = 0           # there no more
    others: int = 0            # of kinds that are not read
    refused: int = 0
    reasons: list[tuple[str, str]] = field(default_factory=list)       # path and reason of those that were refused

    def refuse(self, path: str, reason: str) -> None:
        self.refused += 1
        if len(self.reasons) < REASONS:
            self.reasons.append((path, reason))


class Syncing:
    def __init__(self, store: Store, tongue: Tongue, converter: Converter | None = None) -> None:
        self._store = store
        self._tongue = tongue
        self._converter = converter or Converter()

    async def sync(self, source: Source, now: datetime, *, force: bool = False, anew: bool = False,
                   told: Told = lambda done, of: None) -> Mapping[str, Any]:
        """The report, or `{"failed"}` where its place cannot be looked at or has lost most of its files; then nothing is removed.

        `anew` converts what has not changed too. Several may sync the same source at the same time: each puts the same.
        """
        try:
            report: Mapping[str, Any] = asdict(await self._synced(source, force, anew, told))
        except BadSource as error:
            report = {"failed": str(error)}
        finally:
            await self._converter.close()
        async with self._store.begin() as tx:
            await tx.sources.looked_at(source.name, report, now)
        return report

    async def _synced(self, source: Source, force: bool, anew: bool, told: Told) -> Report:
        async with self._store.read() as tx:
            held = await tx.shelf.hashes(source.name)
        files = Files(source.place, self._converter.limits)
        listing = await asyncio.to_thread(files.listed)
        gone = [its_id for path, (its_id, _) in held.items() if listing.says_gone(path)]
        if not force:
            _check_loss(source, len(gone), len(held))
        report = Report(others=listing.others)
        for path, reason in listing.refused:
            report.refuse(path, reason)
        for done, found in enumerate(listing.files):
            told(done, len(listing.files))
            known = "" if anew else held.get(found.path, ("", ""))[1]
            await self._take(source, files, found, known, report)
        told(len(listing.files), len(listing.files))
        for its_id in gone:
            async with self._store.begin() as tx:
                await tx.shelf.remove(its_id)
        report.removed = len(gone)
        return report

    async def _take(self, source: Source, files: Files, found: Found, known: str, report: Report) -> None:
        try:
            raw = await asyncio.to_thread(files.read, found.path)
            if await asyncio.to_thread(hash_of, raw, source) == known:
                report.unchanged += 1
                return
            converted = await self._converter.convert(_suffix(found.path), raw)
        except BadFile as error:
            report.refuse(found.path, str(error))
            return
        row, passages = await asyncio.to_thread(document, source, found, raw, converted, self._tongue)
        async with self._store.begin() as tx:
            await _still_there(tx, source)
            await tx.shelf.put(row, passages)
        report.put += 1


def _check_loss(source: Source, gone: int, held: int) -> None:
    """A place that suddenly holds little is more likely a disk that is not there than a wish."""
    if gone > max(MANY_GONE, held * SHARE_GONE):
        raise BadSource(f"{gone} of {held} documents of `{source.name}` are not in {source.place} any more. "
                        "If that is right all the same, sync with --force")


async def _still_there(tx: Tx, source: Source) -> None:
    """Somebody may have removed the source meanwhile: what is put now nobody would ever remove."""
    try:
        await tx.sources.get(source.name)
    except NotFound:
        raise BadSource(f"The source `{source.name}` was removed meanwhile") from None


def _suffix(path: str) -> str:
    return PurePosixPath(path).suffix.lower()
