"""Handing over between the assistant and people. Needs nothing but the database: it works with everything else down."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from desk.conversations import Author, Conversation, Message, Speaker, move
from desk.dates import DIGITS, moment_text
from desk.errors import IllegalMove
from desk.handoffs import Handoff, HandoffState, Reason, promise
from desk.hours import Hours
from desk.identity import Flow, two_different
from desk.people import Account
from desk.services.ticketing import Ticketing
from desk.store import Store, Tx
from desk.tickets import Kind, Status
from desk.words import Words

SHORT = 160                    # characters of a message in the card's summary


@dataclass(frozen=True, kw_only=True)
class HandedOff:
    handoff: Handoff
    conversation: Conversation
    place: int                 # 1 is next
    text: str                  # what the user is told


class Handing:
    def __init__(self, store: Store, words: Words, hours: Hours, phone: str, ticketing: Ticketing) -> None:
        self._store = store
        self._words = words
        self._hours = hours
        self._phone = phone
        self._ticketing = ticketing

    async def hand_off(self, tx: Tx, conversation: Conversation, reason: Reason, now: datetime, *,
                       findings: dict[str, Any] | None = None) -> HandedOff:
        """Put the conversation into the queue with a card and a ticket, or let it join the one that is open. Never refused."""
        messages = await tx.conversations.messages(conversation.id)
        flow = await tx.flows.latest(conversation.id)
        card = card_of(messages, flow, reason, conversation) | (findings or {})
        open_one = await tx.handoffs.current(conversation.id)
        handoff = await self._join(tx, open_one, reason, card, now) if open_one else await self._open(tx, conversation, reason, card, now)
        if conversation.speaker is Speaker.ASSISTANT:
            conversation = await tx.conversations.change(conversation, _yield_to(conversation, handoff, now))
        place = await self.place(tx, handoff)
        return HandedOff(handoff=handoff, conversation=conversation, place=place,
                         text=await self.text(tx, conversation, handoff, place, now, again=open_one is not None))

    async def _open(self, tx: Tx, conversation: Conversation, reason: Reason, card: dict[str, Any], now: datetime) -> Handoff:
        before = len(await tx.handoffs.waiting())
        ticket = await self._ticketing.open(
            tx, requester=conversation.account, title=card["summary"][:120] or self._words.say(conversation.lang, "handoff.title"),
            description=card["summary"], lang=conversation.lang, now=now, kind=Kind.INCIDENT, conversation=conversation.id)
        handoff = await tx.handoffs.open(conversation=conversation.id, ticket=ticket.number, reason=reason,
                                         expected_by=promise(self._hours, now, before), card=card, now=now)
        await tx.audit.add(conversation.account or "guest", "handoff.opened", subject=conversation.account, now=now, reason=str(reason),
                           ticket=ticket.number)
        return handoff

    async def _join(self, tx: Tx, handoff: Handoff, reason: Reason, card: dict[str, Any], now: datetime) -> Handoff:
        card = card | {"also": [*handoff.card.get("also", []), str(reason)]}
        await tx.handoffs.add_to_card(handoff, card)
        return replace(handoff, card=card)

    async def place(self, tx: Tx, handoff: Handoff) -> int:
        waiting = [each.id for each in await tx.handoffs.waiting()]
        return waiting.index(handoff.id) + 1 if handoff.id in waiting else 0

    async def text(self, tx: Tx, conversation: Conversation, handoff: Handoff, place: int, now: datetime, *, again: bool) -> str:
        if handoff.state is HandoffState.TAKEN:
            return self._words.say(conversation.lang, "handoff.taken")
        when = await _when(tx, conversation, handoff.expected_by, now)
        key = "handoff.again" if again else "handoff.on_duty" if self._hours.on_duty(now) else "handoff.off_duty"
        number = str(place).translate(DIGITS[conversation.lang])
        return self._words.say(conversation.lang, key, ticket=handoff.ticket, place=number, when=when, phone=self._phone)

    async def ask_for_person(self, conversation: Conversation, now: datetime) -> HandedOff:
        """The button and the plain form: no model, no planner, no search on the way."""
        async with self._store.begin() as tx:
            conversation = await tx.conversations.get(conversation.id)
            handed = await self.hand_off(tx, conversation, Reason.ASKED, now)
            await tx.conversations.say(conversation.id, Author.SYSTEM, handed.text, conversation.lang, now,
                                       extra={"handoff": handoff_data(handed.handoff)})
        return handed

    async def resume(self, conversation: Conversation, now: datetime) -> Conversation:
        """The user goes on with the assistant while waiting; the place in the queue is kept."""
        async with self._store.begin() as tx:
            before = await tx.conversations.get(conversation.id)
            if before.speaker is Speaker.ASSISTANT:
                return before
            if before.speaker is Speaker.HUMAN:
                raise IllegalMove("A person is speaking. The person gives the conversation back.")
            after = await tx.conversations.change(before, move(before, Speaker.ASSISTANT, now))
            handoff = await tx.handoffs.current(conversation.id)
            if handoff:
                text = self._words.say(after.lang, "handoff.place_kept", ticket=handoff.ticket)
                await tx.conversations.say(after.id, Author.SYSTEM, text, after.lang, now)
        return after

    async def close(self, conversation: Conversation, now: datetime) -> Conversation:
        async with self._store.begin() as tx:
            before = await tx.conversations.get(conversation.id)
            waiting = before.speaker is Speaker.WAITING
            left = move(before, Speaker.ASSISTANT, now) if waiting else before
            after = await tx.conversations.change(before, replace(left, closed_at=before.closed_at or now, updated_at=now))
            handoff = await tx.handoffs.current(after.id)
            if handoff and before.speaker is not Speaker.HUMAN:
                await tx.handoffs.end(handoff, HandoffState.RESOLVED)
                ticket = await tx.tickets.get(handoff.ticket)
                if ticket.is_open:
                    await tx.tickets.move(ticket, Status.CANCELLED, now)
        return after

    async def claim(self, agent: Account, conversation: str, now: datetime) -> Handoff:
        """The agent becomes the speaker; of many who claim at once, one wins."""
        async with self._store.begin() as tx:
            before = await tx.conversations.get(conversation)
            handoff = await tx.handoffs.current(conversation)
            if handoff is None:
                raise IllegalMove("The conversation does not wait for a person.")
            if handoff.taken_by == agent.id:
                return handoff
            taken = await tx.handoffs.claim(handoff, agent.id)
            after = await tx.conversations.change(before, move(before, Speaker.HUMAN, now, person=agent.id))
            await tx.tickets.move(await tx.tickets.get(taken.ticket), Status.OPEN, now, assignee=agent.id)
            text = self._words.say(after.lang, "handoff.joined", name=agent.display)
            await tx.conversations.say(after.id, Author.SYSTEM, text, after.lang, now)
            await tx.audit.add(agent.id, "handoff.claimed", subject=after.account, now=now, ticket=taken.ticket)
        return taken

    async def reply(self, agent: Account, conversation: str, text: str, now: datetime) -> Message:
        async with self._store.begin() as tx:
            spoken_to = await tx.conversations.get(conversation)
            self._speaks(agent, spoken_to)
            return await tx.conversations.say(conversation, Author.PERSON, text, spoken_to.lang, now, account=agent.id)

    async def give_back(self, agent: Account, conversation: str, note: str, now: datetime) -> Conversation:
        """Back to the assistant, with a note for it."""
        async with self._store.begin() as tx:
            before = await tx.conversations.get(conversation)
            self._speaks(agent, before)
            after = await tx.conversations.change(before, move(before, Speaker.ASSISTANT, now))
            handoff = await tx.handoffs.current(conversation)
            if handoff:
                await tx.handoffs.add_to_card(handoff, handoff.card | {"note": note})
                await tx.handoffs.end(handoff, HandoffState.RETURNED)
                if note:
                    await tx.tickets.comment(handoff.ticket, "person", note, now, public=False, account=agent.id)
            await tx.conversations.say(after.id, Author.SYSTEM, self._words.say(after.lang, "handoff.returned"), after.lang, now)
            await tx.audit.add(agent.id, "handoff.returned", subject=after.account, now=now)
        return after

    async def resolve(self, agent: Account, conversation: str, now: datetime) -> Conversation:
        async with self._store.begin() as tx:
            before = await tx.conversations.get(conversation)
            self._speaks(agent, before)
            after = await tx.conversations.change(before, move(before, Speaker.ASSISTANT, now))
            handoff = await tx.handoffs.current(conversation)
            if handoff:
                await tx.handoffs.end(handoff, HandoffState.RESOLVED)
                await tx.tickets.move(await tx.tickets.get(handoff.ticket), Status.RESOLVED, now)
                text = self._words.say(after.lang, "handoff.resolved", ticket=handoff.ticket)
                await tx.conversations.say(after.id, Author.SYSTEM, text, after.lang, now)
            await tx.audit.add(agent.id, "handoff.resolved", subject=after.account, now=now)
        return after

    async def keep_promises(self, now: datetime) -> list[str]:
        """Tell everyone whose promised time has passed, with an apology and a new time. Returns their conversations."""
        async with self._store.read() as tx:
            late = await tx.handoffs.late(now)
        return [each.conversation for each in late if await self._promise_again(each, now)]

    async def _promise_again(self, late: Handoff, now: datetime) -> bool:
        """In a transaction of its own, so that it holds one conversation; False if meanwhile somebody took it or told them."""
        async with self._store.begin() as tx:
            handoff = await tx.handoffs.current(late.conversation)
            if handoff is None or handoff.state is not HandoffState.WAITING or handoff.expected_by >= now:
                return False
            again = promise(self._hours, now, await self.place(tx, handoff) - 1)
            await tx.handoffs.promise_again(handoff, again)
            conversation = await tx.conversations.get(handoff.conversation)
            text = self._words.say(conversation.lang, "handoff.late", ticket=handoff.ticket, phone=self._phone,
                                   when=await _when(tx, conversation, again, now))
            await tx.conversations.say(conversation.id, Author.SYSTEM, text, conversation.lang, now)
        return True

    @staticmethod
    def _speaks(agent: Account, conversation: Conversation) -> None:
        if conversation.speaker is not Speaker.HUMAN or conversation.person != agent.id:
            raise IllegalMove("Claim the conversation first: only the one who took it speaks.")


async def _when(tx: Tx, conversation: Conversation, moment: datetime, now: datetime) -> str:
    """A promised time in the owner's language and time zone."""
    owner = await tx.people.by_id(conversation.account) if conversation.account else None
    return moment_text(moment, conversation.lang, owner.timezone if owner else "UTC", now)


