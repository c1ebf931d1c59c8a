"""The agents' side: the queue, a conversation with its card, and who speaks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fastapi import APIRouter

from agent.house import House
from api.callers import AtTheDesk, Open, account_of
from api.routes.conversations import message_shown, shown, transcript
from api.shapes import (
    AgentReply,
    Claimed,
    ConversationShown,
    DeskTranscript,
    GiveBack,
    HandoffTold,
    Id,
    MessageShown,
    Queue,
    QueueLine,
    TurnShown,
    UrgedLine,
)
from desk.errors import BadInput, NotFound
from desk.handoffs import Handoff, Note
from desk.services.handing import handoff_data
from desk.turns import Turn
from tools.tool import Risk

router = APIRouter(prefix="/desk", tags=["desk"])


@router.get("/queue", response_model=Queue)
async def queue(house: Open, caller: AtTheDesk) -> dict[str, Any]:
    """Who waits, in the order in which they are taken, and whom the caller has taken."""
    now = house.clock()
    await house.desk.attending.seen(account_of(caller), now, active=True)
    async with house.desk.store.read() as tx:
        waiting = await tx.handoffs.waiting()
        mine = await tx.handoffs.taken_by(account_of(caller).id)
        names, lanes = await tx.handoffs.names([*waiting, *mine]), await tx.handoffs.lanes()
        urged = [(each, await tx.tickets.get(each.ticket)) for each in await tx.urgings.unheard()]
    return {"waiting": [_line(handoff, names, place, now, lanes.get(handoff.id)) for place, handoff in enumerate(waiting, 1)],
            "mine": [_line(handoff, names, None, now) for handoff in mine],
            "urged": [UrgedLine(ticket=ticket.number, title=ticket.title, priority=ticket.priority, way=each.way, reason=each.reason,
                                at=each.at) for each, ticket in urged]}


@router.post("/queue/next", response_model=Claimed)
async def take_next(house: Open, caller: AtTheDesk) -> dict[str, Any]:
    """Claim whoever is next in line."""
    handoff = await house.desk.handing.next_in_line(account_of(caller), house.clock())
    return await _claimed(house, handoff)


@router.get("/conversations/{conversation}", response_model=DeskTranscript)
async def read(house: Open, caller: AtTheDesk, conversation: Id) -> dict[str, Any]:
    """A conversation that is or was handed off, with all that the next person needs; any other is not found."""
    async with house.desk.store.read() as tx:
        found = await tx.conversations.get(conversation)
        handoff = await tx.handoffs.latest(conversation)
        if handoff is None:
            raise NotFound()
        messages = await tx.conversations.messages(conversation)
        turns = await tx.turns.of_conversation(conversation)
        owner = await tx.people.by_id(found.account) if found.account else None
        current = await tx.handoffs.current(conversation)
    return {**transcript(found, messages, current), "name": owner.display if owner else None, "guest": found.is_guest,
            "person": found.person, "epoch": found.epoch, "state": handoff.state, "card": handoff.card,
            "turns": [_turn(turn) for turn in turns]}


@router.post("/conversations/{conversation}/claim", response_model=Claimed)
async def claim(house: Open, caller: AtTheDesk, conversation: Id) -> dict[str, Any]:
    """Become the one who speaks. Of many who claim at once, one wins; the others hear `already_claimed`."""
    handoff = await house.desk.handing.claim(account_of(caller), conversation, house.clock())
    return await _claimed(house, handoff)


async def _claimed(house: House, handoff: Handoff) -> dict[str, Any]:
    house.live.wake(handoff.conversation)
    async with house.desk.store.read() as tx:
        found = await tx.conversations.get(handoff.conversation)
    return {**shown(found), "state": handoff.state, "handoff": HandoffTold(**handoff_data(handoff))}


@router.post("/conversations/{conversation}/reply", response_model=MessageShown)
async def reply(house: Open, caller: AtTheDesk, conversation: Id, sent: AgentReply) -> MessageShown:
    said = await house.desk.handing.reply(account_of(caller), conversation, house.assistant.redact(sent.text), house.clock(),
                                          epoch=sent.epoch)
    house.live.wake(conversation)
    return message_shown(said)


@router.post("/conversations/{conversation}/return", response_model=ConversationShown)
async def give_back(house: Open, caller: AtTheDesk, conversation: Id, sent: GiveBack | None = None) -> dict[str, Any]:
    """Give the conversation back to the assistant, with a note that steers it and, where wanted, words for the user."""
    note = note_from(house, sent.note or "", sent.say or "", sent.hold) if sent else Note(text="", say="", hold=frozenset())
    after = await house.desk.handing.give_back(account_of(caller), conversation, note, house.clock())
    house.live.wake(conversation)
    return shown(after)


@router.post("/conversations/{conversation}/resolve", response_model=ConversationShown)
async def resolve(house: Open, caller: AtTheDesk, conversation: Id) -> dict[str, Any]:
    after = await house.desk.handing.resolve(account_of(caller), conversation, house.clock())
    house.live.wake(conversation)
    return shown(after)


def note_from(house: House, text: str, say: str, hold: Sequence[str]) -> Note:
    """A note as it may be stored. Only tools that do something can be held back."""
    if unknown := sorted(set(hold) - set(held_back(house))):
        raise BadInput(f"`{unknown[0]}` is no tool that could be held back. There are {', '.join(held_back(house))}.")
    return Note(text=house.assistant.redact(text) if text else "", say=house.assistant.redact(say) if say else "", hold=frozenset(hold))


def held_back(house: House) -> list[str]:
    return [name for name, tool in house.mind.tools.items() if tool.risk is not Risk.READ]


def _line(handoff: Handoff, names: dict[str, str | None], place: int | None, now: datetime, lane: Any = None) -> QueueLine:
    card = handoff.card
    return QueueLine(conversation=handoff.conversation, ticket=handoff.ticket, reason=handoff.reason, state=handoff.state,
                     queue=handoff.queue, place=place, lane=lane,
                     name=names.get(handoff.conversation), guest=card["guest"], lang=card["lang"],
                     summary=card["summary"], feeling=card["feeling"], verified=card["verified"], waiting_since=handoff.created_at,
                     expected_by=handoff.expected_by, overdue=place is not None and (handoff.told_late or handoff.expected_by < now))


def _turn(turn: Turn) -> TurnShown:
    answer = turn.answer or {}
    return TurnShown(id=turn.id, seq=turn.seq, confidence=answer.get("confidence"), sentiment=answer.get("sentiment"),
                     planner=answer.get("planner"))
