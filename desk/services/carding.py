"""Cards beside the chat: opened by a tool or by the gate, answered with a button on their own page, told of in a new turn."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from desk.cards import OPEN_AT_ONCE, Card, CardKind, CardState
from desk.catalogue import Catalogue, Entry, faults
from desk.conversations import Author, Conversation
from desk.errors import AnotherCard, CardOver, FormIncomplete, IllegalMove, NotFound, TooManyCards
from desk.people import Account, Caller, Lang
from desk.store import Store, Tx
from desk.turns import Turn
from desk.words import Words

CARD_TURN = "card"             # the kind of the turn in which an answered card is carried out
REQUEST_TOOL = "request_service"


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What became of a card, and the turn that carries it out and tells of it, if any."""

    card: Card
    turn: Turn | None = None


class Carding:
    def __init__(self, store: Store, words: Words, catalogue: Catalogue) -> None:
        self._store = store
        self._words = words
        self._catalogue = catalogue

    async def open(self, tx: Tx, conversation: Conversation, kind: CardKind, tool: str, args: dict[str, Any], *, key: str,
                   now: datetime) -> Card:
        """The card of that key. The same question that is open already is that card, not a second one."""
        assert conversation.account is not None    # a guest is offered nothing that needs a card
        waiting = await tx.cards.waiting(conversation.id, now)
        same = next((each for each in waiting if (each.kind, each.tool) == (kind, tool) and _asks_the_same(each, args)), None)
        if same:
            return same
        if len(waiting) >= OPEN_AT_ONCE:
            raise TooManyCards()
        card = await tx.cards.open(conversation=conversation.id, account=conversation.account, kind=kind, tool=tool, args=args, key=key,
                                   now=now)
        await tx.conversations.tell(conversation.id, "needs", {"needs": card.needs}, now)
        await tx.audit.add("assistant", f"card.{kind}", subject=conversation.account, now=now, card=card.id, tool=tool)
        return card

    async def of(self, caller: Caller, card: str, kind: CardKind) -> tuple[Card, Conversation]:
        """The caller's own card; someone else's, or one of another kind, is not found."""
        async with self._store.read() as tx:
            return await self._own(tx, caller, card, kind)

    async def decide(self, caller: Caller, card: str, *, do: bool, shown: str | None, now: datetime) -> Answered:
        """The button of a confirmation. `shown` is the seal of what the person saw; anything else is not what they approve."""
        async with self._store.begin() as tx:
            found, _ = await self._open_one(tx, caller, card, CardKind.CONFIRMATION, now)
            if not found.sealed or (shown is not None and shown != found.seal):
                raise AnotherCard()
            return await (self._carry_out(tx, caller, found, None, now) if do else self._leave(tx, caller, found, now))

    async def submit(self, caller: Caller, card: str, fields: Mapping[str, str], now: datetime) -> Answered:
        """The form's button. Raises FormIncomplete with what is wrong, by field."""
        async with self._store.begin() as tx:
            found, _ = await self._open_one(tx, caller, card, CardKind.FORM, now)
            entry, person = self.entry(found), await self._person(tx, found)
            filled = {name: value.strip() for name, value in fields.items() if value.strip()}
            wrong = faults(entry, filled, today(person, now))
            if wrong:
                raise FormIncomplete(errors=[{"in": "body", "pointer": f"/fields/{name}", "reason": why} for name, why in wrong.items()])
            return await self._carry_out(tx, caller, found, {"entry": entry.id, "fields": filled}, now)

    async def leave(self, caller: Caller, card: str, now: datetime) -> Answered:
        """Put a form away: nothing is asked for."""
        async with self._store.begin() as tx:
            found, _ = await self._open_one(tx, caller, card, CardKind.FORM, now)
            return await self._leave(tx, caller, found, now)

    async def approved(self, tx: Tx, turn: Turn) -> Card | None:
        """The card that a turn carries out; None unless it was sent by its person, in this conversation, and is as it was sealed."""
        if turn.kind != CARD_TURN or turn.client_id is None:
            return None
        card = await tx.cards.get(turn.client_id.partition(":")[2])
        whole = card.sealed and card.state is CardState.SUBMITTED
        return card if whole and (card.conversation, card.account) == (turn.conversation, turn.account) else None

    async def expire(self, now: datetime) -> list[str]:
        """Close the cards that nobody answered in time. Returns the conversations that this changes."""
        async with self._store.read() as tx:
            late = await tx.cards.late(now)
        if late:
            async with self._store.begin() as tx:
                await tx.cards.expire(now)
        return late

    def entry(self, card: Card) -> Entry:
        """The catalogue's entry of a form; a form of an entry that is no longer offered is over."""
        entry = self._catalogue.get(str(card.args.get("entry")))
        if entry is None:
            raise CardOver()
        return entry

    async def _carry_out(self, tx: Tx, caller: Caller, card: Card, args: dict[str, Any] | None, now: datetime) -> Answered:
        card = await self._move(tx, card, CardState.SUBMITTED, args)
        await tx.audit.add(card.account, "card.submitted", subject=card.account, now=now, card=card.id, tool=card.tool)
        conversation = await tx.conversations.get(card.conversation)
        await tx.conversations.tell(conversation.id, "needs", {"needs": None}, now)
        conversation = await tx.conversations.get(card.conversation)
        turn = await tx.turns.receive(conversation=conversation.id, session=caller.session, account=conversation.account,
                                      seq=conversation.seq, kind=CARD_TURN, text="", lang=conversation.lang,
                                      client_id=f"card:{card.id}", body_hash="", now=now)
        return Answered(card=card, turn=turn)

    async def _leave(self, tx: Tx, caller: Caller, card: Card, now: datetime) -> Answered:
        card = await self._move(tx, card, CardState.CANCELLED, None)
        await tx.audit.add(card.account, "card.left", subject=card.account, now=now, card=card.id, tool=card.tool)
        conversation = await tx.conversations.get(card.conversation)
        await tx.conversations.tell(conversation.id, "needs", {"needs": None}, now)
        text = self._words.say(conversation.lang, f"card.left.{card.kind}")
        await tx.conversations.say(conversation.id, Author.SYSTEM, text, conversation.lang, now)
        return Answered(card=card)

    async def _move(self, tx: Tx, card: Card, to: CardState, args: dict[str, Any] | None) -> Card:
        try:
            return await tx.cards.move(card, to, args)
        except IllegalMove as error:
            raise CardOver() from error

    async def _open_one(self, tx: Tx, caller: Caller, card: str, kind: CardKind, now: datetime) -> tuple[Card, Conversation]:
        found, conversation = await self._own(tx, caller, card, kind)
        if not found.alive(now):
            raise CardOver()
        return found, conversation

    async def _own(self, tx: Tx, caller: Caller, card: str, kind: CardKind) -> tuple[Card, Conversation]:
        found = await tx.cards.get(card)
        conversation = await tx.conversations.of(caller, found.conversation)
        if found.kind is not kind or caller.account is None or caller.account.id != found.account:
            raise NotFound()
        return found, conversation

    async def _person(self, tx: Tx, card: Card) -> Account:
        person = await tx.people.by_id(card.account)
        assert person is not None
        return person


def in_words(words: Words, lang: Lang, card: Card) -> str:
    """What a card would do, as its title says it; the arguments stand beside it in full."""
    key = f"confirm.do.{card.tool}"
    return words.say(lang, key if words.has(lang, key) else "confirm.do.other", number=card.args.get("number", ""))


def today(person: Account, now: datetime) -> date:
    return now.astimezone(ZoneInfo(person.timezone)).date()


def _asks_the_same(card: Card, args: Mapping[str, Any]) -> bool:
    """A form is the same by its entry, whatever it is prefilled with; a confirmation by every argument."""
    return bool(card.args.get("entry") == args.get("entry") if card.kind is CardKind.FORM else card.args == args)
