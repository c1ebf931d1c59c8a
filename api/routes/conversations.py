"""Conversations: opening, reading, following, asking for a person, going on, closing."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from fastapi.sse import EventSourceResponse

from agent.house import House
from api.callers import Anyone, Open, SignedIn, account_of, keep_guest
from api.languages import language_of
from api.problems import problem_of
from api.shapes import (
    ConversationOpened,
    ConversationShown,
    GuestOpened,
    HandedOver,
    HandoffTold,
    Id,
    MessageShown,
    NewConversation,
    NewGuest,
    Transcript,
)
from api.shapes_people import CallbackOffer, CallbackShown, NewCallback, SlotShown, SolvedHeard, WasSolved
from api.stream import of_conversation
from desk.callbacks import Callback
from desk.conversations import Conversation, Message
from desk.handoffs import Handoff, HandoffState
from desk.services.handing import handoff_data
from desk.store import Tx

router = APIRouter(prefix="/conversations", tags=["conversations"])

LATEST = 2**53                 # no event has a higher number
AS_EVENTS: dict[int | str, dict[str, Any]] = {200: {
    "description": "`message`, `step`, `delta`, `needs`, `speaker`, `place` and `error` events; those that are recorded have an id",
    "content": {EventSourceResponse.media_type: {"schema": {"type": "string"}}},
}}


@router.post("", status_code=201, response_model=ConversationOpened)
async def open_conversation(house: Open, caller: SignedIn, sent: NewConversation | None = None) -> dict[str, Any]:
    account = account_of(caller)
    lang = (sent.lang if sent else None) or account.lang
    async with house.desk.store.begin() as tx:
        conversation = await tx.conversations.open(account=account.id, lang=lang, now=house.clock())
    return {**shown(conversation), "notice": house.desk.notice(conversation.lang)}


@router.post("/guest", status_code=201, response_model=GuestOpened)
async def open_guest(house: Open, request: Request, response: Response, sent: NewGuest) -> dict[str, Any]:
    """A conversation for someone who can't sign in and claims an account. Looks the same for any name."""
    conversation, token = await house.desk.signin.open_guest(sent.account, sent.lang or language_of(request), house.clock())
    keep_guest(response, house, token)
    return {**shown(conversation), "notice": house.desk.notice(conversation.lang), "token": token}


@router.get("/{conversation}", response_model=Transcript)
async def read(house: Open, caller: Anyone, conversation: Id) -> dict[str, Any]:
    async with house.desk.store.read() as tx:
        found = await tx.conversations.of(caller, conversation)
        handoff = await tx.handoffs.current(found.id)
        messages = await tx.conversations.messages(found.id)
    return transcript(found, messages, handoff)


@router.get("/{conversation}/events", response_class=StreamingResponse, responses=AS_EVENTS)
async def follow(house: Open, caller: Anyone, request: Request, conversation: Id,
                 last_event_id: Annotated[str | None, Header(description="Resume after this event")] = None,
                 after: Annotated[int, Query(ge=0, le=LATEST, description="The same, where headers can't be set")] = 0) -> Response:
    """What happens from now on, and what happened since the last event that was seen."""
    async with house.desk.store.read() as tx:
        found = await tx.conversations.of(caller, conversation)
    seen = last_event_id or ""
    start = min(int(seen), LATEST) if seen.isascii() and seen.isdecimal() else after
    return EventSourceResponse(of_conversation(house, request.app.state.streams, caller, found.id, start,
                                               lambda error: problem_of(request, error)), headers={"X-Accel-Buffering": "no"})


@router.post("/{conversation}/handoff", response_model=HandedOver)
async def ask_for_person(house: Open, caller: Anyone, request: Request, conversation: Id) -> dict[str, Any]:
    """A person, now or as soon as one is on duty. Never refused: asked again, it joins the place that is held."""
    async with house.desk.store.read() as tx:
        found = await tx.conversations.of(caller, conversation)
    handed = await house.desk.handing.ask_for_person(found, house.clock())
    house.live.wake(found.id)
    return {**shown(handed.conversation), "text": handed.text, "place": handed.place, "handoff": handoff_data(handed.handoff)}


