"""Tickets: one's own; all of them at the desk."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import TypeAdapter

from agent.house import House
from api.callers import Open, SignedIn, account_of
from api.shapes import (
    CommentShown,
    NewTicket,
    NudgedShown,
    Number,
    RaisedShown,
    TicketChange,
    TicketLine,
    TicketList,
    TicketShown,
    Urge,
)
from desk.codes import digest
from desk.errors import AnotherBody, BadInput, Refused
from desk.people import AT_THE_DESK, Caller
from desk.store import Tx
from desk.tickets import Status, Ticket
from tools.finding import search

router = APIRouter(prefix="/tickets", tags=["tickets"])

USERS_MAY = frozenset({Status.CANCELLED, Status.OPEN})   # OPEN: again, what was solved and is not


@router.get("", response_model=TicketList)
async def list_tickets(house: Open, caller: SignedIn, scope: Literal["own", "all"] = "own",
                       open_only: Annotated[bool, Query(alias="open")] = False,
                       q: Annotated[str, Query(max_length=200, description="Words and days, as people say them")] = "") -> dict[str, Any]:
    account = account_of(caller)
    if scope == "all" and caller.role not in AT_THE_DESK:
        raise Refused()
    async with house.desk.store.read() as tx:
        found = await (tx.tickets.all(open_only=open_only) if scope == "all" else tx.tickets.owned_by(account.id, open_only=open_only))
    if q.strip():
        found = search(found, q, house.clock(), account.timezone)
    return {"tickets": [_line(ticket) for ticket in found]}


@router.post("", status_code=201, response_model=TicketShown)
async def open_ticket(house: Open, caller: SignedIn, sent: NewTicket) -> dict[str, Any]:
    """Open a ticket. Codes and passwords in it are removed before it is stored; the same `client_id` opens it once."""
    account = account_of(caller)
    title = house.assistant.redact(sent.title.strip())
    description = house.assistant.redact(sent.description) if sent.description else ""
    async with house.desk.store.begin() as tx:
        ticket = await house.desk.ticketing.open(
            tx, requester=account.id, title=title, description=description, lang=account.lang, now=house.clock(), kind=sent.kind,
            impact=sent.impact, urgency=sent.urgency, key=digest(sent.client_id, "ticket", account.id) if sent.client_id else None)
        wanted = (title[:200], description, sent.kind, sent.impact, sent.urgency)
        if wanted != (ticket.title, ticket.description, ticket.kind, ticket.impact, ticket.urgency):
            raise AnotherBody()
        return await _whole(tx, caller, ticket)


@router.get("/{number}", response_model=TicketShown)
async def read(house: Open, caller: SignedIn, number: Number) -> dict[str, Any]:
    async with house.desk.store.read() as tx:
        return await _whole(tx, caller, await _reachable(tx, caller, number))


@router.patch("/{number}", response_model=TicketShown)
async def change(house: Open, caller: SignedIn, number: Number, sent: TicketChange) -> dict[str, Any]:
    """Comment, cancel or reopen one's own ticket; at the desk, move any and write notes that only the desk sees."""
    account = account_of(caller)
    if sent.status is None and sent.comment is None:
        raise BadInput("Send a `status`, a `comment` or both.")
    async with house.desk.store.begin() as tx:
        ticket = await _reachable(tx, caller, number)
        if caller.role not in AT_THE_DESK and (not sent.public or sent.status not in USERS_MAY | {None}):
            raise Refused()
        comment = house.assistant.redact(sent.comment) if sent.comment else None
        if caller.role not in AT_THE_DESK and sent.status is Status.OPEN:
            ticket = await house.desk.urging.reopen(tx, account, ticket, comment or "", house.clock())
            return await _whole(tx, caller, ticket)
        ticket = await house.desk.ticketing.change(tx, ticket, account, house.clock(), to=sent.status, comment=comment, public=sent.public)
        whole = await _whole(tx, caller, ticket)
    _wake(house, ticket)
    return whole


@router.post("/{number}/nudge", response_model=NudgedShown)
async def nudge(house: Open, caller: SignedIn, number: Number) -> dict[str, Any]:
    """Remind the desk of one's own open ticket, at most once a day."""
    async with house.desk.store.begin() as tx:
        nudged = await house.desk.urging.nudge(tx, account_of(caller), await tx.tickets.of(caller, number), house.clock())
    return {"told": nudged.told, "again_at": nudged.again_at}


@router.post("/{number}/escalate", response_model=RaisedShown)
async def escalate(house: Open, caller: SignedIn, number: Number, sent: Urge | None = None) -> dict[str, Any]:
    """Have one's own open ticket raised, as far as the facts carry it; the queue is told in any case."""
    reason = house.assistant.redact(sent.reason) if sent and sent.reason and sent.reason.strip() else ""
    async with house.desk.store.begin() as tx:
        raised = await house.desk.urging.escalate(tx, account_of(caller), await tx.tickets.of(caller, number), reason, house.clock())
    return {"result": raised.result, "facts": sorted(raised.facts), "ticket": _line(raised.ticket)}


async def _reachable(tx: Tx, caller: Caller, number: int) -> Ticket:
    return await (tx.tickets.get(number) if caller.role in AT_THE_DESK else tx.tickets.of(caller, number))


def _wake(house: House, ticket: Ticket) -> None:
    if ticket.conversation:
        house.live.wake(ticket.conversation)


def _line(ticket: Ticket) -> TicketLine:
    return TicketLine(**{name: getattr(ticket, name) for name in TicketLine.model_fields})


async def _whole(tx: Tx, caller: Caller, ticket: Ticket) -> dict[str, Any]:
    comments = await tx.tickets.comments(ticket.number, public_only=caller.role not in AT_THE_DESK)
    files = await tx.attachments.of(ticket=ticket.number)
    return {**_line(ticket).model_dump(), "attachments": [each.shown for each in files],
            "comments": TypeAdapter(list[CommentShown]).validate_python(comments, from_attributes=True)}
