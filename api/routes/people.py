"""The desk's people: who is there, and the calls that they owe."""

from typing import Any

from fastapi import APIRouter

from agent.house import House
from api.callers import AtTheDesk, Open, account_of
from api.shapes import Id
from api.shapes_people import CallLine, CallList, PersonShown, PresenceChosen, PresenceShown
from desk.callbacks import REMIND_BEFORE, Callback
from desk.people import Account, Caller
from desk.presence import Attendance, Presence

router = APIRouter(prefix="/desk", tags=["desk"])


@router.get("/presence", response_model=PresenceShown)
async def presence(house: Open, caller: AtTheDesk) -> dict[str, Any]:
    """What everybody of the desk is doing, and whether anyone is on duty."""
    return await _presence(house, account_of(caller))


@router.post("/presence", response_model=PresenceShown)
async def set_presence(house: Open, caller: AtTheDesk, sent: PresenceChosen) -> dict[str, Any]:
    """Say what you are doing. Sent again every few minutes, it also says that you are still there."""
    await house.desk.attending.choose(account_of(caller), sent.state, house.clock())
    return await _presence(house, account_of(caller))


async def _presence(house: House, me: Account) -> dict[str, Any]:
    now = house.clock()
    async with house.desk.store.read() as tx:
        people = [_person(account, attendance, len(await tx.handoffs.taken_by(account.id)))
                  for account, attendance in await house.desk.attending.people(tx, now)]
        on_duty = await house.desk.attending.anybody(tx, now)
    return {"me": next(each for each in people if each.account == me.id), "people": people, "on_duty": on_duty}


def _person(account: Account, attendance: Attendance | None, conversations: int) -> PersonShown:
    return PersonShown(account=account.id, name=account.display, role=account.role, conversations=conversations,
                       state=attendance.state if attendance else Presence.OFFLINE, since=attendance.since if attendance else None)


@router.get("/callbacks", response_model=CallList)
async def callbacks(house: Open, caller: AtTheDesk) -> dict[str, Any]:
    """The calls that are promised, the earliest first."""
    async with house.desk.store.read() as tx:
        return {"callbacks": [await _line(house, caller, each) for each in await tx.callbacks.open()]}


@router.post("/callbacks/{callback}/take", response_model=CallLine)
async def take(house: Open, caller: AtTheDesk, callback: Id) -> CallLine:
    """Make the call now: the answer holds the number. Of many who take it at once, one wins."""
    return await _did(house, caller, await house.desk.calling.take(account_of(caller), callback, house.clock()))


@router.post("/callbacks/{callback}/done", response_model=CallLine)
async def done(house: Open, caller: AtTheDesk, callback: Id) -> CallLine:
    """You have spoken. If the conversation still waits, its user is asked whether it is solved."""
    return await _did(house, caller, await house.desk.calling.done(account_of(caller), callback, house.clock()))


@router.post("/callbacks/{callback}/missed", response_model=CallLine)
async def missed(house: Open, caller: AtTheDesk, callback: Id) -> CallLine:
    """Nobody picked up: the user is told so, with the next time."""
    return await _did(house, caller, await house.desk.calling.unreached(account_of(caller), callback, house.clock()))


async def _did(house: House, caller: Caller, callback: Callback) -> CallLine:
    house.live.wake(callback.conversation)
    return await _line(house, caller, callback)


async def _line(house: House, caller: Caller, callback: Callback) -> CallLine:
    async with house.desk.store.read() as tx:
        conversation = await tx.conversations.get(callback.conversation)
        owner = await tx.people.by_id(conversation.account) if conversation.account else None
    return CallLine(id=callback.id, conversation=callback.conversation, ticket=callback.ticket, name=owner.display if owner else None,
                    lang=conversation.lang, state=callback.state, slot_at=callback.slot_at, due_at=callback.due_at,
                    taken_by=callback.taken_by, tries=callback.tries, apologies=callback.apologies,
                    soon=callback.slot_at - REMIND_BEFORE <= house.clock(), phone=house.desk.calling.number(account_of(caller), callback))
