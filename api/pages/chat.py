"""The chat: greeting, conversations, transcript, waiting banner, verification card. Works as plain forms; chat.js makes it live."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.pages.cards import card_shown, titles_of
from api.pages.disruptions import present
from api.pages.frame import Look, PageRoute, Visit, form, form_with_files, go, page
from desk.callbacks import CallbackState
from desk.cards import Card
from desk.conversations import Author, Conversation, Message, Speaker
from desk.errors import BadInput, DeskError, GuestMayNot, NotFound, NotSignedIn
from desk.handoffs import Handoff, HandoffState
from desk.identity import Flow
from desk.people import Account
from desk.services.attaching import Sent
from desk.services.calling import Slot
from desk.store import Tx

MINE = 12                      # conversations in the list
TITLE = 60                     # characters of a conversation's title
LONGEST_ID = 64
# What can be asked, as cards: (key of the words, icon). The person's card is a form of its own.
STARTERS = (("signin", "key"), ("vpn", "shield"), ("mail", "mail"), ("problem", "alert"), ("tickets", "ticket"))
GUEST_STARTERS = (("reset", "key"), ("unlock", "lock"))
PROBLEMS = frozenset({"too_large", "bad_input", "turn_underway", "another_body", "illegal_move", "lease_lost", "card_over", "another_card",
                      "file_too_large", "empty_file", "too_many_files", "unwelcome_file", "harmful_file", "guest_may_not"})

router = APIRouter(route_class=PageRoute)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a page shows of one conversation."""

    conversation: Conversation
    messages: Sequence[Message]
    handoff: Handoff | None
    place: int
    person: Account | None
    flow: Flow | None
    unconfirmed: Handoff | None = None     # resolved by a person, and the user has not said whether it is
    call: Slot | None = None               # when the desk rings, as it is promised
    ringing: bool = False
    cards: Sequence[Card] = ()
    titles: Mapping[str, str] = field(default_factory=dict)   # of the tickets that the cards name, by number

    @property
    def last(self) -> int:
        return self.conversation.seq

    @property
    def waiting(self) -> bool:
        return self.handoff is not None and self.handoff.state is HandoffState.WAITING

    @property
    def choices(self) -> list[str]:
        """Answers to pick from: those of the last message, while the assistant listens."""
        listens = self.conversation.speaker is Speaker.ASSISTANT
        if not listens or not self.messages or self.messages[-1].author is not Author.ASSISTANT:
            return []
        last = self.messages[-1].extra
        return [] if last.get("asks") == "solved" else [str(choice) for choice in last.get("choices") or []]


@router.get("/chat")
async def first_screen(visit: Look) -> Response:
    if visit.known.is_guest:
        return go("/chat/guest")
    return page(visit, "chat.html", shown=None, mine=await _mine(visit), starters=STARTERS, problem=None, card=card_shown(visit),
                greeting=_greeting(visit), known=await present(visit), asset_name=visit.house.mind.inventory.name)


@router.post("/chat/say")
async def first_words(visit: Look) -> RedirectResponse:
    sent, files = await form_with_files(visit)
    if not sent.get("text", "").strip() and not files:
        return go("/chat")
    conversation = await _open(visit)
    return await _say(visit, conversation.id, sent, files)


@router.post("/chat/person")
async def person_at_once(visit: Look) -> RedirectResponse:
    await form(visit)
    conversation = await _open(visit)
    await visit.house.desk.handing.ask_for_person(conversation, visit.now)
    visit.house.live.wake(conversation.id)
    return _to(conversation.id)


@router.get("/chat/guest")
async def guest(visit: Look) -> RedirectResponse:
    if visit.caller is None or visit.caller.conversation is None:
        raise NotSignedIn()
    return _to(visit.caller.conversation)


@router.get("/chat/{conversation}")
async def conversation_page(visit: Look, conversation: str, problem: str = "") -> HTMLResponse:
    found = await _shown(visit, conversation)
    return page(visit, "chat.html", shown=found, mine=await _mine(visit), problem=problem if problem in PROBLEMS else None,
                card=card_shown(visit), known=await present(visit), asset_name=visit.house.mind.inventory.name,
                starters=GUEST_STARTERS if found.conversation.is_guest else STARTERS, greeting=_greeting(visit))


@router.get("/chat/{conversation}/since/{seq}")
async def news(visit: Look, conversation: str, seq: int) -> HTMLResponse:
    """What is new after an event's number: a fragment that the page's script puts in its place."""
    return page(visit, "chat_news.html", shown=await _shown(visit, conversation), since=seq, card=card_shown(visit))


@router.post("/chat/{conversation}/say")
async def say(visit: Look, conversation: str) -> RedirectResponse:
    return await _say(visit, conversation, *await form_with_files(visit))


