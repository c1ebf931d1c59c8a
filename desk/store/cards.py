"""Cards beside the chat in SQL."""

from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from desk.cards import LASTS, MOVES, Card, CardKind, CardState, seal
from desk.codes import new_id
from desk.errors import IllegalMove, NotFound
from desk.store.tables import cards


def _card(row: RowMapping) -> Card:
    fields = {name: row[name] for name in Card.__dataclass_fields__}
    return Card(**{**fields, "kind": CardKind(row["kind"]), "state": CardState(row["state"])})


class Cards:
    def __init__(self, connection: AsyncConnection) -> None:
        self._sql = connection

    async def open(self, *, conversation: str, account: str, kind: CardKind, tool: str, args: dict[str, Any], key: str,
                   now: datetime) -> Card:
        """The card of that key: opened now, or the one that was opened before."""
        card = new_id()
        try:
            async with self._sql.begin_nested():
                await self._sql.execute(insert(cards).values(
                    id=card, conversation=conversation, account=account, kind=kind, tool=tool, args=args, key=key, created_at=now,
                    seal=seal(card, account, conversation, tool, args), state=CardState.OPEN, expires_at=now + LASTS[kind]))
        except IntegrityError:
            card = (await self._sql.execute(select(cards.c.id).where(cards.c.key == key))).scalar_one()
        return await self.get(card)

    async def get(self, card: str) -> Card:
        row = (await self._sql.execute(select(cards).where(cards.c.id == card))).mappings().first()
        if row is None:
            raise NotFound()
        return _card(row)

    async def waiting(self, conversation: str, now: datetime) -> list[Card]:
        """The open ones of a conversation, the oldest first."""
        wanted = select(cards).where(cards.c.conversation == conversation, cards.c.state == CardState.OPEN, cards.c.expires_at > now)
        return [_card(row) for row in (await self._sql.execute(wanted.order_by(cards.c.created_at, cards.c.id))).mappings()]

    async def of_conversation(self, conversation: str) -> list[Card]:
        """All that it ever had, the oldest first."""
        wanted = select(cards).where(cards.c.conversation == conversation).order_by(cards.c.created_at, cards.c.id)
        return [_card(row) for row in (await self._sql.execute(wanted)).mappings()]

    async def opened_since(self, account: str, since: datetime) -> int:
        wanted = select(func.count()).where(cards.c.account == account, cards.c.created_at > since)
        return int((await self._sql.execute(wanted)).scalar_one())

    async def move(self, card: Card, to: CardState, args: dict[str, Any] | None = None) -> Card:
        """One legal move, won by the first who makes it; what was sent stands sealed in the card from then on."""
        if to not in MOVES[card.state]:
            raise IllegalMove(f"{card.state} → {to}")
        sent = card.args if args is None else args
        sealed = seal(card.id, card.account, card.conversation, card.tool, sent) if args is not None else card.seal
        done = await self._sql.execute(update(cards).where(cards.c.id == card.id, cards.c.state == card.state).values(
            state=to, args=sent, seal=sealed))
        if done.rowcount != 1:
            raise IllegalMove(f"{card.state} → {to}")
        return await self.get(card.id)

    async def late(self, now: datetime) -> list[str]:
        """The conversations with cards that nobody answered in time."""
        wanted = select(cards.c.conversation).where(cards.c.state == CardState.OPEN, cards.c.expires_at <= now)
        return list(dict.fromkeys((await self._sql.execute(wanted)).scalars()))

    async def expire(self, now: datetime) -> None:
        await self._sql.execute(update(cards).where(cards.c.state == CardState.OPEN, cards.c.expires_at <= now).values(
            state=CardState.EXPIRED))
