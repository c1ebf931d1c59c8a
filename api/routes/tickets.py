"""Tickets: one's own; all of them at the desk."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import TypeAdapter

from agent.house import House
from api.callers import Open, SignedIn, account_of
from api.shapes import CommentShown, NewTicket, Number, TicketChange, TicketLine, TicketList, TicketShown
from desk.codes import digest
from desk.errors import AnotherBody, BadInput, Refused
from desk.people import AT_THE_DESK, Caller
from desk.store import Tx
from desk.tickets import Status, Ticket

router = APIRouter(prefix="/tickets", tags=["tickets"])

USERS_MAY = frozenset({Status.CANCELLED})


@router.get("", response_model=TicketList)
async def list_tickets(house: Open, caller: SignedIn, scope: Literal["own", "all"] = "own",
                       open_only: Annotated[bool, Query(alias="open")] = False) -> dict[str, Any]:
    account = account_of(caller)
    if scope == "all" and caller.role not in AT_THE_DESK:
        raise Refused()
    async with house.desk.store.read() as tx:
        found = await (tx.tickets.all(open_only=open_only) if scope == "all" else tx.tickets.owned_by(account.id, open_only=open_only))
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
    """Comment or cancel one's own ticket; at the desk, move any and write notes that only the desk sees."""
    account = account_of(caller)
    if sent.status is None and sent.comment is None:
        raise BadInput("Send a `status`, a `comment` or both.")
    async with house.desk.store.begin() as tx:
        ticket = await _reachable(tx, caller, number)
        if caller.role not in AT_THE_DESK and (not sent.public or sent.status not in USERS_MAY | {None}):
            raise Refused()
        comment = house.assistant.redact(sent.comment) if sent.comment else None
        ticket = await house.desk.ticketing.change(tx, ticket, account, house.clock(), to=sent.status, comment=comment, public=sent.public)
        whole = await _whole(tx, caller, ticket)
    _wake(house, ticket)
    return whole


async def _reachable(tx: Tx, caller: Caller, number: int) -> Ticket:
    return await (tx.tickets.get(number) if caller.role in AT_THE_DESK else tx.tickets.of(caller, number))


def _wake(house: House, ticket: Ticket) -> None:
    if ticket.conversation:
        house.live.wake(ticket.conversation)


def _line(ticket: Ticket) -> TicketLine:
    return TicketLine(**{name: getattr(ticket, name) for name in TicketLine.model_fields})


async def _whole(tx: Tx, caller: Caller, ticket: Ticket) -> dict[str, Any]:
    comments = await tx.tickets.comments(ticket.number, public_only=caller.role not in AT_THE_DESK)
    return {**_line(ticket).model_dump(), "comments": TypeAdapter(list[CommentShown]).validate_python(comments, from_attributes=True)}
