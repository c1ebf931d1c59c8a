"""Call-backs in SQL."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import RowMapping, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from desk.callbacks import OPEN, PER_SLOT, Callback, CallbackState
from desk.errors import LeaseLost, NotFound
from desk.store.tables import callbacks


def _callback(row: RowMapping) -> Callback:
    return Callback(**{**row, "state": CallbackState(row["state"])})


class Callbacks:
    def __init__(self, connection: AsyncConnection) -> None:
        self._sql = connection

    async def add(self, callback: Callback) -> Callback:
        await self._sql.execute(insert(callbacks).values(**asdict(callback)))
        return callback

    async def lock(self, callback: str) -> Callback:
        row = (await self._sql.execute(select(callbacks).where(callbacks.c.id == callback).with_for_update())).mappings().first()
        if row is None:
            raise NotFound()
        return _callback(row)

    async def get(self, callback: str) -> Callback:
        row = (await self._sql.execute(select(callbacks).where(callbacks.c.id == callback))).mappings().first()
        if row is None:
            raise NotFound()
        return _callback(row)

    async def open_of(self, conversation: str) -> Callback | None:
        """The one that is promised; a conversation has at most one."""
        wanted = select(callbacks).where(callbacks.c.conversation == conversation, callbacks.c.state.in_(OPEN))
        row = (await self._sql.execute(wanted)).mappings().first()
        return _callback(row) if row else None

    async def open(self) -> list[Callback]:
        """All that are promised, the earliest first."""
        wanted = select(callbacks).where(callbacks.c.state.in_(OPEN)).order_by(callbacks.c.slot_at, callbacks.c.asked_at)
        return [_callback(row) for row in (await self._sql.execute(wanted)).mappings()]

    async def all(self) -> list[Callback]:
        return [_callback(row) for row in (await self._sql.execute(select(callbacks).order_by(callbacks.c.asked_at))).mappings()]

    async def full_slots(self, now: datetime) -> frozenset[datetime]:
        wanted = select(callbacks.c.slot_at).where(callbacks.c.state.in_(OPEN), callbacks.c.slot_at > now)
        crowded = wanted.group_by(callbacks.c.slot_at).having(func.count() >= PER_SLOT)
        return frozenset((await self._sql.execute(crowded)).scalars())

    async def change(self, before: Callback, after: Callback) -> Callback:
        """Write `after`, provided that nobody moved it since `before` was read."""
        done = await self._sql.execute(update(callbacks).where(
            callbacks.c.id == before.id, callbacks.c.state == before.state, callbacks.c.due_at == before.due_at).values(
                {name: value for name, value in asdict(after).items() if name != "id"}))
        if done.rowcount != 1:
            raise LeaseLost()
        return after
