"""Tickets, comments and handoffs in SQL."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from desk.codes import new_id
from desk.errors import AlreadyClaimed, IllegalMove, NotFound
from desk.handoffs import QUEUE, Handoff, HandoffState, Reason
from desk.people import Caller, Lang
from desk.store.tables import accounts, comments, conversations, handoffs, tickets
from desk.tickets import FIRST_NUMBER, MATRIX, MOVES, OPEN_STATUSES, Comment, Kind, Level, Priority, Status, Ticket


def _ticket(row: RowMapping) -> Ticket:
    fields = {name: row[name] for name in Ticket.__dataclass_fields__}
    return Ticket(**{**fields, "kind": Kind(row["kind"]), "impact": Level(row["impact"]), "urgency": Level(row["urgency"]),
                     "priority": Priority(row["priority"]), "status": Status(row["status"])})


def _handoff(row: RowMapping) -> Handoff:
    fields = {name: row[name] for name in Handoff.__dataclass_fields__}
    return Handoff(**{**fields, "reason": Reason(row["reason"]), "state": HandoffState(row["state"])})


class Tickets:
    def __init__(self, connection: AsyncConnection) -> None:
        self._sql = connection

    async def open(self, *, requester: str | None, title: str, description: str, kind: Kind, impact: Level, urgency: Level, lang: Lang,
                   conversation: str | None, key: str | None, now: datetime, due_at: datetime, queue: str = QUEUE) -> Ticket:
        number = ((await self._sql.execute(select(func.max(tickets.c.number)))).scalar() or FIRST_NUMBER - 1) + 1
        ticket = Ticket(number=number, requester=requester, title=title[:200], description=description, kind=kind, impact=impact,
                        urgency=urgency, priority=MATRIX[impact, urgency], status=Status.NEW, queue=queue, lang=lang,
                        conversation=conversation, assignee=None, created_at=now, updated_at=now, due_at=due_at)
        await self._sql.execute(insert(tickets).values(**asdict(ticket), key=key))
        return ticket

    async def get(self, number: int) -> Ticket:
        row = (await self._sql.execute(select(tickets).where(tickets.c.number == number))).mappings().first()
        if row is None:
            raise NotFound()
        return _ticket(row)

    async def of(self, caller: Caller, number: int) -> Ticket:
        """The caller's own ticket; someone else's is not found. The one access function for owners."""
        ticket = await self.get(number)
        if caller.account is None or ticket.requester != caller.account.id:
            raise NotFound()
        return ticket

    async def owned_by(self, account: str, *, open_only: bool = False, limit: int = 100) -> list[Ticket]:
        wanted = select(tickets).where(tickets.c.requester == account).order_by(tickets.c.number.desc()).limit(limit)
        if open_only:
            wanted = wanted.where(tickets.c.status.in_(OPEN_STATUSES))
        return [_ticket(row) for row in (await self._sql.execute(wanted)).mappings()]

    async def all(self, *, open_only: bool = False, limit: int = 200) -> list[Ticket]:
        wanted = select(tickets).order_by(tickets.c.number.desc()).limit(limit)
        if open_only:
            wanted = wanted.where(tickets.c.status.in_(OPEN_STATUSES))
        return [_ticket(row) for row in (await self._sql.execute(wanted)).mappings()]

    async def by_key(self, key: str) -> Ticket | None:
        row = (await self._sql.execute(select(tickets).where(tickets.c.key == key))).mappings().first()
        return _ticket(row) if row else None

    async def opened_in(self, conversation: str) -> bool:
        """True if a ticket was opened in that conversation."""
        wanted = select(tickets.c.number).where(tickets.c.conversation == conversation).limit(1)
        return (await self._sql.execute(wanted)).first() is not None

    async def raise_to(self, ticket: Ticket, urgency: Level, due_at: datetime, now: datetime) -> Ticket:
        await self._sql.execute(update(tickets).where(tickets.c.number == ticket.number).values(
            urgency=urgency, priority=MATRIX[ticket.impact, urgency], due_at=due_at, updated_at=now))
        return await self.get(ticket.number)

    async def move(self, ticket: Ticket, to: Status, now: datetime, *, assignee: str | None = None) -> Ticket:
        if to is not ticket.status and to not in MOVES[ticket.status]:
            raise IllegalMove(f"{ticket.status} → {to}")
        values: dict[str, Any] = {"status": to, "updated_at": now}
        if assignee:
            values["assignee"] = assignee
        await self._sql.execute(update(tickets).where(tickets.c.number == ticket.number).values(**values))
        return replace(ticket, status=to, updated_at=now, assignee=assignee or ticket.assignee)

    async def comment(self, number: int, author: str, text: str, now: datetime, *, public: bool = True, account: str | None = None,
                      key: str | None = None) -> None:
        await self._sql.execute(insert(comments).values(
            id=new_id(), ticket=number, at=now, author=author, account=account, text=text, public=public, key=key))
        await self._sql.execute(update(tickets).where(tickets.c.number == number).values(updated_at=now))

    async def has_comment(self, key: str) -> bool:
        return (await self._sql.execute(select(comments.c.id).where(comments.c.key == key))).first() is not None

    async def comments(self, number: int, *, public_only: bool) -> list[Comment]:
        wanted = select(comments).where(comments.c.ticket == number).order_by(comments.c.at)
        if public_only:
            wanted = wanted.where(comments.c.public)
        return [Comment(at=row["at"], author=row["author"], text=row["text"], public=row["public"])
                for row in (await self._sql.execute(wanted)).mappings()]


class Handoffs:
    def __init__(self, connection: AsyncConnection) -> None:
        self._sql = connection

    async def open(self, *, conversation: str, ticket: int, reason: Reason, expected_by: datetime, card: dict[str, Any],
                   now: datetime) -> Handoff:
        handoff = Handoff(id=new_id(), conversation=conversation, ticket=ticket, reason=reason, state=HandoffState.WAITING, queue=QUEUE,
                          expected_by=expected_by, card=card, created_at=now)
        await self._sql.execute(insert(handoffs).values(**asdict(handoff)))
        return handoff

    async def current(self, conversation: str) -> Handoff | None:
        """The one that waits or is taken; a conversation has at most one."""
        wanted = select(handoffs).where(handoffs.c.conversation == conversation,
                                        handoffs.c.state.in_((HandoffState.WAITING, HandoffState.TAKEN)))
        row = (await self._sql.execute(wanted)).mappings().first()
        return _handoff(row) if row else None

    async def latest(self, conversation: str) -> Handoff | None:
        """The last one of the conversation, whatever became of it; None if it never was handed off."""
        wanted = select(handoffs).where(handoffs.c.conversation == conversation).order_by(handoffs.c.created_at.desc()).limit(1)
        row = (await self._sql.execute(wanted)).mappings().first()
        return _handoff(row) if row else None

    async def names(self, of: Iterable[Handoff]) -> dict[str, str | None]:
        """By conversation, the name of whose it is; None for a guest's."""
        wanted = select(conversations.c.id, accounts.c.display).outerjoin(accounts, accounts.c.id == conversations.c.account).where(
            conversations.c.id.in_({each.conversation for each in of}))
        return {row.id: row.display for row in await self._sql.execute(wanted)}

    async def waiting(self) -> list[Handoff]:
        """The queue, the longest waiting first."""
        wanted = select(handoffs).where(handoffs.c.state == HandoffState.WAITING).order_by(handoffs.c.created_at, handoffs.c.id)
        return [_handoff(row) for row in (await self._sql.execute(wanted)).mappings()]

    async def taken_by(self, account: str) -> list[Handoff]:
        wanted = select(handoffs).where(handoffs.c.state == HandoffState.TAKEN, handoffs.c.taken_by == account)
        return [_handoff(row) for row in (await self._sql.execute(wanted.order_by(handoffs.c.created_at))).mappings()]

    async def late(self, now: datetime) -> list[Handoff]:
        wanted = select(handoffs).where(handoffs.c.state == HandoffState.WAITING, handoffs.c.expected_by < now)
        return [_handoff(row) for row in (await self._sql.execute(wanted)).mappings()]

    async def claim(self, handoff: Handoff, agent: str) -> Handoff:
        done = await self._sql.execute(update(handoffs).where(
            handoffs.c.id == handoff.id, handoffs.c.state == HandoffState.WAITING).values(state=HandoffState.TAKEN, taken_by=agent))
        if done.rowcount != 1:
            raise AlreadyClaimed()
        return replace(handoff, state=HandoffState.TAKEN, taken_by=agent)

    async def end(self, handoff: Handoff, state: HandoffState) -> None:
        await self._sql.execute(update(handoffs).where(handoffs.c.id == handoff.id).values(state=state))

    async def promise_again(self, handoff: Handoff, expected_by: datetime) -> None:
        await self._sql.execute(update(handoffs).where(handoffs.c.id == handoff.id).values(expected_by=expected_by, told_late=True))

    async def add_to_card(self, handoff: Handoff, card: dict[str, Any]) -> None:
        await self._sql.execute(update(handoffs).where(handoffs.c.id == handoff.id).values(card=card))

    async def lang_of(self, handoff: Handoff) -> Lang:
        found = await self._sql.execute(select(conversations.c.lang).where(conversations.c.id == handoff.conversation))
        lang: Lang = found.scalar_one()
        return lang
