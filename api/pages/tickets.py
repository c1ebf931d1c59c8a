"""Tickets: one's own as a list, a new one, and one with its comments."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.finding import suggested
from api.pages.frame import PageRoute, Visit, form, form_with_files, go, only, page
from desk.errors import BadInput, IllegalMove, NotFound
from desk.people import AT_THE_DESK, Role
from desk.store import Tx
from desk.tickets import MOVES, Kind, Level, Status, Ticket
from knowledge.library import Hit
from tools.finding import search

LONGEST_TITLE = 120
LONGEST_TEXT = 8000
LONGEST_SEARCH = 200
LONGEST_REASON = 500
# What the ticket's page says after a step of its own.
DONE = frozenset({"nudge_told", "nudge_already", "escalate_raised", "escalate_noted", "escalate_already", "escalate_enough", "reopened",
                  "attached"})
PROBLEMS = frozenset({"file_too_large", "empty_file", "too_many_files", "unwelcome_file", "harmful_file", "too_large", "no_file"})
KINDS = (Kind.INCIDENT, Kind.REQUEST)
HIGHEST_NUMBER = 2**31 - 1

SignedIn = Annotated[Visit, only(*(role for role in Role if role is not Role.GUEST))]
router = APIRouter(route_class=PageRoute)


@router.get("/tickets")
async def tickets(visit: SignedIn, q: str = "") -> HTMLResponse:
    """One's own, or of these what words and days find."""
    sought = q.strip()[:LONGEST_SEARCH]
    async with visit.house.desk.store.read() as tx:
        mine = await tx.tickets.owned_by(visit.account.id)
    found = search(mine, sought, visit.now, visit.timezone) if sought else mine
    return page(visit, "tickets.html", open=[each for each in found if each.is_open], over=[each for each in found if not each.is_open],
                sought=sought, any=bool(mine))


@router.get("/tickets/new")
async def new_ticket(visit: SignedIn) -> HTMLResponse:
    return _form(visit, {})


@router.post("/tickets")
async def open_ticket(visit: SignedIn) -> Response:
    account, sent = visit.account, await form(visit)
    if sent.get("then") == "suggest":
        return _form(visit, sent, suggested=await _suggested(visit, sent))
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


@router.post("/tickets/suggest")
async def suggest(visit: SignedIn) -> HTMLResponse:
    """Articles that may help with what is being typed, for the script that puts them under the form."""
    return page(visit, "suggestions.html", hits=await _suggested(visit, await form(visit)))


@router.get("/tickets/{number}")
async def ticket_page(visit: SignedIn, number: int, done: str = "", problem: str = "") -> HTMLResponse:
    async with visit.house.desk.store.read() as tx:
        ticket = await _ticket(tx, visit, number)
        comments = await tx.tickets.comments(number, public_only=visit.account.role not in AT_THE_DESK)
        files = await tx.attachments.of(ticket=number, conversation=ticket.conversation)
    mine = _is_mine(visit, ticket)
    return page(visit, "ticket.html", ticket=ticket, comments=comments, files=files, mine=mine, done=done if done in DONE else "",
                problem=problem if problem in PROBLEMS else None, may_attach=mine or visit.account.role in AT_THE_DESK,
                may_cancel=mine and Status.CANCELLED in MOVES[ticket.status], may_reopen=mine and _may_reopen(ticket))


@router.post("/tickets/{number}/comment")
async def comment(visit: SignedIn, number: int) -> RedirectResponse:
    text = await _text(visit, "comment")
    if text:
        async with visit.house.desk.store.begin() as tx:
            await _own(tx, visit, number)
            await tx.tickets.comment(number, "user", text, visit.now, account=visit.account.id)
    return go(f"/tickets/{number}")


@router.post("/tickets/{number}/nudge")
async def nudge(visit: SignedIn, number: int) -> RedirectResponse:
    await form(visit)
    async with visit.house.desk.store.begin() as tx:
        nudged = await visit.house.desk.urging.nudge(tx, visit.account, await _own(tx, visit, number), visit.now)
    return go(f"/tickets/{number}?done=nudge_{'told' if nudged.told else 'already'}")


