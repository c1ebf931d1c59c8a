"""What has been kept long enough goes, a batch at a time, so that nobody waits for it. Whoever is under legal hold is left alone."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, and_, delete, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from desk.handoffs import HandoffState
from desk.store.tables import audit, conversations, effects, flows, handoffs, holds, outbox, sessions, tickets, turns
from desk.tickets import OPEN_STATUSES
from desk.turns import TurnState

BATCH = 200
WORTH_IT = timedelta(days=1)
UNDER_WAY = (HandoffState.WAITING, HandoffState.TAKEN)


class Retention:
    """Each method deletes up to a batch of what is older and says how many rows that were."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._sql = connection

    async def conversations(self, before: datetime) -> int:
        """With their messages, events, turns and handoffs; not while somebody waits or speaks in them."""
        c = conversations.c
        busy = or_(exists().where(handoffs.c.conversation == c.id, handoffs.c.state.in_(UNDER_WAY)),
                   exists().where(turns.c.conversation == c.id, turns.c.state.in_((TurnState.RECEIVED, TurnState.RUNNING))))
        gone = await self._delete(conversations, and_(c.updated_at < before, ~busy, ~_held(c.account), ~_held(c.claim)))
        await self._sql.execute(delete(effects).where(effects.c.at < before, ~exists().where(turns.c.id == effects.c.turn)))
        return gone

    async def tickets(self, before: datetime) -> int:
        c = tickets.c
        busy = exists().where(handoffs.c.ticket == c.number, handoffs.c.state.in_(UNDER_WAY))
        held = exists().where(conversations.c.id == c.conversation, holds.c.account.in_((conversations.c.account, conversations.c.claim)))
        return await self._delete(tickets, and_(c.updated_at < before, c.status.not_in(OPEN_STATUSES), ~busy, ~_held(c.requester), ~held))

    async def mail(self, before: datetime) -> int:
        return await self._delete(outbox, and_(outbox.c.at < before, ~_held(outbox.c.account)))

    async def sessions(self, before: datetime) -> int:
        return await self._delete(sessions, and_(sessions.c.expires_at < before, ~_held(sessions.c.account)))

    async def verifications(self, before: datetime) -> int:
        """With their codes and capabilities."""
        return await self._delete(flows, and_(flows.c.expires_at < before, ~_held(flows.c.account)))

    async def audit(self, before: datetime) -> tuple[int, str] | None:
        """Up to which entry the beginning of the chain went, with its hash; None if nothing did.

        Only a whole beginning can go: the first entry that is too young, or of one under hold, ends it. The newest entry always stays,
        as what the next one follows; and a beginning of less than a day is not worth an entry.
        """
        oldest = (await self._sql.execute(select(func.min(audit.c.seq), func.max(audit.c.seq)))).one()
        began = (await self._sql.execute(select(audit.c.at).where(audit.c.seq == oldest[0]))).scalar_one_or_none()
        if began is None or began > before - WORTH_IT:
            return None
        kept = await self._sql.execute(select(audit.c.seq).where(or_(
            audit.c.at >= before, audit.c.seq == oldest[1], _held(audit.c.subject), _held(audit.c.actor))).order_by(audit.c.seq).limit(1))
        wanted = select(audit.c.seq, audit.c.hash).where(audit.c.seq < kept.scalar_one()).order_by(audit.c.seq.desc()).limit(1)
        last = (await self._sql.execute(wanted)).first()
        if last is None:
            return None
        await self._sql.execute(delete(audit).where(audit.c.seq <= last.seq))
        return last.seq, last.hash

    async def _delete(self, table: Table, which: Any) -> int:
        (key,) = table.primary_key.columns
        some = list((await self._sql.execute(select(key).where(which).order_by(key).limit(BATCH))).scalars())
        if some:
            await self._sql.execute(delete(table).where(key.in_(some)))
        return len(some)


def _held(account: Any) -> Any:
    """Whether the account in that column is under hold; nobody's rows are not."""
    return exists().where(holds.c.account == account)