@router.post("/chat/{conversation}/person")
async def person(visit: Look, conversation: str) -> RedirectResponse:
    """A person, please: nothing but the database is needed on the way."""
    await form(visit)
    await visit.house.desk.handing.ask_for_person(await _own(visit, conversation), visit.now)
    visit.house.live.wake(conversation)
    return _to(conversation)


@router.post("/chat/{conversation}/resume")
async def resume(visit: Look, conversation: str) -> Response:
    await form(visit)
    own = await _own(visit, conversation)
    return await _done(visit, conversation, visit.house.desk.handing.resume(own, visit.now))


@router.post("/chat/{conversation}/close")
async def close(visit: Look, conversation: str) -> Response:
    await form(visit)
    own = await _own(visit, conversation)
    return await _done(visit, conversation, visit.house.desk.handing.close(own, visit.now))


async def _say(visit: Visit, conversation: str, sent: dict[str, str], files: Sequence[Sent]) -> RedirectResponse:
    """Files first, so that whoever reads the words finds them there."""
    text, client_id = sent.get("text", "").strip(), sent.get("client_id", "")[:LONGEST_ID] or None
    await _own(visit, conversation)
    try:
        if files:
            await visit.house.desk.attaching.to_conversation(visit.known, conversation, files, visit.now)
            visit.house.live.wake(conversation)
        if not text:
            return _to(conversation)
        turn = await visit.house.assistant.receive(visit.known, conversation, text, client_id)
        await visit.house.assistant.answer(turn)
    except NotFound:
        raise
    except DeskError as error:
        return _to(conversation, problem=error.code)
    return _to(conversation)


async def _done(visit: Visit, conversation: str, change: Awaitable[Conversation]) -> RedirectResponse:
    try:
        await change
    except DeskError as error:
        return _to(conversation, problem=error.code)
    visit.house.live.wake(conversation)
    return _to(conversation)


def _to(conversation: str, **query: str) -> RedirectResponse:
    return go(f"/chat/{conversation}" + (f"?{urlencode(query)}" if query else "") + "#last")


async def _open(visit: Visit) -> Conversation:
    if visit.known.is_guest:
        raise GuestMayNot()
    async with visit.house.desk.store.begin() as tx:
        return await tx.conversations.open(account=visit.account.id, lang=visit.lang, now=visit.now)


async def _own(visit: Visit, conversation: str) -> Conversation:
    if len(conversation) > LONGEST_ID:
        raise BadInput()
    async with visit.house.desk.store.read() as tx:
        return await tx.conversations.of(visit.known, conversation)


async def _shown(visit: Visit, conversation: str) -> Shown:
    async with visit.house.desk.store.read() as tx:
        found = await tx.conversations.of(visit.known, conversation)
        return await shown_of(tx, visit, found)


async def shown_of(tx: Tx, visit: Visit, found: Conversation) -> Shown:
    handoff = await tx.handoffs.current(found.id)
    flow = await tx.flows.latest(found.id)
    callback = await tx.callbacks.open_of(found.id)
    cards = await tx.cards.waiting(found.id, visit.now)
    return Shown(
        unconfirmed=await tx.handoffs.resolved(found.id), ringing=callback is not None and callback.state is CallbackState.TAKEN,
        call=await visit.house.desk.calling.slot(tx, found, callback, visit.now) if callback else None,
        conversation=found, messages=await tx.conversations.messages(found.id), handoff=handoff,
        place=await visit.house.desk.handing.place(tx, handoff) if handoff else 0,
        person=await tx.people.by_id(found.person) if found.person else None,
        flow=flow if flow and flow.alive(visit.now) else None, cards=cards,
        titles=await titles_of(tx, cards))


async def _mine(visit: Visit) -> list[tuple[Conversation, str]]:
    """The caller's latest conversations, each with what was first said in it."""
    if visit.known.is_guest:
        return []
    async with visit.house.desk.store.read() as tx:
        return [(each, await _title(tx, each)) for each in await tx.conversations.owned_by(visit.account.id, MINE)]


async def _title(tx: Tx, conversation: Conversation) -> str:
    said = [message.text for message in await tx.conversations.messages(conversation.id) if message.author is Author.USER]
    first = " ".join(said[0].split()) if said else ""
    return first if len(first) <= TITLE else first[:TITLE].rsplit(" ", 1)[0] + " …"


def _greeting(visit: Visit) -> str:
    part = "morning" if 4 <= visit.hour < 12 else "afternoon" if 12 <= visit.hour < 17 else "evening" if 17 <= visit.hour < 22 else "night"
    return visit.say(f"pages.chat.good_{part}")