@router.get("/tickets/{number}/escalate")
@router.get("/tickets/{number}/cancel")
async def confirm(visit: SignedIn, number: int) -> HTMLResponse:
    """What would be done, and the two buttons."""
    act = visit.request.url.path.rpartition("/")[2]
    async with visit.house.desk.store.read() as tx:
        ticket = await _own(tx, visit, number)
    if not ticket.is_open:
        raise IllegalMove()
    return page(visit, "ticket_confirm.html", ticket=ticket, act=act, longest=LONGEST_REASON)


@router.post("/tickets/{number}/escalate")
async def escalate(visit: SignedIn, number: int) -> RedirectResponse:
    reason = (await _text(visit, "reason"))[:LONGEST_REASON]
    async with visit.house.desk.store.begin() as tx:
        raised = await visit.house.desk.urging.escalate(tx, visit.account, await _own(tx, visit, number), reason, visit.now)
    return go(f"/tickets/{number}?done=escalate_{raised.result}")


@router.post("/tickets/{number}/cancel")
async def cancel(visit: SignedIn, number: int) -> RedirectResponse:
    await form(visit)
    async with visit.house.desk.store.begin() as tx:
        ticket = await _own(tx, visit, number)
        if Status.CANCELLED not in MOVES[ticket.status]:
            raise IllegalMove()
        await tx.tickets.move(ticket, Status.CANCELLED, visit.now)
        await tx.audit.add(visit.account.id, "ticket.cancelled", subject=visit.account.id, now=visit.now, ticket=number)
    return go(f"/tickets/{number}")


@router.post("/tickets/{number}/reopen")
async def reopen(visit: SignedIn, number: int) -> RedirectResponse:
    reason = await _text(visit, "comment")
    async with visit.house.desk.store.begin() as tx:
        await visit.house.desk.urging.reopen(tx, visit.account, await _own(tx, visit, number), reason, visit.now)
    return go(f"/tickets/{number}?done=reopened")


@router.post("/tickets/{number}/attachments")
async def attach(visit: SignedIn, number: int) -> RedirectResponse:
    _, files = await form_with_files(visit)
    if not 0 < number <= HIGHEST_NUMBER:
        raise NotFound()
    if not files:
        return go(f"/tickets/{number}?problem=no_file")
    try:
        await visit.house.desk.attaching.to_ticket(visit.known, number, files, visit.now)
    except BadInput as error:
        return go(f"/tickets/{number}?problem={error.code}")
    return go(f"/tickets/{number}?done=attached")


async def _suggested(visit: Visit, sent: dict[str, str]) -> Sequence[Hit]:
    return await suggested(visit.house, visit.known.role, f"{sent.get('title', '')}\n{sent.get('description', '')}", visit.lang)


async def _own(tx: Tx, visit: Visit, number: int) -> Ticket:
    if not 0 < number <= HIGHEST_NUMBER:
        raise NotFound()
    return await tx.tickets.of(visit.known, number)


async def _text(visit: Visit, name: str) -> str:
    """A text of the form as it may be stored."""
    text = (await form(visit)).get(name, "").strip()
    if len(text) > LONGEST_TEXT:
        raise BadInput()
    return visit.house.assistant.redact(text) if text else ""


def _may_reopen(ticket: Ticket) -> bool:
    return not ticket.is_open and Status.OPEN in MOVES[ticket.status]


async def _ticket(tx: Tx, visit: Visit, number: int) -> Ticket:
    """Their own; the desk reads every one."""
    if not 0 < number <= HIGHEST_NUMBER:
        raise NotFound()
    return await tx.tickets.get(number) if visit.account.role in AT_THE_DESK else await tx.tickets.of(visit.known, number)


def _is_mine(visit: Visit, ticket: Ticket) -> bool:
    return ticket.requester == visit.account.id


def _form(visit: Visit, sent: dict[str, str], *, status: int = 200, suggested: Sequence[Hit] | None = None) -> HTMLResponse:
    return page(visit, "new_ticket.html", status=status, sent=sent, wrong=status != 200, hits=suggested, kinds=KINDS,
                levels=tuple(Level), longest_title=LONGEST_TITLE, longest_text=LONGEST_TEXT)
