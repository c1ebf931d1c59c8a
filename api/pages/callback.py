"""What a waiting user does besides writing: leave a number for a call, and say whether it is solved. Plain forms."""

from datetime import datetime
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages.frame import Look, PageRoute, Visit, form, go, page
from desk.conversations import Conversation
from desk.errors import BadInput, DeskError, NotFound

PROBLEMS = frozenset({"bad_phone", "slot_gone", "illegal_move", "bad_input"})

router = APIRouter(prefix="/chat/{conversation}", route_class=PageRoute)


@router.get("/callback")
async def callback_page(visit: Look, conversation: str, problem: str = "", slot: str = "") -> HTMLResponse:
    async with visit.house.desk.store.read() as tx:
        found = await tx.conversations.of(visit.known, conversation)
        slots = await visit.house.desk.calling.offered(tx, found, visit.now)
        callback = await tx.callbacks.open_of(found.id)
        call = await visit.house.desk.calling.slot(tx, found, callback, visit.now) if callback else None
    return page(visit, "callback.html", status=422 if problem in PROBLEMS else 200, conversation=found, slots=slots, call=call, slot=slot,
                problem=problem if problem in PROBLEMS else None)


@router.post("/callback")
async def ask(visit: Look, conversation: str) -> RedirectResponse:
    sent = await form(visit)
    found = await _own(visit, conversation)
    try:
        await visit.house.desk.calling.ask(found, sent.get("phone", ""), _moment(sent.get("slot", "")), visit.now)
    except NotFound:
        raise
    except DeskError as error:
        return go(f"/chat/{conversation}/callback?{urlencode({'problem': error.code, 'slot': sent.get('slot', '')[:40]})}")
    return _back(visit, conversation)


@router.post("/callback/cancel")
async def cancel(visit: Look, conversation: str) -> RedirectResponse:
    await form(visit)
    await visit.house.desk.calling.cancel(await _own(visit, conversation), visit.now)
    return _back(visit, conversation)


@router.post("/solved")
async def solved(visit: Look, conversation: str) -> RedirectResponse:
    sent = await form(visit)
    found = await _own(visit, conversation)
    if sent.get("solved") not in ("yes", "no"):
        raise BadInput()
    try:
        await visit.house.desk.solving.hear(found, sent["solved"] == "yes", visit.now)
    except DeskError as error:
        return go(f"/chat/{conversation}?{urlencode({'problem': error.code})}#last")
    return _back(visit, conversation)


async def _own(visit: Visit, conversation: str) -> Conversation:
    async with visit.house.desk.store.read() as tx:
        return await tx.conversations.of(visit.known, conversation)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput("`slot` is the start of a slot in ISO 8601, with its time zone.") from error
    if moment.tzinfo is None:
        raise BadInput("`slot` needs a time zone.")
    return moment


def _back(visit: Visit, conversation: str) -> RedirectResponse:
    visit.house.live.wake(conversation)
    return go(f"/chat/{conversation}#last")