@router.post("/{conversation}/resume", response_model=ConversationShown)
async def resume(house: Open, caller: Anyone, conversation: Id) -> dict[str, Any]:
    """Go on with the assistant while waiting; the place in the queue is kept."""
    async with house.desk.store.read() as tx:
        found = await tx.conversations.of(caller, conversation)
    after = await house.desk.handing.resume(found, house.clock())
    house.live.wake(found.id)
    return shown(after)


@router.post("/{conversation}/solved", response_model=SolvedHeard)
async def solved(house: Open, caller: Anyone, conversation: Id, sent: WasSolved) -> dict[str, Any]:
    """Answer "was this solved?": yes closes the ticket for good, no brings it back to the front."""
    async with house.desk.store.read() as tx:
        found = await tx.conversations.of(caller, conversation)
    text = await house.desk.solving.hear(found, sent.solved, house.clock())
    house.live.wake(found.id)
    async with house.desk.store.read() as tx:
        after, handoff = await tx.conversations.get(found.id), await tx.handoffs.latest(found.id)
    return {**shown(after), "text": text, "state": handoff.state if handoff else HandoffState.CONFIRMED}


@router.get("/{conversation}/callback", response_model=CallbackOffer)
async def callback_offer(house: Open, caller: Anyone, conversation: Id) -> dict[str, Any]:
    """When the desk could call, and what is promised already."""
    async with house.desk.store.read() as tx:
        found = await tx.conversations.of(caller, conversation)
        slots = await house.desk.calling.offered(tx, found, house.clock())
        known = await tx.callbacks.open_of(found.id)
        promised = await _callback_shown(tx, house, found, known) if known else None
    return {"callback": promised,
            "slots": [SlotShown(start=each.start, end=each.end, text=f"{each.when} – {each.until}") for each in slots]}


@router.post("/{conversation}/callback", status_code=201, response_model=CallbackShown)
async def ask_for_call(house: Open, caller: Anyone, conversation: Id, sent: NewCallback) -> CallbackShown:
    """Leave a number and choose a slot; asked again, it changes the request. Who has not asked for a person yet does so by this."""
    async with house.desk.store.read() as tx:
        found = await tx.conversations.of(caller, conversation)
    callback = await house.desk.calling.ask(found, sent.phone.get_secret_value(), sent.slot, house.clock())
    house.live.wake(found.id)
    async with house.desk.store.read() as tx:
        return await _callback_shown(tx, house, found, callback)


@router.delete("/{conversation}/callback", status_code=204)
async def cancel_call(house: Open, caller: Anyone, conversation: Id) -> None:
    async with house.desk.store.read() as tx:
        found = await tx.conversations.of(caller, conversation)
    await house.desk.calling.cancel(found, house.clock())
    house.live.wake(found.id)


async def _callback_shown(tx: Tx, house: House, conversation: Conversation, callback: Callback) -> CallbackShown:
    slot = await house.desk.calling.slot(tx, conversation, callback, house.clock())
    return CallbackShown(id=callback.id, ticket=callback.ticket, state=callback.state, slot_at=callback.slot_at, due_at=callback.due_at,
                         text=f"{slot.when} – {slot.until}")


@router.post("/{conversation}/close", response_model=ConversationShown)
async def close(house: Open, caller: Anyone, conversation: Id) -> dict[str, Any]:
    async with house.desk.store.read() as tx:
        found = await tx.conversations.of(caller, conversation)
    after = await house.desk.handing.close(found, house.clock())
    house.live.wake(found.id)
    return shown(after)


def shown(conversation: Conversation) -> dict[str, Any]:
    return {"id": conversation.id, "speaker": conversation.speaker, "lang": conversation.lang}


def transcript(conversation: Conversation, messages: list[Message], handoff: Handoff | None) -> dict[str, Any]:
    return {**shown(conversation), "created_at": conversation.created_at, "updated_at": conversation.updated_at,
            "closed_at": conversation.closed_at, "handoff": HandoffTold(**handoff_data(handoff)) if handoff else None,
            "messages": [message_shown(message) for message in messages]}


def message_shown(message: Message) -> MessageShown:
    return MessageShown(seq=message.seq, at=message.at, author=message.author, text=message.text, lang=message.lang,
                        citations=message.citations, actions=message.actions, choices=message.extra.get("choices") or [],
                        needs=message.extra.get("needs"), details=message.extra.get("details") or [],
                        attachments=message.extra.get("attachments") or [])
