"""Tickets: one's own as a list, a new one, and one with its comments."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.pages.frame import PageRoute, Visit, form, go, only, page
from desk.errors import BadInput, IllegalMove, NotFound
from desk.people import AT_THE_DESK, Role
from desk.store import Tx
from desk.tickets import MOVES, Kind, Level, Status, Ticket

LONGEST_TITLE = 120
LONGEST_TEXT = 8000
KINDS = (Kind.INCIDENT, Kind.REQUEST)
HIGHEST_NUMBER = 2**31 - 1

SignedIn = Annotated[Visit, only(*(role for role in Role if role is not Role.GUEST))]
router = APIRouter(route_class=PageRoute)


@router.get("/tickets")
async def tickets(visit: SignedIn) -> HTMLResponse:
    async with visit.house.desk.store.read() as tx:
        mine = await tx.tickets.owned_by(visit.account.id)
    return page(visit, "tickets.html", open=[each for each in mine if each.is_open], over=[each for each in mine if not each.is_open])


@router.get("/tickets/new")
async def new_ticket(visit: SignedIn) -> HTMLResponse:
    return _form(visit, {})


@router.post("/tickets")
async def open_ticket(visit: SignedIn) -> Response:
    account, sent = visit.account, await form(visit)
    title, description = sent.get("title", "").strip(), sent.get("description", "").strip()
    kind = next((each for each in KINDS if each == sent.get("kind")), Kind.INCIDENT)
    urgency = next((each for each in Level if each == sent.get("urgency")), Level.MEDIUM)
    if not title or len(title) > LONGEST_TITLE or len(description) > LONGEST_TEXT:
        return _form(visit, sent, status=422)
    redact = visit.house.assistant.redact
    async with visit.house.desk.store.begin() as tx:
        ticket = await visit.house.desk.ticketing.open(
            tx, requester=account.id, title=redact(title), description=redact(description), lang=visit.lang, now=visit.now, kind=kind,
            urgency=urgency)
    return go(f"/tickets/{ticket.number}")


@router.get("/tickets/{number}")
async def ticket_page(visit: SignedIn, number: int) -> HTMLResponse:
    async with visit.house.desk.store.read() as tx:
        ticket = await _ticket(tx, visit, number)
        comments = await tx.tickets.comments(number, public_only=visit.account.role not in AT_THE_DESK)
    return page(visit, "ticket.html", ticket=ticket, comments=comments, mine=_is_mine(visit, ticket),
                may_cancel=_is_mine(visit, ticket) and Status.CANCELLED in MOVES[ticket.status])


@router.post("/tickets/{number}/comment")
async def comment(visit: SignedIn, number: int) -> RedirectResponse:
    text = (await form(visit)).get("comment", "").strip()
    if len(text) > LONGEST_TEXT:
        raise BadInput()
    if text:
        async with visit.house.desk.store.begin() as tx:
            await tx.tickets.of(visit.known, number)
            await tx.tickets.comment(number, "user", visit.house.assistant.redact(text), visit.now, account=visit.account.id)
    return go(f"/tickets/{number}")


@router.post("/tickets/{number}/cancel")
async def cancel(visit: SignedIn, number: int) -> RedirectResponse:
    await form(visit)
    async with visit.house.desk.store.begin() as tx:
        ticket = await tx.tickets.of(visit.known, number)
        if Status.CANCELLED not in MOVES[ticket.status]:
            raise IllegalMove()
        await tx.tickets.move(ticket, Status.CANCELLED, visit.now)
        await tx.audit.add(visit.account.id, "ticket.cancelled", subject=visit.account.id, now=visit.now, ticket=number)
    return go(f"/tickets/{number}")


async def _ticket(tx: Tx, visit: Visit, number: int) -> Ticket:
    """Their own; the desk reads every one."""
    if not 0 < number <= HIGHEST_NUMBER:
        raise NotFound()
    return await tx.tickets.get(number) if visit.account.role in AT_THE_DESK else await tx.tickets.of(visit.known, number)


def _is_mine(visit: Visit, ticket: Ticket) -> bool:
    return ticket.requester == visit.account.id


def _form(visit: Visit, sent: dict[str, str], *, status: int = 200) -> HTMLResponse:
    return page(visit, "new_ticket.html", status=status, sent=sent, kinds=KINDS, levels=tuple(Level), longest_title=LONGEST_TITLE,
                longest_text=LONGEST_TEXT)
