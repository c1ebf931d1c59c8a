"""Opening tickets with their priority and due time, once per key; commenting and moving them."""

from datetime import datetime

from desk.conversations import Speaker, move
from desk.errors import IllegalMove
from desk.handoffs import SECURITY_QUEUE, HandoffState
from desk.handoffs import move as move_handoff
from desk.hours import Hours
from desk.people import AT_THE_DESK, Account, Lang
from desk.store import Tx
from desk.tickets import MATRIX, OPEN_STATUSES, TARGETS, Kind, Level, Priority, Status, Ticket


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

    async def into_the_lane(self, tx: Tx, ticket: Ticket, now: datetime) -> Ticket:
        """The same ticket as a security matter of the first priority; it is due no later than was promised before."""
        due_at = min(ticket.due_at, self._hours.add(now, TARGETS[Priority.P1]))
        await tx.audit.add(ticket.requester or "guest", "ticket.secured", subject=ticket.requester, now=now, ticket=ticket.number)
        return await tx.tickets.into_the_lane(ticket, SECURITY_QUEUE, due_at, now)

    async def change(self, tx: Tx, ticket: Ticket, by: Account, now: datetime, *, to: Status | None = None, comment: str | None = None,
                     public: bool = True) -> Ticket:
        """Comment on the ticket, move it, or both. Who may do which is asked before."""
        if comment:
            author = "person" if by.role in AT_THE_DESK else "user"
            await tx.tickets.comment(ticket.number, author, comment, now, public=public, account=by.id)
        if to is not None and to is not ticket.status:
            await tx.tickets.move(ticket, to, now)
            if to not in OPEN_STATUSES:
                await self._leave_queue(tx, ticket, now)
            await tx.audit.add(by.id, "ticket.moved", subject=ticket.requester, now=now, ticket=ticket.number, status=str(to))
        return await tx.tickets.get(ticket.number)

    async def _leave_queue(self, tx: Tx, ticket: Ticket, now: datetime) -> None:
        """A ticket that is over holds no place in the queue; one whose conversation a person has taken is ended there."""
        asked = await tx.handoffs.resolved(ticket.conversation) if ticket.conversation else None
        if asked and asked.ticket == ticket.number:
            await tx.handoffs.change(asked, move_handoff(asked, HandoffState.CANCELLED))   # nothing is left to be confirmed
        handoff = await tx.handoffs.current(ticket.conversation) if ticket.conversation else None
        if handoff is None or handoff.ticket != ticket.number:
            return
        if handoff.state is HandoffState.TAKEN:
            raise IllegalMove("A person speaks in the ticket's conversation. Resolve or return the conversation.")
        await tx.handoffs.change(handoff, move_handoff(handoff, HandoffState.CANCELLED))
        conversation = await tx.conversations.get(handoff.conversation)
        if conversation.speaker is Speaker.WAITING:
            await tx.conversations.change(conversation, move(conversation, Speaker.ASSISTANT, now))
