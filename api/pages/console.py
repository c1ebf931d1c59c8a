"""The agent's console: the queue of handoffs, one conversation with its card, and the words and buttons of the one who took it."""

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.pages.chat import Shown, shown_of
from api.pages.frame import PageRoute, Visit, form, go, only, page
from api.pages.people import calls_of
from api.routes.desk import held_back, note_from
from api.shapes import A_NUMBER
from desk.attachments import Attachment
from desk.conversations import Author, Speaker
from desk.errors import BadInput, DeskError, NotFound
from desk.handoffs import Handoff, HandoffState
from desk.people import AT_THE_DESK, Account, Lang
from desk.presence import CHOICES
from desk.store import Tx
from desk.tickets import Ticket
from desk.urging import Urging

LONGEST_REPLY = 8000
URGED = 12                     # tickets shown beside the queue
PROBLEMS = frozenset({"already_claimed", "chats_full", "illegal_move", "lease_lost", "bad_input"})
DONE = frozenset({"returned", "resolved", "called", "unreached"})

AtDesk = Annotated[Visit, only(*AT_THE_DESK)]
router = APIRouter(prefix="/desk", route_class=PageRoute)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of the queue."""

    handoff: Handoff
    lang: Lang
    who: str | None            # None: a guest
    place: int
    lane: str | None           # why it goes before those who have waited longer
    overdue: bool
    unanswered: bool           # the user spoke last


@router.get("")
async def console(visit: AtDesk, done: str = "", problem: str = "") -> HTMLResponse:
    return await _console(visit, None, problem if problem in PROBLEMS else None, done if done in DONE else None)


@router.get("/queue")
async def queue(visit: AtDesk, open: str = "") -> HTMLResponse:
    """The queue alone, for the page's own refresh."""
    await visit.house.desk.attending.seen(visit.account, visit.now, active=False)
    async with visit.house.desk.store.read() as tx:
        waiting, mine = await _queue(tx, visit)
        calls, urged = await calls_of(tx, visit), await _urged(tx)
    return page(visit, "desk_queue.html", waiting=waiting, mine=mine, calls=calls, urged=urged, opened=open)


@router.get("/{conversation}")
async def opened(visit: AtDesk, conversation: str, problem: str = "") -> HTMLResponse:
    return await _console(visit, conversation, problem if problem in PROBLEMS else None)


@router.get("/{conversation}/news")
async def news(visit: AtDesk, conversation: str, after: int = 0, state: str = "") -> Response:
    """What was said since; the whole page again as soon as somebody else speaks."""
    async with visit.house.desk.store.read() as tx:
        shown, handoff = await _handed(tx, visit, conversation)
    if state != _state(shown, handoff):
        return Response(headers={"HX-Refresh": "true"})
    return page(visit, "desk_news.html", shown=shown, after=after, state=state)


@router.post("/{conversation}/claim")
async def claim(visit: AtDesk, conversation: str) -> RedirectResponse:
    await form(visit)
    return await _did(visit, conversation, "claim", "")


@router.post("/{conversation}/reply")
async def reply(visit: AtDesk, conversation: str) -> RedirectResponse:
    sent = await form(visit)
    epoch = sent.get("epoch", "")
    return await _did(visit, conversation, "reply", sent.get("text", "").strip(), epoch=int(epoch) if A_NUMBER.fullmatch(epoch) else None)


@router.post("/{conversation}/return")
async def give_back(visit: AtDesk, conversation: str) -> RedirectResponse:
    sent = await form(visit)
    held = tuple(name for name in held_back(visit.house) if sent.get(f"hold-{name}"))
    return await _did(visit, conversation, "return", sent.get("note", "").strip(), say=sent.get("say", "").strip(), hold=held,
                      then="/desk?done=returned")


@router.post("/{conversation}/resolve")
async def resolve(visit: AtDesk, conversation: str) -> RedirectResponse:
    await form(visit)
    return await _did(visit, conversation, "resolve", "", then="/desk?done=resolved")


async def _did(visit: Visit, conversation: str, what: str, text: str, *, say: str = "", hold: tuple[str, ...] = (),
               epoch: int | None = None, then: str = "") -> RedirectResponse:
    handing, redact = visit.house.desk.handing, visit.house.assistant.redact
    try:
        if max(len(text), len(say)) > LONGEST_REPLY:
            raise BadInput()
        if what == "claim":
            await handing.claim(visit.account, conversation, visit.now)
        elif what == "reply" and text:
            await handing.reply(visit.account, conversation, redact(text), visit.now, epoch=epoch)
        elif what == "return":
            await handing.give_back(visit.account, conversation, note_from(visit.house, text, say, hold), visit.now)
        elif what == "resolve":
            await handing.resolve(visit.account, conversation, visit.now)
    except NotFound:
        raise
    except DeskError as error:
        return go(f"/desk/{conversation}?{urlencode({'problem': error.code})}#last")
    visit.house.live.wake(conversation)
    return go(then or f"/desk/{conversation}#last")


