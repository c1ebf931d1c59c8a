"""The desk's people at the console: what they are doing, who is next, and the calls that they owe."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import RedirectResponse

from api.pages.frame import PageRoute, Visit, form, go, local_path, only
from desk.callbacks import REMIND_BEFORE, Callback, CallbackState
from desk.errors import BadInput, DeskError, NotFound
from desk.people import AT_THE_DESK, Account
from desk.presence import CHOICES
from desk.store import Tx

AtDesk = Annotated[Visit, only(*AT_THE_DESK)]
Deed = Callable[[Account, str, datetime], Awaitable[Callback]]
router = APIRouter(prefix="/desk", route_class=PageRoute)


@dataclass(frozen=True, kw_only=True)
class Call:
    """A line of the calls that are promised."""

    callback: Callback
    who: str | None            # None: a guest
    by: str | None             # who is ringing
    phone: str | None          # for the one who rings
    soon: bool
    when: str
    until: str

    @property
    def free(self) -> bool:
        return self.callback.state is CallbackState.ASKED


@router.post("/presence")
async def presence(visit: AtDesk) -> RedirectResponse:
    sent = await form(visit)
    state = next((each for each in CHOICES if each == sent.get("state")), None)
    if state is None:
        raise BadInput()
    await visit.house.desk.attending.choose(visit.account, state, visit.now)
    return go(local_path(sent.get("next", "/desk"), "/desk"))


@router.post("/next")
async def take_next(visit: AtDesk) -> RedirectResponse:
    """Whoever is next in line."""
    await form(visit)
    try:
        handoff = await visit.house.desk.handing.next_in_line(visit.account, visit.now)
    except DeskError as error:
        return go(f"/desk?{urlencode({'problem': error.code})}")
    visit.house.live.wake(handoff.conversation)
    return go(f"/desk/{handoff.conversation}#last")


@router.post("/calls/{callback}/take")
async def take(visit: AtDesk, callback: str) -> RedirectResponse:
    return await _did(visit, callback, visit.house.desk.calling.take, "")


@router.post("/calls/{callback}/done")
async def done(visit: AtDesk, callback: str) -> RedirectResponse:
    return await _did(visit, callback, visit.house.desk.calling.done, "called")


@router.post("/calls/{callback}/missed")
async def missed(visit: AtDesk, callback: str) -> RedirectResponse:
    return await _did(visit, callback, visit.house.desk.calling.unreached, "unreached")


async def _did(visit: Visit, which: str, deed: Deed, told: str) -> RedirectResponse:
    await form(visit)
    try:
        callback = await deed(visit.account, which, visit.now)
    except NotFound:
        raise
    except DeskError as error:
        return go(f"/desk?{urlencode({'problem': error.code})}")
    visit.house.live.wake(callback.conversation)
    return go(f"/desk?{urlencode({'done': told})}" if told else f"/desk/{callback.conversation}")


async def calls_of(tx: Tx, visit: Visit) -> list[Call]:
    """The calls that are promised, the earliest first, each with its time where the agent is."""
    return [await _call(tx, visit, each) for each in await tx.callbacks.open()]


async def _call(tx: Tx, visit: Visit, callback: Callback) -> Call:
    conversation = await tx.conversations.get(callback.conversation)
    owner = await tx.people.by_id(conversation.account) if conversation.account else None
    taker = await tx.people.by_id(callback.taken_by) if callback.taken_by else None
    return Call(callback=callback, who=owner.display if owner else None, by=taker.display if taker else None,
                phone=visit.house.desk.calling.number(visit.account, callback), soon=callback.slot_at - REMIND_BEFORE <= visit.now,
                when=visit.when(callback.slot_at), until=visit.until(callback.due_at, callback.slot_at))
