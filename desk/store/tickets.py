"""Tickets, comments and handoffs in SQL."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, and_, case, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from desk.codes import new_id
from desk.errors import AlreadyClaimed, IllegalMove, LeaseLost, NotFound
from desk.handoffs import DEALT_WITH, OPEN, QUEUE, Handoff, HandoffState, Reason, move
from desk.people import Caller, Lang
from desk.store.locks import held, hold_conversation, turnstile
from desk.store.tables import LARGEST, accounts, comments, conversations, handoffs, tickets
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
        await turnstile(self._sql, "tickets")
        number = ((await self._sql.execute(select(func.max(tickets.c.number)))).scalar() or FIRST_NUMBER - 1) + 1
        ticket = Ticket(number=number, requester=requester, title=title[:200], description=description, kind=kind, impact=impact,
                        urgency=urgency, priority=MATRIX[impact, urgency], status=Status.NEW, queue=queue, lang=lang,
                        conversation=conversation, assignee=None, created_at=now, updated_at=now, due_at=due_at)
        await self._sql.execute(insert(tickets).values(**asdict(ticket), key=key))
        return ticket

    async def get(self, number: int) -> Ticket:
        if number > LARGEST:
            raise NotFound()
        await hold_conversation(self._sql, select(tickets.c.conversation).where(tickets.c.number == number).scalar_subquery())
        row = (await self._sql.execute(held(self._sql, select(tickets).where(tickets.c.number == number)))).mappings().first()
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
        await turnstile(self._sql, f"key:{key}")       # who finds nothing under it is about to use it
        row = (await self._sql.execute(select(tickets).where(tickets.c.key == key))).mappings().first()
        return _ticket(row) if row else None

    async def opened_in(self, conversation: str) -> bool:
        """True if a ticket was opened in that conversation."""
        wanted = select(tickets.c.number).where(tickets.c.conversation == conversation).limit(1)
        return (await self._sql.execute(wanted)).first() is not None

    async def opened_from(self, conversation: str) -> list[Ticket]:
        """Those that were opened in that conversation, the oldest first."""
        wanted = select(tickets).where(tickets.c.conversation == conversation).order_by(tickets.c.number)
        return [_ticket(row) for row in (await self._sql.execute(wanted)).mappings()]

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

    async def unassign(self, ticket: Ticket, now: datetime) -> None:
        await self._sql.execute(update(tickets).where(tickets.c.number == ticket.number).values(assignee=None, updated_at=now))

    async def comment(self, number: int, author: str, text: str, now: datetime, *, public: bool = True, account: str | None = None,
                      key: str | None = None) -> None:
        await self._sql.execute(insert(comments).values(
            id=new_id(), ticket=number, at=now, author=author, account=account, text=text, public=public, key=key))
        await self._sql.execute(update(tickets).where(tickets.c.number == number).values(updated_at=now))

    async def has_comment(self, key: str) -> bool:
        await turnstile(self._sql, f"key:{key}")       # who finds nothing under it is about to use it
        return (await self._sql.execute(select(comments.c.id).where(comments.c.key == key))).first() is not None

    async def comments(self, number: int, *, public_only: bool) -> list[Comment]:
        wanted = select(comments).where(comments.c.ticket == number).order_by(comments.c.at)
        if public_only:
            wanted = wanted.where(comments.c.public)
        return [Comment(at=row["at"], author=row["author"], text=row["text"], public=row["public"])
                for row in (await self._sql.execute(wanted)).mappings()]


LANES = ("security", "p1", "front")      # in the queue, before those who have only waited longer


def _lane() -> Any:
    """The number of the lane: by the handoff's ticket or an open one from its conversation, else whether it came back; 3 for none."""
    urgent = case((tickets.c.kind == Kind.SECURITY, 0), (tickets.c.priority == Priority.P1, 1))
    concerns = or_(tickets.c.number == handoffs.c.ticket,
                   and_(tickets.c.conversation == handoffs.c.conversation, tickets.c.status.in_(OPEN_STATUSES)))
    facts = select(func.min(urgent)).where(concerns).correlate(handoffs).scalar_subquery()
    return func.coalesce(facts, case((handoffs.c.front, 2), else_=len(LANES)))


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
        await hold_conversation(self._sql, conversation)
        wanted = select(handoffs).where(handoffs.c.conversation == conversation, handoffs.c.state.in_(OPEN))
        row = (await self._sql.execute(wanted)).mappings().first()
        return _handoff(row) if row else None

    async def latest(self, conversation: str) -> Handoff | None:
        """The last one of the conversation, whatever became of it; None if it never was handed off."""
        wanted = select(handoffs).where(handoffs.c.conversation == conversation).order_by(handoffs.c.created_at.desc()).limit(1)
        row = (await self._sql.execute(wanted)).mappings().first()
        return _handoff(row) if row else None

    async def of_conversation(self, conversation: str) -> list[Handoff]:
        """All that the conversation ever had, the oldest first."""
        wanted = select(handoffs).where(handoffs.c.conversation == conversation).order_by(handoffs.c.created_at, handoffs.c.id)
        return [_handoff(row) for row in (await self._sql.execute(wanted)).mappings()]

    async def names(self, of: Iterable[Handoff]) -> dict[str, str | None]:
        """By conversation, the name of whose it is; None for a guest's."""
        wanted = select(conversations.c.id, accounts.c.display).outerjoin(accounts, accounts.c.id == conversations.c.account).where(
            conversations.c.id.in_({each.conversation for each in of}))
        return {row.id: row.display for row in await self._sql.execute(wanted)}

    async def waiting(self) -> list[Handoff]:
        """The queue by facts: the security lane, P1, those whose problem came back unsolved, then the longest waiting."""
        wanted = select(handoffs).where(handoffs.c.state == HandoffState.WAITING).order_by(_lane(), handoffs.c.created_at, handoffs.c.id)
        return [_handoff(row) for row in (await self._sql.execute(wanted)).mappings()]

    async def lanes(self) -> dict[str, str]:
        """Of those in the queue that go before others, by id, why."""
        lane = _lane().label("lane")
        found = await self._sql.execute(select(handoffs.c.id, lane).where(handoffs.c.state == HandoffState.WAITING))
        return {row.id: LANES[row.lane] for row in found if row.lane < len(LANES)}

    async def taken_by(self, account: str) -> list[Handoff]:
        wanted = select(handoffs).where(handoffs.c.state == HandoffState.TAKEN, handoffs.c.taken_by == account)
        return [_handoff(row) for row in (await self._sql.execute(wanted.order_by(handoffs.c.created_at))).mappings()]

    async def taken(self) -> list[Handoff]:
        wanted = select(handoffs).where(handoffs.c.state == HandoffState.TAKEN).order_by(handoffs.c.created_at)
        return [_handoff(row) for row in (await self._sql.execute(wanted)).mappings()]

    async def resolved(self, conversation: str) -> Handoff | None:
        """The one of which the user has been asked whether it was solved, and has not said."""
        wanted = select(handoffs).where(handoffs.c.conversation == conversation, handoffs.c.state == HandoffState.RESOLVED)
        row = (await self._sql.execute(wanted.order_by(handoffs.c.resolved_at.desc()).limit(1))).mappings().first()
        return _handoff(row) if row else None

    async def unconfirmed(self, since: datetime) -> list[Handoff]:
        wanted = select(handoffs).where(handoffs.c.state == HandoffState.RESOLVED, handoffs.c.resolved_at <= since)
        return [_handoff(row) for row in (await self._sql.execute(wanted)).mappings()]

    async def dealt_with(self, conversation: str) -> frozenset[str]:
        """The reasons for which a person has had this conversation already."""
        wanted = select(handoffs.c.reason).where(handoffs.c.conversation == conversation, handoffs.c.state.in_(DEALT_WITH))
        return frozenset((await self._sql.execute(wanted)).scalars())

    async def late(self, now: datetime) -> list[Handoff]:
        wanted = select(handoffs).where(handoffs.c.state == HandoffState.WAITING, handoffs.c.expected_by < now)
        return [_handoff(row) for row in (await self._sql.execute(wanted)).mappings()]

    async def claim(self, handoff: Handoff, agent: str, now: datetime) -> Handoff:
        if handoff.state is not HandoffState.WAITING:
            raise AlreadyClaimed()
        try:
            return await self.change(handoff, move(handoff, HandoffState.TAKEN, taken_by=agent, claimed_at=now))
        except LeaseLost as error:
            raise AlreadyClaimed() from error

    async def change(self, before: Handoff, after: Handoff) -> Handoff:
        """Write `after`, provided that nobody moved it since `before` was read."""
        done = await self._sql.execute(update(handoffs).where(
            handoffs.c.id == before.id, handoffs.c.state == before.state, handoffs.c.taken_by.is_not_distinct_from(before.taken_by)).values(
                {name: value for name, value in asdict(after).items() if name != "id"}))
        if done.rowcount != 1:
            raise LeaseLost()
        return after

    async def tell_place(self, handoff: Handoff, place: int) -> None:
        await self._sql.execute(update(handoffs).where(handoffs.c.id == handoff.id).values(told_place=place))

    async def add_to_card(self, handoff: Handoff, card: dict[str, Any]) -> None:
        await self._sql.execute(update(handoffs).where(handoffs.c.id == handoff.id).values(card=card))

    async def lang_of(self, handoff: Handoff) -> Lang:
        found = await self._sql.execute(select(conversations.c.lang).where(conversations.c.id == handoff.conversation))
        lang: Lang = found.scalar_one()
        return lang
