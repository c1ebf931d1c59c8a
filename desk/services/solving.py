"""After a person says "resolved": the user is asked, and only the user's word confirms it. A no brings it back to the front."""

from dataclasses import replace
from datetime import datetime

from desk.callbacks import CallbackState
from desk.callbacks import move as move_callback
from desk.conversations import Author, Conversation, Speaker, move
from desk.errors import IllegalMove, LeaseLost
from desk.handoffs import ASSUME_AFTER, CHATS, Handoff, HandoffState, back_in_line
from desk.handoffs import move as move_handoff
from desk.presence import FREE_TO_SPEAK
from desk.services.duty import Duty
from desk.store import Store, Tx
from desk.tickets import Status


class Solving:
    def __init__(self, store: Store, duty: Duty, *, chats: int = CHATS) -> None:
        self._store = store
        self._chats = chats
        self._duty = duty
        self._words = duty.words

    async def ask(self, tx: Tx, conversation: Conversation, handoff: Handoff, agent: str, now: datetime) -> Conversation:
        """The person's part is done, as they see it: the ticket is resolved and the user is asked."""
        await tx.handoffs.change(handoff, move_handoff(handoff, HandoffState.RESOLVED, taken_by=agent, resolved_at=now))
        ticket = await tx.tickets.get(handoff.ticket)
        if ticket.is_open:
            await tx.tickets.move(ticket, Status.RESOLVED, now, assignee=agent)
        await self.withdraw_call(tx, conversation, now)
        if conversation.speaker is not Speaker.ASSISTANT:
            conversation = await tx.conversations.change(conversation, move(conversation, Speaker.ASSISTANT, now))
        choices = [self._words.say(conversation.lang, f"solved.{answer}") for answer in ("yes", "no")]
        text = self._words.say(conversation.lang, "handoff.resolved", ticket=handoff.ticket)
        await tx.conversations.say(conversation.id, Author.ASSISTANT, text, conversation.lang, now,
                                   extra={"asks": "solved", "choices": choices})
        return conversation

    async def withdraw_call(self, tx: Tx, conversation: Conversation, now: datetime) -> None:
        """Nobody is rung about what is over; the user is told so."""
        call = await tx.callbacks.open_of(conversation.id)
        if call and call.state is CallbackState.ASKED:
            await tx.callbacks.change(call, move_callback(call, CallbackState.CANCELLED))
            text = self._words.say(conversation.lang, "callback.cancelled")
            await tx.conversations.say(conversation.id, Author.SYSTEM, text, conversation.lang, now)

    async def hear(self, conversation: Conversation, solved: bool, now: datetime) -> str:
        """The user presses a button; says what is told."""
        async with self._store.begin() as tx:
            conversation = await tx.conversations.lock(conversation.id)
            text = await self.answer(tx, conversation, solved, now)
            await tx.conversations.say(conversation.id, Author.SYSTEM, text, conversation.lang, now)
        return text

    async def answer(self, tx: Tx, conversation: Conversation, solved: bool, now: datetime) -> str:
        """The user's word on the handoff that waits for it. What is told in answer is the caller's to record."""
        handoff = await tx.handoffs.resolved(conversation.id)
        if handoff is None:
            raise IllegalMove("Nothing here waits for that answer.")
        return await (self._confirm if solved else self.reopen)(tx, conversation, handoff, now)

    async def _confirm(self, tx: Tx, conversation: Conversation, handoff: Handoff, now: datetime) -> str:
        await self._end(tx, conversation, handoff, HandoffState.CONFIRMED, now)
        return self._words.say(conversation.lang, "solved.confirmed", ticket=handoff.ticket)

    async def _end(self, tx: Tx, conversation: Conversation, handoff: Handoff, to: HandoffState, now: datetime) -> None:
        await tx.handoffs.change(handoff, move_handoff(handoff, to))
        ticket = await tx.tickets.get(handoff.ticket)
        if ticket.status is Status.RESOLVED:
            await tx.tickets.move(ticket, Status.CLOSED, now)
        await tx.audit.add(conversation.account or "guest" if to is HandoffState.CONFIRMED else "house", f"handoff.{to}",
                           subject=conversation.account, now=now, ticket=handoff.ticket)

    async def reopen(self, tx: Tx, conversation: Conversation, handoff: Handoff, now: datetime) -> str:
        """Not solved: to the same person if they are there, else to the front of the queue, with the ticket open again."""
        ticket = await tx.tickets.get(handoff.ticket)
        if not ticket.is_open and ticket.status is not Status.CANCELLED:
            ticket = await tx.tickets.move(ticket, Status.OPEN, now)
        await tx.audit.add(conversation.account or "guest", "handoff.not_solved", subject=conversation.account, now=now,
                           ticket=handoff.ticket)
        other = await tx.handoffs.current(conversation.id)
        if other:                      # another matter of this conversation is with the desk already: one owner for both
            await tx.handoffs.change(handoff, move_handoff(handoff, HandoffState.CANCELLED))
            await tx.handoffs.add_to_card(other, other.card | {"unsolved": [*other.card.get("unsolved", []), handoff.ticket]})
            return await self._duty.told(tx, conversation, other, now, again=True)
        if handoff.taken_by and await self._can_go_on(tx, handoff.taken_by, now):
            return await self._to_the_same(tx, conversation, handoff, handoff.taken_by, now)
        await tx.tickets.unassign(ticket, now)
        first = back_in_line(handoff, now, front=True)
        await tx.handoffs.change(handoff, first)
        place = await self._duty.place(tx, first)
        promised = replace(first, expected_by=await self._duty.promise(tx, now, place - 1), told_place=place)
        await tx.handoffs.change(first, promised)
        await self._yield(tx, conversation, Speaker.WAITING, None, now)
        key = "solved.queued" if await self._duty.attended(tx, now) else "solved.queued_off"
        return self._words.say(conversation.lang, key, **await self._duty.facts(tx, conversation, promised, now))

    async def _can_go_on(self, tx: Tx, agent: str, now: datetime) -> bool:
        here = await self._duty.presence(tx, agent, now)
        return here.state in FREE_TO_SPEAK and len(await tx.handoffs.taken_by(agent)) < self._chats

    async def _to_the_same(self, tx: Tx, conversation: Conversation, handoff: Handoff, agent: str, now: datetime) -> str:
        person = await tx.people.by_id(agent)
        assert person is not None      # the handoff names them by a foreign key
        await tx.handoffs.change(handoff, move_handoff(handoff, HandoffState.TAKEN, claimed_at=now, resolved_at=None))
        await self._yield(tx, conversation, Speaker.HUMAN, agent, now)
        return self._words.say(conversation.lang, "solved.same", name=person.display, ticket=handoff.ticket)

    async def _yield(self, tx: Tx, conversation: Conversation, to: Speaker, person: str | None, now: datetime) -> None:
        await tx.conversations.change(conversation, move(replace(conversation, closed_at=None), to, now, person=person))

    async def assume(self, now: datetime) -> list[str]:
        """Days of silence are no confirmation; the ticket is closed all the same, and the user is told how to go on."""
        async with self._store.read() as tx:
            silent = await tx.handoffs.unconfirmed(now - ASSUME_AFTER)
        told = []
        for handoff in silent:
            async with self._store.begin() as tx:
                conversation = await tx.conversations.lock(handoff.conversation)
                try:
                    await self._end(tx, conversation, handoff, HandoffState.ASSUMED, now)
                except LeaseLost:      # the user has answered meanwhile
                    continue
                text = self._words.say(conversation.lang, "solved.assumed", ticket=handoff.ticket)
                await tx.conversations.say(conversation.id, Author.SYSTEM, text, conversation.lang, now)
            told.append(conversation.id)
        return told