async def _console(visit: Visit, conversation: str | None, problem: str | None = None, done: str | None = None) -> HTMLResponse:
    shown: Shown | None = None
    handoff: Handoff | None = None
    ticket: Ticket | None = None
    owner: Account | None = None
    taker: Account | None = None
    files: list[Attachment] = []
    await visit.house.desk.attending.seen(visit.account, visit.now, active=True)
    async with visit.house.desk.store.read() as tx:
        waiting, mine = await _queue(tx, visit)
        calls, urged = await calls_of(tx, visit), await _urged(tx)
        here = await visit.house.desk.attending.of(tx, visit.account, visit.now)
        if conversation is not None:
            shown, handoff = await _handed(tx, visit, conversation)
            ticket = await tx.tickets.get(handoff.ticket)
            owner = await tx.people.by_id(shown.conversation.account) if shown.conversation.account else None
            files = await tx.attachments.of(conversation=shown.conversation.id, ticket=ticket.number)
            taker = await tx.people.by_id(handoff.taken_by) if handoff.taken_by else None
    return page(visit, "desk.html", waiting=waiting, mine=mine, urged=urged, calls=calls, here=here, states=CHOICES, shown=shown,
                holdable=[name for name in held_back(visit.house) if visit.has(f"pages.hold.{name}")],
                handoff=handoff, ticket=ticket, owner=owner, taker=taker, files=files,
                opened=conversation or "", problem=problem, done=done, speaks=_speaks(visit, shown), overdue=_overdue(visit, handoff),
                state=_state(shown, handoff) if shown and handoff else "", feeling=_feeling(handoff), findings=_findings(handoff))


async def _handed(tx: Tx, visit: Visit, conversation: str) -> tuple[Shown, Handoff]:
    """A conversation that is or was handed off; any other is not found."""
    handoff = await tx.handoffs.latest(conversation)
    if handoff is None:
        raise NotFound()
    return await shown_of(tx, visit, await tx.conversations.get(conversation)), handoff


async def _queue(tx: Tx, visit: Visit) -> tuple[list[Row], list[Row]]:
    lanes = await tx.handoffs.lanes()
    waiting = [await _row(tx, visit, each, place, lanes.get(each.id)) for place, each in enumerate(await tx.handoffs.waiting(), 1)]
    mine = [await _row(tx, visit, each, 0) for each in await tx.handoffs.taken_by(visit.account.id)]
    return waiting, mine


async def _row(tx: Tx, visit: Visit, handoff: Handoff, place: int, lane: str | None = None) -> Row:
    conversation = await tx.conversations.get(handoff.conversation)
    owner = await tx.people.by_id(conversation.account) if conversation.account else None
    last = await tx.conversations.messages(handoff.conversation, last=1)
    return Row(handoff=handoff, lang=conversation.lang, who=owner.display if owner else None, place=place, lane=lane,
               overdue=_overdue(visit, handoff), unanswered=bool(last) and last[-1].author is Author.USER)


async def _urged(tx: Tx) -> list[tuple[Urging, Ticket]]:
    """Open tickets whose people asked for more, and whom nobody has answered since."""
    return [(each, await tx.tickets.get(each.ticket)) for each in await tx.urgings.unheard(URGED)]


def _feeling(handoff: Handoff | None) -> str:
    known = handoff.card.get("feeling") if handoff else None
    label = known.get("label") if isinstance(known, dict) else known
    return "negative" if label == "negative" else "other" if label else "unknown"


def _findings(handoff: Handoff | None) -> list[dict[str, Any]]:
    """What the last turn's tools did before the handoff, each with its facts as plain pairs."""
    found = handoff.card.get("findings") if handoff else None
    return [{"tool": str(each.get("tool", "")), "outcome": str(each.get("outcome", "")), "facts": _pairs(each.get("facts") or {})}
            for each in found or [] if isinstance(each, dict)]


def _pairs(facts: dict[str, Any]) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, value in facts.items() if isinstance(value, str | int | float) and str(value)]


def _overdue(visit: Visit, handoff: Handoff | None) -> bool:
    return handoff is not None and handoff.state is HandoffState.WAITING and (handoff.told_late or handoff.expected_by < visit.now)


def _state(shown: Shown, handoff: Handoff) -> str:
    return f"{handoff.state}-{shown.conversation.epoch}"


def _speaks(visit: Visit, shown: Shown | None) -> bool:
    return shown is not None and shown.conversation.speaker is Speaker.HUMAN and shown.conversation.person == visit.account.id
