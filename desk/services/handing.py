"""Handing over between the assistant and people. Needs nothing but the database: it works with everything else down."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from desk.conversations import Author, Conversation, Message, Speaker, move
from desk.errors import AlreadyClaimed, ChatsFull, IllegalMove, LeaseLost
from desk.handoffs import CHATS, SECURITY_QUEUE, Handoff, HandoffState, Note, Reason
from desk.handoffs import move as move_handoff
from desk.identity import Flow, two_different
from desk.people import Account
from desk.services.duty import Duty
from desk.services.solving import Solving
from desk.services.ticketing import Ticketing
from desk.store import Store, Tx
from desk.tickets import Kind, Status

SHORT = 160                    # characters of a message in the card's summary


@dataclass(frozen=True, kw_only=True)
class HandedOff:
    handoff: Handoff
    conversation: Conversation
    place: int                 # 1 is next
    text: str                  # what the user is told


class Handing:
    def __init__(self, store: Store, duty: Duty, solving: Solving, ticketing: Ticketing, *, chats: int = CHATS) -> None:
        self._store = store
        self._duty = duty
        self._words = duty.words
        self._solving = solving
        self._ticketing = ticketing
        self._chats = chats

    async def hand_off(self, tx: Tx, conversation: Conversation, reason: Reason, now: datetime, *,
                       findings: dict[str, Any] | None = None) -> HandedOff:
        """Put the conversation into the queue with a card and a ticket, or let it join the one that is open. Never refused.

        Who asks for a person while "was this solved?" stands open has answered it: the same ticket goes back, to the front.
        """
        await tx.conversations.lock(conversation.id)
        unsolved = await tx.handoffs.resolved(conversation.id) if reason is Reason.ASKED else None
        if unsolved:
            return await self._not_solved(tx, conversation, unsolved, now)
        messages = await tx.conversations.messages(conversation.id)
        flow = await tx.flows.latest(conversation.id)
        card = card_of(messages, flow, reason, conversation) | (findings or {})
        open_one = await tx.handoffs.current(conversation.id)
        handoff = await self._join(tx, open_one, reason, card, now) if open_one else await self._open(tx, conversation, reason, card, now)
        if conversation.speaker is Speaker.ASSISTANT:
            conversation = await tx.conversations.change(conversation, _yield_to(conversation, handoff, now))
        place = await self._duty.place(tx, handoff)
        await tx.handoffs.tell_place(handoff, place)
        return HandedOff(handoff=handoff, conversation=conversation, place=place,
                         text=await self._duty.told(tx, conversation, handoff, now, again=open_one is not None))

    async def _not_solved(self, tx: Tx, conversation: Conversation, unsolved: Handoff, now: datetime) -> HandedOff:
        text = await self._solving.reopen(tx, conversation, unsolved, now)
        handoff = await tx.handoffs.current(conversation.id)
        assert handoff is not None     # reopening leaves one open
        conversation = await tx.conversations.get(conversation.id)
        if conversation.speaker is Speaker.ASSISTANT:
            conversation = await tx.conversations.change(conversation, _yield_to(conversation, handoff, now))
        return HandedOff(handoff=handoff, conversation=conversation, text=text, place=await self._duty.place(tx, handoff))

    async def _open(self, tx: Tx, conversation: Conversation, reason: Reason, card: dict[str, Any], now: datetime) -> Handoff:
        before, danger = await self._before(tx, reason), reason is Reason.SECURITY
        ticket = await self._ticketing.open(
            tx, requester=conversation.account, title=card["summary"][:120] or self._words.say(conversation.lang, "handoff.title"),
            description=card["summary"], lang=conversation.lang, now=now, kind=Kind.INCIDENT, conversation=conversation.id)
        if danger:
            ticket = await self._ticketing.into_the_lane(tx, ticket, now)
        handoff = await tx.handoffs.open(conversation=conversation.id, ticket=ticket.number, reason=reason, queue=ticket.queue,
                                         expected_by=await self._duty.promise(tx, now, before), card=card, now=now)
        await tx.audit.add(conversation.account or "guest", "handoff.opened", subject=conversation.account, now=now, reason=str(reason),
                           ticket=ticket.number)
        return handoff

    async def _before(self, tx: Tx, reason: Reason) -> int:
        """How many are served first: in the security lane only those who are in it too."""
        return sum(reason is not Reason.SECURITY or each.queue == SECURITY_QUEUE for each in await tx.handoffs.waiting())

    async def _join(self, tx: Tx, handoff: Handoff, reason: Reason, card: dict[str, Any], now: datetime) -> Handoff:
        card = card | {"also": [*handoff.card.get("also", []), str(reason)]}
        await tx.handoffs.add_to_card(handoff, card)
        joined = replace(handoff, card=card)
        if reason is not Reason.SECURITY or handoff.queue == SECURITY_QUEUE:
            return joined
        secured = await self._ticketing.into_the_lane(tx, await tx.tickets.get(handoff.ticket), now)
        return await tx.handoffs.change(handoff, replace(joined, queue=secured.queue))

    async def place(self, tx: Tx, handoff: Handoff) -> int:
        return await self._duty.place(tx, handoff)

    async def ask_for_person(self, conversation: Conversation, now: datetime) -> HandedOff:
        """The button and the plain form: no model, no planner, no search on the way."""
        async with self._store.begin() as tx:
            return await self.ask_in(tx, await tx.conversations.lock(conversation.id), now)

    async def ask_in(self, tx: Tx, conversation: Conversation, now: datetime) -> HandedOff:
        handed = await self.hand_off(tx, conversation, Reason.ASKED, now)
        await tx.conversations.say(conversation.id, Author.SYSTEM, handed.text, conversation.lang, now,
                                   extra={"handoff": handoff_data(handed.handoff)})
        return handed

    async def resume(self, conversation: Conversation, now: datetime) -> Conversation:
        """The user goes on with the assistant while waiting; the place in the queue is kept."""
        async with self._store.begin() as tx:
            before = await tx.conversations.lock(conversation.id)
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
            before = await tx.conversations.lock(conversation.id)
            waiting = before.speaker is Speaker.WAITING
            left = move(before, Speaker.ASSISTANT, now) if waiting else before
            after = await tx.conversations.change(before, replace(left, closed_at=before.closed_at or now, updated_at=now))
            handoff = await tx.handoffs.current(after.id)
            if before.speaker is not Speaker.HUMAN:
                await self._solving.withdraw_call(tx, after, now)
            if handoff and before.speaker is not Speaker.HUMAN:
                await tx.handoffs.change(handoff, move_handoff(handoff, HandoffState.CANCELLED))
                ticket = await tx.tickets.get(handoff.ticket)
                if ticket.is_open:
                    await tx.tickets.move(ticket, Status.CANCELLED, now)
        return after

    async def claim(self, agent: Account, conversation: str, now: datetime) -> Handoff:
        """The agent becomes the speaker; of many who claim at once, one wins."""
        async with self._store.begin() as tx:
            before = await tx.conversations.lock(conversation)
            handoff = await tx.handoffs.current(conversation)
            if handoff is None:
                raise IllegalMove("The conversation does not wait for a person.")
            if handoff.taken_by == agent.id:
                return handoff
            await self._duty.speaks(tx, agent, now)
            if handoff.state is HandoffState.WAITING and len(await tx.handoffs.taken_by(agent.id)) >= self._chats:
                raise ChatsFull(most=self._chats)
            taken = await tx.handoffs.claim(handoff, agent.id, now)
            after = await tx.conversations.change(before, move(before, Speaker.HUMAN, now, person=agent.id))
            await tx.tickets.move(await tx.tickets.get(taken.ticket), Status.OPEN, now, assignee=agent.id)
            text = self._words.say(after.lang, "handoff.joined", name=agent.display)
            await tx.conversations.say(after.id, Author.SYSTEM, text, after.lang, now)
            await tx.audit.add(agent.id, "handoff.claimed", subject=after.account, now=now, ticket=taken.ticket)
        return taken

    async def next_in_line(self, agent: Account, now: datetime) -> Handoff:
        """Claim whoever is next; who is taken by a colleague meanwhile is passed over."""
        async with self._store.read() as tx:
            waiting = await tx.handoffs.waiting()
        for handoff in waiting:
            try:
                return await self.claim(agent, handoff.conversation, now)
            except (AlreadyClaimed, LeaseLost):
                continue
        raise IllegalMove("Nobody is waiting. Look again when somebody is.")

    async def reply(self, agent: Account, conversation: str, text: str, now: datetime, *, epoch: int | None = None) -> Message:
        """Say something to the user. A reply that was written for an older epoch comes too late and is dropped."""
        async with self._store.begin() as tx:
            spoken_to = await tx.conversations.lock(conversation)
            if epoch is not None and epoch != spoken_to.epoch:
                raise LeaseLost()
            self._speaks(agent, spoken_to)
            await self._duty.speaks(tx, agent, now)
            return await tx.conversations.say(conversation, Author.PERSON, text, spoken_to.lang, now, account=agent.id)

    async def give_back(self, agent: Account, conversation: str, note: Note, now: datetime) -> Conversation:
        """Back to the assistant, with a note that steers it, and what it is to tell the user at once."""
        async with self._store.begin() as tx:
            before = await tx.conversations.lock(conversation)
            self._speaks(agent, before)
            after = await tx.conversations.change(before, move(before, Speaker.ASSISTANT, now))
            handoff = await tx.handoffs.current(conversation)
            if handoff:
                card = handoff.card | {"note": note.text, "say": note.say, "hold": sorted(note.hold)}
                await tx.handoffs.change(handoff, move_handoff(handoff, HandoffState.RETURNED, card=card))
                if note.text:
                    await tx.tickets.comment(handoff.ticket, "person", note.text, now, public=False, account=agent.id)
            await tx.conversations.say(after.id, Author.SYSTEM, self._words.say(after.lang, "handoff.returned"), after.lang, now)
            if note.say:
                text = self._words.say(after.lang, "handoff.relayed", name=agent.display, say=note.say)
                await tx.conversations.say(after.id, Author.ASSISTANT, text, after.lang, now)
            await tx.audit.add(agent.id, "handoff.returned", subject=after.account, now=now)
        return after

    async def resolve(self, agent: Account, conversation: str, now: datetime) -> Conversation:
        async with self._store.begin() as tx:
            before = await tx.conversations.lock(conversation)
            self._speaks(agent, before)
            handoff = await tx.handoffs.current(conversation)
            if handoff:
                after = await self._solving.ask(tx, before, handoff, agent.id, now)
            else:
                after = await tx.conversations.change(before, move(before, Speaker.ASSISTANT, now))
            await tx.audit.add(agent.id, "handoff.resolved", subject=after.account, now=now)
        return after

    async def keep_promises(self, now: datetime) -> list[str]:
        """Tell everyone whose promised time has passed, with an apology and a new time. Returns their conversations."""
        async with self._store.read() as tx:
            late = [handoff.conversation for handoff in await tx.handoffs.late(now)]
        told: list[str] = []
        for each in late:
            async with self._store.begin() as tx:
                conversation = await tx.conversations.lock(each)
                handoff = await tx.handoffs.current(each)
                if handoff is None or handoff.state is not HandoffState.WAITING or handoff.expected_by >= now:
                    continue           # somebody has come meanwhile
                by = await self._duty.promise(tx, now, await self.place(tx, handoff) - 1)
                handoff = await tx.handoffs.change(handoff, replace(handoff, expected_by=by, told_late=True))
                text = self._words.say(conversation.lang, "handoff.late", **await self._duty.facts(tx, conversation, handoff, now))
                await tx.conversations.say(conversation.id, Author.SYSTEM, text, conversation.lang, now)
            told.append(each)
        return told

    async def tell_places(self, now: datetime) -> list[str]:
        """Tell those whose place has changed: each by an event, and in words who is next now or was moved back."""
        async with self._store.read() as tx:
            moved = [each.conversation for place, each in enumerate(await tx.handoffs.waiting(), 1) if each.told_place != place]
        for each in moved:
            async with self._store.begin() as tx:
                conversation = await tx.conversations.lock(each)
                handoff = await tx.handoffs.current(each)
                if handoff and handoff.state is HandoffState.WAITING:
                    await self._tell_place(tx, conversation, handoff, now)
        return moved

    async def _tell_place(self, tx: Tx, conversation: Conversation, handoff: Handoff, now: datetime) -> None:
        place, known = await self.place(tx, handoff), handoff.told_place
        await tx.handoffs.tell_place(handoff, place)
        await tx.conversations.tell(conversation.id, "place", {"place": place, "expected_by": handoff.expected_by.isoformat()}, now)
        if known is None or place == known or 1 < place < known:
            return
        key = "handoff.next" if place == 1 else "handoff.moved_back"
        text = self._words.say(conversation.lang, key, **await self._duty.facts(tx, conversation, handoff, now))
        await tx.conversations.say(conversation.id, Author.SYSTEM, text, conversation.lang, now)

    @staticmethod
    def _speaks(agent: Account, conversation: Conversation) -> None:
        if conversation.speaker is not Speaker.HUMAN or conversation.person != agent.id:
            raise IllegalMove("Claim the conversation first: only the one who took it speaks.")


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

