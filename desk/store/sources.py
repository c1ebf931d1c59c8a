"""Sources of documents in SQL."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from desk.errors import NotFound
from desk.sources import Source
from desk.store.locks import held
from desk.store.tables import sources


class Sources:
    def __init__(self, connection: AsyncConnection) -> None:
        self._sql = connection

    async def all(self) -> list[Source]:
        return [Source(**row) for row in (await self._sql.execute(select(sources).order_by(sources.c.name))).mappings()]

    async def get(self, name: str) -> Source:
        """Nobody removes it before this transaction ends."""
        row = (await self._sql.execute(held(self._sql, select(sources).where(sources.c.name == name)))).mappings().first()
        if row is None:
            raise NotFound()
        return Source(**row)

    async def add(self, source: Source) -> bool:
        """False if there is one of that name."""
        try:
            async with self._sql.begin_nested():
                await self._sql.execute(insert(sources).values(vars(source)))
        except IntegrityError:
            return False
        return True

    async def looked_at(self, name: str, report: Mapping[str, Any], now: datetime) -> None:
        """What came of a look at it; nothing where it was removed meanwhile."""
        await self._sql.execute(update(sources).where(sources.c.name == name).values(synced_at=now, report=dict(report)))

    async def remove(self, name: str) -> bool:
        return bool((await self._sql.execute(delete(sources).where(sources.c.name == name))).rowcount)
