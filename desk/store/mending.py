"""Disruptions and mendings in SQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from desk.codes import new_id
from desk.errors import NotFound
from desk.mending import FRESH, Disruption, DisruptionKind, Mending, MendingState
from desk.store.tables import disruptions, mendings


def _disruption(row: RowMapping) -> Disruption:
    return Disruption(**{**row, "kind": DisruptionKind(row["kind"])})


def _mending(row: RowMapping) -> Mending:
    return Mending(**{**row, "state": MendingState(row["state"]), "tried": tuple(row["tried"])})


class Disruptions:
    def __init__(self, connection: AsyncConnection) -> None:
        self._sql = connection

    async def declare(self, *, asset: str, kind: DisruptionKind, starts_at: datetime, ends_at: datetime | None, text: Mapping[str, str],
                      declared_by: str | None) -> Disruption:
        found = Disruption(id=new_id(), asset=asset, kind=kind, starts_at=starts_at, ends_at=ends_at, text=dict(text),
                           declared_by=declared_by)
        await self._sql.execute(insert(disruptions).values({**vars(found), "kind": str(kind)}))
        return found

    async def get(self, disruption: str) -> Disruption:
        row = (await self._sql.execute(select(disruptions).where(disruptions.c.id == disruption))).mappings().first()
        if row is None:
            raise NotFound()
        return _disruption(row)

    async def not_over(self, now: datetime) -> list[Disruption]:
        """Those under way and those to come, in the order of their beginning."""
        wanted = select(disruptions).where(or_(disruptions.c.ends_at.is_(None), disruptions.c.ends_at > now))
        rows = (await self._sql.execute(wanted.order_by(disruptions.c.starts_at, disruptions.c.id))).mappings()
        return [_disruption(row) for row in rows]

    async def amend(self, known: Disruption, better: Disruption) -> bool:
        """Its words and times, provided that it still is as it was known: of two who change it at once, one does."""
        done = await self._sql.execute(update(disruptions).where(
            disruptions.c.id == known.id, disruptions.c.starts_at == known.starts_at,
            disruptions.c.ends_at.is_not_distinct_from(known.ends_at),
        ).values(text=dict(better.text), starts_at=better.starts_at, ends_at=better.ends_at))
        return done.rowcount == 1


class Mendings:
    def __init__(self, connection: AsyncConnection) -> None:
        self._sql = connection

    async def open_one(self, conversation: str, now: datetime) -> Mending | None:
        """What is being mended in this conversation now."""
        wanted = select(mendings).where(mendings.c.conversation == conversation, mendings.c.state == MendingState.OPEN,
                                        mendings.c.updated_at > now - FRESH)
        row = (await self._sql.execute(wanted.order_by(mendings.c.created_at.desc()).limit(1))).mappings().first()
        return _mending(row) if row else None

    async def start(self, conversation: str, asset: str, runbook: str, now: datetime) -> Mending:
        """A new one; what was open in the conversation is left."""
        await self._sql.execute(update(mendings).where(
            mendings.c.conversation == conversation, mendings.c.state == MendingState.OPEN).values(state=MendingState.LEFT, updated_at=now))
        row = Mending(id=new_id(), conversation=conversation, asset=asset, runbook=runbook, state=MendingState.OPEN, tried=(), news_of=None,
                      created_at=now, updated_at=now)
        await self._sql.execute(insert(mendings).values({**vars(row), "state": str(row.state), "tried": []}))
        return row

    async def go_on(self, mending: Mending, tried: Sequence[Mapping[str, Any]], now: datetime, *,
                    state: MendingState = MendingState.OPEN) -> None:
        """Add what was tried, and end it where its state says so."""
        await self._sql.execute(update(mendings).where(mendings.c.id == mending.id).values(
            tried=[*mending.tried, *(dict(each) for each in tried)], state=state, updated_at=now))

    async def want_news(self, mending: Mending, disruption: str, now: datetime) -> None:
        await self._sql.execute(update(mendings).where(mendings.c.id == mending.id).values(news_of=disruption, updated_at=now))

    async def waiting_for_news(self) -> list[Mending]:
        wanted = select(mendings).where(mendings.c.news_of.is_not(None)).order_by(mendings.c.updated_at, mendings.c.id)
        return [_mending(row) for row in (await self._sql.execute(wanted)).mappings()]

    async def news_told(self, mending: Mending, now: datetime) -> bool:
        """True for the one who tells; of two at once, one does."""
        done = await self._sql.execute(update(mendings).where(mendings.c.id == mending.id, mendings.c.news_of.is_not(None)).values(
            news_of=None, updated_at=now))
        return done.rowcount == 1

    async def of_conversation(self, conversation: str) -> list[Mending]:
        wanted = select(mendings).where(mendings.c.conversation == conversation).order_by(mendings.c.created_at, mendings.c.id)
        return [_mending(row) for row in (await self._sql.execute(wanted)).mappings()]
