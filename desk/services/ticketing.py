"""Opening tickets with their priority and due time, once per key."""

from datetime import datetime

from desk.hours import Hours
from desk.people import Lang
from desk.store import Tx
from desk.tickets import MATRIX, TARGETS, Kind, Level, Ticket


class Ticketing:
    def __init__(self, hours: Hours) -> None:
        self._hours = hours

    async def open(self, tx: Tx, *, requester: str | None, title: str, description: str, lang: Lang, now: datetime,
                   kind: Kind = Kind.INCIDENT, impact: Level = Level.LOW, urgency: Level = Level.MEDIUM,
                   conversation: str | None = None, key: str | None = None) -> Ticket:
        """The ticket of that key: opened now, or the one that was opened before."""
        known = await tx.tickets.by_key(key) if key else None
        if known:
            return known
        ticket = await tx.tickets.open(requester=requester, title=title, description=description, kind=kind, impact=impact, urgency=urgency,
                                       lang=lang, conversation=conversation, key=key, now=now,
                                       due_at=self._hours.add(now, TARGETS[MATRIX[impact, urgency]]))
        await tx.audit.add(requester or "guest", "ticket.opened", subject=requester, now=now, ticket=ticket.number)
        return ticket
