"""Turns and effects in SQL: one turn of a conversation runs at a time, and each effect begins once."""

from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, and_, exists, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from desk.codes import new_id
from desk.errors import LeaseLost
from desk.store.tables import effects, turns
from desk.turns import GRACE, LEASE, Turn, TurnState

UNFINISHED = (TurnState.RECEIVED, TurnState.RUNNING)


def _turn(row: RowMapping) -> Turn:
    fields = {name: row[name] for name in Turn.__dataclass_fields__}
    return Turn(**{**fields, "state": TurnState(row["state"])})


class Turns:
    def __init__(self, connection: AsyncConnection) -> None:
        self._sql = connection

    async def receive(self, *, conversation: str, session: str, account: str | None, seq: int, kind: str, text: str, lang: str,
                      client_id: str | None, body_hash: str, now: datetime) -> Turn:
        turn = new_id()
        await self._sql.execute(insert(turns).values(
            id=turn, conversation=conversation, session=session, account=account, seq=seq, kind=kind, text=text, lang=lang,
            client_id=client_id, body_hash=body_hash, state=TurnState.RECEIVED, attempts=0, received_at=now))
        return await self.get(turn)

    async def get(self, turn: str) -> Turn:
        return _turn((await self._sql.execute(select(turns).where(turns.c.id == turn))).mappings().one())

    async def ended(self, turn: str) -> bool:
        """True also for a turn that is no longer there."""
        running = select(turns.c.id).where(turns.c.id == turn, turns.c.state.in_(UNFINISHED))
        return (await self._sql.execute(running)).first() is None

    async def by_client_id(self, conversation: str, client_id: str) -> Turn | None:
        wanted = select(turns).where(turns.c.conversation == conversation, turns.c.client_id == client_id)
        row = (await self._sql.execute(wanted)).mappings().first()
        return _turn(row) if row else None

    async def of_conversation(self, conversation: str) -> list[Turn]:
        """Its turns, the oldest first."""
        wanted = select(turns).where(turns.c.conversation == conversation).order_by(turns.c.seq)
        return [_turn(row) for row in (await self._sql.execute(wanted)).mappings()]

    async def take(self, turn: str, now: datetime) -> Turn | None:
        """Take the lease, provided that the turn is not over and no earlier turn of its conversation is unfinished."""
        mine = await self.get(turn)
        earlier = turns.alias()
        blocked = exists().where(earlier.c.conversation == mine.conversation, earlier.c.seq < mine.seq,
                                 earlier.c.state.in_(UNFINISHED))
        free = turns.c.lease_until.is_(None) | (turns.c.lease_until < now)
        done = await self._sql.execute(update(turns).where(
            turns.c.id == turn, turns.c.state.in_(UNFINISHED), free, ~blocked).values(
                state=TurnState.RUNNING, lease=new_id(), lease_until=now + LEASE, attempts=turns.c.attempts + 1))
        return await self.get(turn) if done.rowcount == 1 else None

    async def renew(self, turn: Turn, now: datetime) -> None:
        await self._held(turn, lease_until=now + LEASE)

    async def release(self, turn: Turn) -> None:
        """Give the lease back at once, so that another may run the turn."""
        await self._held(turn, lease=None, lease_until=None)

    async def finish(self, turn: Turn, state: TurnState, answer: dict[str, Any], now: datetime) -> None:
        """End the turn, provided that its lease is still held; late output is dropped."""
        await self._held(turn, state=state, answer=answer, ended_at=now, lease=None, lease_until=None)

    async def _held(self, turn: Turn, **values: Any) -> None:
        same = turns.c.lease == turn.lease if turn.lease else turns.c.lease.is_(None)
        done = await self._sql.execute(update(turns).where(
            turns.c.id == turn.id, turns.c.state.in_(UNFINISHED), same).values(**values))
        if done.rowcount != 1:
            raise LeaseLost()

    async def feelings(self, conversation: str, before: int, most: int = 5) -> list[float]:
        """The probabilities of negative feeling in the messages before, the newest first."""
        wanted = select(turns.c.answer).where(turns.c.conversation == conversation, turns.c.seq < before, turns.c.kind == "message",
                                              turns.c.answer.is_not(None)).order_by(turns.c.seq.desc()).limit(most)
        return [float(row.answer["sentiment"]["score"]) for row in await self._sql.execute(wanted)]

    async def count_by_lang(self, since: datetime) -> dict[str, int]:
        """How many messages of users were received since then, per language."""
        wanted = select(turns.c.lang, func.count().label("n")).where(turns.c.kind == "message", turns.c.received_at >= since)
        return {row.lang: row.n for row in await self._sql.execute(wanted.group_by(turns.c.lang))}

    async def abandoned(self, now: datetime) -> list[Turn]:
        """Turns that nobody runs: never begun since they were received a while ago, or their lease has expired."""
        free = and_(turns.c.lease_until.is_(None), turns.c.received_at < now - GRACE) | (turns.c.lease_until < now)
        wanted = select(turns).where(turns.c.state.in_(UNFINISHED), free).order_by(turns.c.received_at, turns.c.seq)
        return [_turn(row) for row in (await self._sql.execute(wanted)).mappings()]


class Effects:
    """What tools did, once per key. A key without an outcome was started and is never run again."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._sql = connection

    async def begin(self, key: str, turn: str, tool: str, now: datetime) -> bool:
        try:
            async with self._sql.begin_nested():
                await self._sql.execute(insert(effects).values(key=key, turn=turn, tool=tool, at=now))
        except IntegrityError:
            return False
        return True

    async def outcome(self, key: str) -> dict[str, Any] | None:
        return (await self._sql.execute(select(effects.c.outcome).where(effects.c.key == key))).scalar_one_or_none()

    async def finish(self, key: str, outcome: dict[str, Any]) -> None:
        await self._sql.execute(update(effects).where(effects.c.key == key).values(outcome=outcome))

    async def of_turn(self, turn: str) -> list[dict[str, Any]]:
        wanted = select(effects.c.key, effects.c.tool, effects.c.outcome).where(effects.c.turn == turn).order_by(effects.c.at)
        return [dict(row) for row in (await self._sql.execute(wanted)).mappings()]
