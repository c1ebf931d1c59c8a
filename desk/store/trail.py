"""The audit trail as it is looked at: by person, action and time, the newest first."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from desk.audit import Entry
from desk.store.tables import accounts, audit

BATCH = 500


@dataclass(frozen=True, kw_only=True)
class Search:
    """What is looked for; empty looks for everything."""

    person: str = ""           # an account's name, address or id, or guest, assistant, house
    action: str = ""           # one, or the beginning of several, like `handoff.`
    since: datetime | None = None
    until: datetime | None = None


class Trail:
    def __init__(self, connection: AsyncConnection) -> None:
        self._sql = connection

    async def find(self, search: Search, *, before: int | None = None, limit: int = 50) -> list[Entry]:
        wanted = _matching(search).order_by(audit.c.seq.desc()).limit(limit)
        if before is not None:
            wanted = wanted.where(audit.c.seq < before)
        return [Entry(**row) for row in (await self._sql.execute(wanted)).mappings()]

    async def each(self, search: Search) -> AsyncIterator[Entry]:
        """All of it, the oldest first."""
        async with self._sql.stream(_matching(search).order_by(audit.c.seq).execution_options(yield_per=BATCH)) as found:
            async for row in found.mappings():
                yield Entry(**row)

    async def actions(self) -> list[str]:
        """Those that stand in the trail."""
        return list((await self._sql.execute(select(audit.c.action).distinct().order_by(audit.c.action))).scalars())

    async def names(self) -> dict[str, str]:
        """By id, what people are called; whoever was erased is not among them."""
        return {row.id: row.name for row in await self._sql.execute(select(accounts.c.id, accounts.c.name))}


def _matching(search: Search) -> Select[tuple[object, ...]]:
    wanted = select(audit)
    if search.person:
        low = search.person.strip().lower()
        called = select(accounts.c.id).where(or_(accounts.c.name == low, accounts.c.email == low)).scalar_subquery()
        wanted = wanted.where(or_(audit.c.actor.in_((search.person.strip(), called)), audit.c.subject.in_((search.person.strip(), called))))
    if search.action:
        wanted = wanted.where(func.lower(audit.c.action).startswith(search.action.strip().lower(), autoescape=True))
    if search.since:
        wanted = wanted.where(audit.c.at >= search.since)
    if search.until:
        wanted = wanted.where(audit.c.at < search.until)
    return wanted
