"""Call-backs: asked for with a number and a time, taken, done; or missed, and then apologised for and promised anew."""

from dataclasses import dataclass, replace
from datetime import datetime

from desk.callbacks import (
    CALL_LASTS,
    MOST_TRIES,
    OPEN,
    REMIND_BEFORE,
    Callback,
    CallbackState,
    SlotGone,
    again,
    move,
    phone_of,
    slots,
)
from desk.codes import digest, new_id
from desk.conversations import Author, Conversation
from desk.dates import moment_text
from desk.errors import AlreadyClaimed, IllegalMove, LeaseLost, NotFound
from desk.handoffs import HandoffState
from desk.people import Account
from desk.presence import Presence, aged
from desk.presence import move as move_presence
from desk.services.duty import Duty
from desk.services.handing import Handing
from desk.services.solving import Solving
from desk.store import Store, Tx
from desk.vault import Vault


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A time that is offered, in the words of the one who chooses."""

    start: datetime
    end: datetime
    when: str
    until: str


class Calling:
    def __init__(self, store: Store, duty: Duty, handing: Handing, solving: Solving, vault: Vault) -> None:
        self._store = store
        self._duty = duty
        self._handing = handing
        self._solving = solving
        self._vault = vault

    async def offered(self, tx: Tx, conversation: Conversation, now: datetime) -> list[Slot]:
        free = slots(self._duty.hours, now, await tx.callbacks.full_slots(now))
        return [Slot(start=start, end=end, **await self._duty.span(tx, conversation, start, end, now)) for start, end in free]

    async def slot(self, tx: Tx, conversation: Conversation, callback: Callback, now: datetime) -> Slot:
        """What is promised, in the words of the one who waits for it."""
        span = await self._duty.span(tx, conversation, callback.slot_at, callback.due_at, now)
        return Slot(start=callback.slot_at, end=callback.due_at, **span)

    async def ask(self, conversation: Conversation, phone: str, slot: datetime, now: datetime) -> Callback:
        """Promise a call, or change the one that is promised. Who has not asked for a person yet does so by this."""
        number = phone_of(phone)
        async with self._store.begin() as tx:
            conversation = await tx.conversations.lock(conversation.id)
            known = await tx.callbacks.open_of(conversation.id)
            full = await tx.callbacks.full_slots(now) - ({known.slot_at} if known else set())
            chosen = next((each for each in slots(self._duty.hours, now, full) if each[0] == slot), None)
            if chosen is None:
                raise SlotGone()
            if known and known.state is CallbackState.TAKEN:
                raise IllegalMove("The call is being made right now.")
            handoff = await tx.handoffs.current(conversation.id)
            if handoff is None:
                handoff = (await self._handing.ask_in(tx, conversation, now)).handoff
                conversation = await tx.conversations.get(conversation.id)
            sealed = self._vault.seal(number)
            if known:
                changed = replace(known, phone=sealed, slot_at=chosen[0], due_at=chosen[1], reminded_at=None)
                callback = await tx.callbacks.change(known, changed)
            else:
                callback = await tx.callbacks.add(Callback(
                    id=new_id(), conversation=conversation.id, ticket=handoff.ticket, phone=sealed, state=CallbackState.ASKED,
                    slot_at=chosen[0], due_at=chosen[1], asked_at=now))
            await self._tell(tx, conversation, callback, "callback.asked", now)
            await tx.audit.add(conversation.account or "guest", "callback.asked", subject=conversation.account, now=now,
                               ticket=handoff.ticket)
        return callback

    async def cancel(self, conversation: Conversation, now: datetime) -> None:
        async with self._store.begin() as tx:
            conversation = await tx.conversations.lock(conversation.id)
            known = await tx.callbacks.open_of(conversation.id)
            if known is None:
                raise NotFound()
            await tx.callbacks.change(known, move(known, CallbackState.CANCELLED))
            await self._tell(tx, conversation, known, "callback.cancelled", now)

    async def take(self, agent: Account, callback: str, now: datetime) -> Callback:
        """The agent rings now; of many who take it, one does. Taken again by the same one, it changes nothing."""
        async with self._store.begin() as tx:
            conversation, known = await self._locked(tx, callback)
            if known.state is CallbackState.TAKEN and known.taken_by == agent.id:
                return known
            if known.state is CallbackState.TAKEN:
                raise AlreadyClaimed("A colleague is making this call. Choose another one.")
            taken = move(known, CallbackState.TAKEN, taken_by=agent.id, due_at=max(known.due_at, now + CALL_LASTS))
            await tx.callbacks.change(known, taken)
            await self._on_the_phone(tx, agent, Presence.ON_CALL, now)
            await self._tell(tx, conversation, taken, "callback.taken", now, name=agent.display)
            await tx.audit.add(agent.id, "callback.taken", subject=conversation.account, now=now, ticket=known.ticket)
        return taken

    def number(self, agent: Account, callback: Callback) -> str | None:
        """The number, for the one who rings and as long as they do."""
        mine = callback.state is CallbackState.TAKEN and callback.taken_by == agent.id
        return self._vault.open(callback.phone) if mine else None

    async def done(self, agent: Account, callback: str, now: datetime) -> Callback:
        """They have spoken. Where the conversation still waits, its user is asked whether it is solved."""
        async with self._store.begin() as tx:
            conversation, known = await self._mine(tx, agent, callback)
            ended = await tx.callbacks.change(known, move(known, CallbackState.DONE))
            await self._on_the_phone(tx, agent, Presence.ONLINE, now)
            handoff = await tx.handoffs.current(conversation.id)
            if handoff and handoff.state is HandoffState.WAITING:
                await self._solving.ask(tx, conversation, handoff, agent.id, now)
            await tx.audit.add(agent.id, "callback.done", subject=conversation.account, now=now, ticket=known.ticket)
        return ended

    async def unreached(self, agent: Account, callback: str, now: datetime) -> Callback:
        """Nobody picked up: another time is promised, a few times over."""
        async with self._store.begin() as tx:
            conversation, known = await self._mine(tx, agent, callback)
            await self._on_the_phone(tx, agent, Presence.ONLINE, now)
            tries = known.tries + 1
            if tries >= MOST_TRIES:
                after, key = move(known, CallbackState.CANCELLED, tries=tries), "callback.given_up"
            else:
                after, key = again(known, self._next(now), tries=tries), "callback.unreached"
            await tx.callbacks.change(known, after)
            await self._tell(tx, conversation, after, key, now)
            await tx.audit.add(agent.id, "callback.unreached", subject=conversation.account, now=now, ticket=known.ticket)
        return after

    async def keep(self, now: datetime) -> list[str]:
        """Apologise for calls that were not made, free those whose caller is away, remind of those that are near."""
        async with self._store.read() as tx:
            due = [each for each in await tx.callbacks.open() if await self._is_due(tx, each, now)]
        told = []
        for callback in due:
            async with self._store.begin() as tx:
                conversation = await tx.conversations.lock(callback.conversation)
                try:
                    await self._keep_one(tx, conversation, await tx.callbacks.lock(callback.id), now)
                except LeaseLost:
                    continue
            told.append(conversation.id)
        return told

    async def _is_due(self, tx: Tx, callback: Callback, now: datetime) -> bool:
        near = callback.reminded_at is None and callback.slot_at - REMIND_BEFORE <= now
        return near or callback.due_at < now or await self._abandoned(tx, callback, now)

    async def _keep_one(self, tx: Tx, conversation: Conversation, callback: Callback, now: datetime) -> None:
        if callback.state not in OPEN:
            return
        if callback.due_at < now:
            anew = again(callback, self._next(now), apologies=callback.apologies + 1)
            await tx.callbacks.change(callback, anew)
            await self._tell(tx, conversation, anew, "callback.missed", now)
            await tx.audit.add("house", "callback.missed", subject=conversation.account, now=now, ticket=callback.ticket)
            return
        if await self._abandoned(tx, callback, now):
            callback = await tx.callbacks.change(callback, move(callback, CallbackState.ASKED, taken_by=None))
        if callback.reminded_at is None and callback.slot_at - REMIND_BEFORE <= now:
            await tx.callbacks.change(callback, replace(callback, reminded_at=now))
            await self._remind(tx, callback, now)

    async def _abandoned(self, tx: Tx, callback: Callback, now: datetime) -> bool:
        if callback.state is not CallbackState.TAKEN:
            return False
        known = await tx.presence.of(callback.taken_by) if callback.taken_by else None
        return callback.taken_by is None or (known is not None and aged(known, now).state is Presence.OFFLINE)

    async def _remind(self, tx: Tx, callback: Callback, now: datetime) -> None:
        """By mail to those who are there. The number is not in it."""
        for attendance in await tx.presence.all():
            person = await tx.people.by_id(attendance.account)
            if person is None or not aged(attendance, now).on_duty:
                continue
            facts = {"ticket": callback.ticket, "when": moment_text(callback.slot_at, person.lang, person.timezone, now),
                     "until": moment_text(callback.due_at, person.lang, person.timezone, callback.slot_at)}
            body = self._duty.words.say(person.lang, "mail.callback_due.body", name=person.display, **facts)
            await tx.outbox.put(account=person.id, kind="notice", address=person.email, now=now, sealed_body=self._vault.seal(body),
                                subject=self._duty.words.say(person.lang, "mail.callback_due.subject", **facts),
                                key=digest("callback.due", callback.id, callback.slot_at.isoformat(), person.id))

    async def _locked(self, tx: Tx, callback: str) -> tuple[Conversation, Callback]:
        """The conversation's row first, as everywhere: whoever locks two takes them in the same order."""
        known = await tx.callbacks.get(callback)
        return await tx.conversations.lock(known.conversation), await tx.callbacks.lock(callback)

    async def _mine(self, tx: Tx, agent: Account, callback: str) -> tuple[Conversation, Callback]:
        conversation, known = await self._locked(tx, callback)
        if known.state is not CallbackState.TAKEN or known.taken_by != agent.id:
            raise IllegalMove("Take the call first: only the one who rings says how it went.")
        return conversation, known

    async def _on_the_phone(self, tx: Tx, agent: Account, to: Presence, now: datetime) -> None:
        await self._duty.speaks(tx, agent, now)
        here = await self._duty.presence(tx, agent.id, now)
        if to is Presence.ON_CALL or here.state is Presence.ON_CALL:
            await tx.presence.put(move_presence(here, to, now))

    def _next(self, now: datetime) -> tuple[datetime, datetime]:
        """The soonest time; one that is full already takes one more, rather than none at all."""
        return slots(self._duty.hours, now)[0]

    async def _tell(self, tx: Tx, conversation: Conversation, callback: Callback, key: str, now: datetime, **more: str) -> None:
        slot = await self.slot(tx, conversation, callback, now)
        text = self._duty.words.say(conversation.lang, key, ticket=callback.ticket, phone=self._duty.phone, when=slot.when,
                                    until=slot.until, **more)
        await tx.conversations.say(conversation.id, Author.SYSTEM, text, conversation.lang, now)
