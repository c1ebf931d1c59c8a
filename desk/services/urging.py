"""Nudging, raising and reopening tickets: at most so often, by what is so, told to the queue and audited."""

from dataclasses import dataclass
from datetime import datetime

from desk.codes import digest
from desk.errors import IllegalMove
from desk.hours import Hours
from desk.people import Account
from desk.store import Tx
from desk.tickets import MATRIX, MOVES, TARGETS, Level, Status, Ticket
from desk.urging import A_DAY, EVERY, RAISED_A_DAY, RANK, Fact, Result, Urging, Way, carried, facts_of, last
from desk.vault import Vault
from desk.words import Words


@dataclass(frozen=True, kw_only=True)
class Nudged:
    ticket: Ticket
    told: bool                 # False: the desk was told a short while ago
    again_at: datetime


@dataclass(frozen=True, kw_only=True)
class Raised:
    ticket: Ticket
    result: Result
    facts: frozenset[Fact] = frozenset()


class Urgings:
    def __init__(self, hours: Hours, words: Words, vault: Vault) -> None:
        self._hours = hours
        self._words = words
        self._vault = vault

    async def nudge(self, tx: Tx, by: Account, ticket: Ticket, now: datetime) -> Nudged:
        """Remind the desk of an open ticket, at most once a day."""
        _must_be_open(ticket)
        before = last(await tx.urgings.of(ticket.number), Way.NUDGED)
        if before and now - before < EVERY:
            return Nudged(ticket=ticket, told=False, again_at=before + EVERY)
        told = await tx.urgings.add(Urging(ticket=ticket.number, account=by.id, way=Way.NUDGED, reason="", at=now))
        if told:
            await self._tell_assignee(tx, ticket, Way.NUDGED, now)
            await tx.audit.add(by.id, "ticket.nudged", subject=ticket.requester, now=now, ticket=ticket.number)
        return Nudged(ticket=ticket, told=told, again_at=now + EVERY)

    async def escalate(self, tx: Tx, by: Account, ticket: Ticket, reason: str, now: datetime) -> Raised:
        """Raise the urgency as far as the facts carry it; the queue hears of it in any case, once a day and ticket."""
        _must_be_open(ticket)
        urgings = await tx.urgings.of(ticket.number)
        before = last(urgings, Way.RAISED)
        if before and now - before < EVERY:
            return Raised(ticket=ticket, result=Result.ALREADY)
        if await tx.urgings.count(by.id, Way.RAISED, now - A_DAY) >= RAISED_A_DAY:
            return Raised(ticket=ticket, result=Result.ENOUGH)
        if not await tx.urgings.add(Urging(ticket=ticket.number, account=by.id, way=Way.RAISED, reason=reason, at=now)):
            return Raised(ticket=ticket, result=Result.ALREADY)
        if reason:
            await tx.tickets.comment(ticket.number, "user", reason, now, account=by.id)
        answered = any(each.author == "person" for each in await tx.tickets.comments(ticket.number, public_only=True))
        facts = facts_of(ticket, urgings, answered=answered, now=now)
        urgency = carried(ticket, facts)
        higher = RANK[urgency] > RANK[ticket.urgency]
        after = await tx.tickets.raise_to(ticket, urgency, self._due(ticket, urgency), now) if higher else ticket
        await self._tell_assignee(tx, after, Way.RAISED, now)
        await tx.audit.add(by.id, "ticket.raised", subject=ticket.requester, now=now, ticket=ticket.number, before=str(ticket.urgency),
                           after=str(urgency), facts=sorted(facts))
        return Raised(ticket=after, result=Result.RAISED if higher else Result.NOTED, facts=facts)

    async def reopen(self, tx: Tx, by: Account, ticket: Ticket, reason: str, now: datetime) -> Ticket:
        """A ticket that was solved or closed and is not: back to work, with the reason in the open."""
        if ticket.is_open or Status.OPEN not in MOVES[ticket.status]:
            raise IllegalMove("Only a resolved or closed ticket is opened again. Open a new one for anything else.")
        await tx.tickets.move(ticket, Status.OPEN, now)
        if reason:
            await tx.tickets.comment(ticket.number, "user", reason, now, account=by.id)
        await tx.urgings.add(Urging(ticket=ticket.number, account=by.id, way=Way.REOPENED, reason=reason, at=now))
        await self._tell_assignee(tx, ticket, Way.REOPENED, now)
        await tx.audit.add(by.id, "ticket.reopened", subject=ticket.requester, now=now, ticket=ticket.number)
        return await tx.tickets.get(ticket.number)

    def _due(self, ticket: Ticket, urgency: Level) -> datetime:
        """Counted from the opening as ever; never later than what was promised before."""
        return min(ticket.due_at, self._hours.add(ticket.created_at, TARGETS[MATRIX[ticket.impact, urgency]]))

    async def _tell_assignee(self, tx: Tx, ticket: Ticket, way: Way, now: datetime) -> None:
        person = await tx.people.by_id(ticket.assignee) if ticket.assignee else None
        if person is None:
            return
        facts = {"ticket": ticket.number, "title": ticket.title}
        await tx.outbox.put(account=person.id, kind="notice", address=person.email, now=now,
                            subject=self._words.say(person.lang, f"mail.{way}.subject", **facts),
                            sealed_body=self._vault.seal(self._words.say(person.lang, f"mail.{way}.body", **facts)),
                            key=digest("urged", str(ticket.number), way, now.isoformat()))


def _must_be_open(ticket: Ticket) -> None:
    if not ticket.is_open:
        raise IllegalMove("The ticket is no longer open. Open it again, or open a new one.")
