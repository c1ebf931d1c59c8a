"""Jobs as timers in SQL: claimed with a lease, one of a key at a time. For SQLite, whose writers come one after another."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from desk.codes import new_id
from desk.jobs import LEASE
from desk.store.tables import timers

__all__ = ["Timer", "Timers"]


@dataclass(frozen=True, kw_only=True)
class Timer:
    id: str
    name: str
    facts: dict[str, Any]
    tries: int                 # this one counted: a newer try makes an older one void


class Timers:
    def __init__(self, connection: AsyncConnection) -> None:
        self._sql = connection

    async def put(self, name: str, facts: Mapping[str, Any], *, key: str | None, due: datetime, now: datetime) -> bool:
        whole = f"{name}:{key}" if key else None
        try:
            async with self._sql.begin_nested():
                await self._sql.execute(insert(timers).values(
                    id=new_id(), name=name, facts=dict(facts), key=whole, turnstile=whole, due_at=due, created_at=now, tries=0))
        except IntegrityError:
            return False
        return True

    async def is_due(self, names: Collection[str], now: datetime) -> bool:
        return (await self._sql.execute(select(timers.c.id).where(_takable(names, now)).limit(1))).first() is not None

    async def take(self, names: Collection[str], now: datetime) -> Timer | None:
        """The longest due, for one lease. Its key is free from now on, so that what comes meanwhile is run after it."""
        first = select(timers.c.id).where(_takable(names, now)).order_by(timers.c.due_at, timers.c.created_at).limit(1)
        row = (await self._sql.execute(update(timers).where(timers.c.id == first.scalar_subquery()).values(
            key=None, taken_until=now + LEASE, tries=timers.c.tries + 1).returning(
                timers.c.id, timers.c.name, timers.c.facts, timers.c.tries))).mappings().first()
        return Timer(**row) if row else None

    async def renew(self, timer: Timer, now: datetime) -> None:
        await self._sql.execute(_held(timer).values(taken_until=now + LEASE))

    async def again(self, timer: Timer, due: datetime) -> None:
        await self._sql.execute(_held(timer).values(taken_until=None, due_at=due))

    async def give_up(self, timer: Timer, now: datetime) -> None:
        """It stays for the operator to see."""
        await self._sql.execute(_held(timer).values(taken_until=None, given_up_at=now))

    async def done(self, timer: Timer) -> None:
        await self._sql.execute(timers.delete().where(timers.c.id == timer.id, timers.c.tries == timer.tries))


def _takable(names: Collection[str], now: datetime) -> ColumnElement[bool]:
    running = timers.alias()
    beside = exists().where(running.c.turnstile == timers.c.turnstile, running.c.taken_until >= now)
    return (timers.c.name.in_(names) & (timers.c.due_at <= now) & timers.c.given_up_at.is_(None)
            & (timers.c.taken_until.is_(None) | (timers.c.taken_until < now)) & ~beside)


def _held(timer: Timer) -> Any:
    return update(timers).where(timers.c.id == timer.id, timers.c.tries == timer.tries)
