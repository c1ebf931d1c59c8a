"""Whether the audit trail is whole, and the trail as a file."""

import csv
import json
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import datetime
from io import StringIO

from desk.audit import Entry, first_break
from desk.people import Account
from desk.store import Store
from desk.store.trail import Search

FIELDS = ("seq", "at", "actor", "action", "subject", "detail", "previous", "hash")
RUNS = ("=", "+", "-", "@", "\t", "\r")        # what a spreadsheet would take for a formula


@dataclass(frozen=True, kw_only=True)
class Chain:
    entries: int
    broken_at: int | None      # the first entry that does not follow from the one before


class Auditing:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def chain(self) -> Chain:
        async with self._store.read() as tx:
            entries = await tx.audit.all()
        return Chain(entries=len(entries), broken_at=first_break(entries))

    async def export(self, search: Search, form: str, by: Account, now: datetime) -> AsyncIterator[str]:
        """Lines of CSV or of JSON, the oldest first. That it was taken along stands in the trail itself."""
        async with self._store.begin() as tx:
            await tx.audit.add(by.id, "audit.exported", now=now, form=form)
        line = _csv if form == "csv" else _json
        if form == "csv":
            yield _row(list(FIELDS))
        async with self._store.read() as tx:
            async for entry in tx.trail.each(search):
                yield line(entry)


def _json(entry: Entry) -> str:
    return json.dumps(asdict(entry) | {"at": entry.at.isoformat()}, ensure_ascii=False) + "\n"


def _csv(entry: Entry) -> str:
    values = asdict(entry) | {"at": entry.at.isoformat(), "detail": json.dumps(entry.detail, ensure_ascii=False)}
    return _row(["" if values[field] is None else str(values[field]) for field in FIELDS])


def _row(values: list[str]) -> str:
    out = StringIO()
    csv.writer(out).writerow([f"'{value}" if value.startswith(RUNS) else value for value in values])
    return out.getvalue()
