"""Gaps in SQL. They go with their conversation, whatever makes that go."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from desk.codes import new_id
from desk.gaps import Gap, GapState, ending
from desk.people import Account, Lang
from desk.store.rights import without_names
from desk.store.tables import conversations, gaps, handoffs, tickets

NEWEST = 2_000                 # that are looked at together: comparing each with each grows with the square


class Gaps:
    def __init__(self, connection: AsyncConnection) -> None:
        self._sql = connection

    async def record(self, *, turn: str, conversation: str, owner: Account | None, text: str, lang: Lang, asked_back: bool, embedder: str,
                     vector: bytes | None, now: datetime) -> None:
        """`asked_back`: the assistant asked a question instead of answering, so that the next turn may still answer."""
        await self._sql.execute(insert(gaps).values(
            id=new_id(), turn=turn, conversation=conversation, text=without_names(text, owner) if owner else text, lang=lang, at=now,
            asked_back=asked_back, state=GapState.OPEN, draft=None, embedder=embedder, vector=vector))

    async def closed(self, conversation: str) -> None:
        """What was asked back about has been answered after all: it was no gap."""
        await self._sql.execute(delete(gaps).where(gaps.c.conversation == conversation, gaps.c.asked_back, gaps.c.state == GapState.OPEN))

    async def all(self, now: datetime) -> list[Gap]:
        """The newest for which no article was published, the oldest of them first."""
        some = await self._read(gaps.c.state != GapState.ANSWERED, now, limit=NEWEST)
        return some[::-1]

    async def of_draft(self, draft: str, now: datetime) -> list[Gap]:
        return (await self._read(gaps.c.draft == draft, now))[::-1]

    async def set(self, some: Sequence[str], state: GapState, draft: str | None = None) -> None:
        await self._sql.execute(update(gaps).where(gaps.c.id.in_(some)).values(state=state, draft=draft))

    async def _read(self, which: Any, now: datetime, *, limit: int | None = None) -> list[Gap]:
        handed = exists().where(handoffs.c.conversation == gaps.c.conversation, handoffs.c.created_at >= gaps.c.at)
        ticket = exists().where(tickets.c.conversation == gaps.c.conversation, tickets.c.created_at >= gaps.c.at)
        wanted = select(gaps, conversations.c.updated_at, handed.label("handed"), ticket.label("ticketed")).join(conversations).where(
            which).order_by(gaps.c.at.desc(), gaps.c.id).limit(limit)
        return [Gap(id=row.id, text=row.text, lang=row.lang, at=row.at, state=GapState(row.state), draft=row.draft, embedder=row.embedder,
                    vector=row.vector, ending=ending(handed_off=row.handed, ticket=row.ticketed, last_word=row.updated_at, now=now))
                for row in await self._sql.execute(wanted)]