def _yield_to(conversation: Conversation, handoff: Handoff, now: datetime) -> Conversation:
    if handoff.state is HandoffState.TAKEN:
        return move(conversation, Speaker.HUMAN, now, person=handoff.taken_by)
    return move(conversation, Speaker.WAITING, now)


def card_of(messages: list[Message], flow: Flow | None, reason: Reason, conversation: Conversation) -> dict[str, Any]:
    """What the next person needs in ten seconds, from the transcript alone."""
    said = [message.text for message in messages if message.author is Author.USER]
    summary = " … ".join(dict.fromkeys(text[:SHORT] for text in (*said[:1], *said[-1:])))
    return {
        "summary": summary,
        "reason": str(reason),
        "tried": [action for message in messages for action in message.actions],
        "sources": list(dict.fromkeys(cited["title"] for message in messages for cited in message.citations)),
        "verified": bool(flow and two_different(flow.proven)),
        "factors": [str(method) for method in flow.proven] if flow else [],
        "lang": conversation.lang,
        "guest": conversation.is_guest,
        "feeling": None,
    }


def handoff_data(handoff: Handoff) -> dict[str, Any]:
    """A handoff as the user's side is told."""
    return {"reason": str(handoff.reason), "ticket": handoff.ticket, "queue": handoff.queue, "expected_by": handoff.expected_by.isoformat()}

