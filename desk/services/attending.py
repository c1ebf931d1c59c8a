"""The desk's people: who is there, who fell away, and whose conversations go back into the queue because of it."""

from dataclasses import replace
from datetime import datetime

from desk.conversations import Author, Conversation, Speaker, move
from desk.errors import BadInput
from desk.handoffs import REPLY_WITHIN, Handoff, HandoffState, back_in_line
from desk.people import AT_THE_DESK, Account, Role
from desk.presence import CHOICES, HEARTBEAT, Attendance, Presence, aged, arrived, seen
from desk.presence import move as move_presence
from desk.services.duty import Duty
from desk.store import Store, Tx


class Attending:
    def __init__(self, store: Store, duty: Duty) -> None:
        self._store = store
        self._duty = duty

    async def choose(self, agent: Account, state: Presence, now: datetime) -> Attendance:
        """What the agent says of themselves."""
        if state not in CHOICES:
            raise BadInput(f"Nobody chooses `{state}`. Choose one of {', '.join(CHOICES)}.")
        async with self._store.begin() as tx:
            known = await tx.presence.lock(agent.id)
            here = aged(known, now) if known else arrived(agent.id, now)
            after = replace(move_presence(here, state, now, chosen=True), seen_at=now, active_at=now)
            await tx.presence.put(after)
        return after

    async def seen(self, agent: Account, now: datetime, *, active: bool) -> None:
        """The console shows a sign of life, or its person does something. A supervisor who looks on is not thereby on duty."""
        async with self._store.read() as tx:
            known = await tx.presence.of(agent.id)
        if known is None and agent.role is not Role.AGENT:
            return
        if not _worth_writing(known, now, active=active):
            return
        async with self._store.begin() as tx:
            known = await tx.presence.lock(agent.id)
            here = aged(known, now) if known else arrived(agent.id, now)
            if here.state is Presence.OFFLINE and agent.role is not Role.AGENT:
                return
            await tx.presence.put(seen(here, now, active=active))

    async def leave(self, agent: Account, now: datetime) -> None:
        """Signed out: away at once, and back with the next deed."""
        async with self._store.begin() as tx:
            known = await tx.presence.lock(agent.id)
            if known:
                await tx.presence.put(move_presence(aged(known, now), Presence.OFFLINE, now))

    async def of(self, tx: Tx, agent: Account, now: datetime) -> Attendance:
        return await self._duty.presence(tx, agent.id, now)

    async def people(self, tx: Tx, now: datetime) -> list[tuple[Account, Attendance | None]]:
        """Everybody of the desk with what they are doing now; None for somebody who never came."""
        known = {each.account: aged(each, now) for each in await tx.presence.all()}
        return [(each, known.get(each.id)) for each in await tx.people.all() if each.role in AT_THE_DESK]

    async def anybody(self, tx: Tx, now: datetime) -> bool:
        return await self._duty.attended(tx, now)

    async def age(self, now: datetime) -> None:
        """Write down who fell idle or away."""
        async with self._store.read() as tx:
            changed = [each.account for each in await tx.presence.all() if aged(each, now) != each]
        for account in changed:
            async with self._store.begin() as tx:
                known = await tx.presence.lock(account)
                if known:
                    await tx.presence.put(aged(known, now))

    async def take_back(self, now: datetime) -> list[str]:
        """Whoever lets a user wait, or is away, loses the conversation to the queue; the user is told. Returns the conversations."""
        async with self._store.read() as tx:
            left = [each.conversation for each in await tx.handoffs.taken() if await self._left_alone(tx, each, now)]
        for conversation in left:
            async with self._store.begin() as tx:
                before = await tx.conversations.lock(conversation)
                handoff = await tx.handoffs.current(conversation)
                if handoff and handoff.state is HandoffState.TAKEN and await self._left_alone(tx, handoff, now):
                    await self._back_into_the_queue(tx, before, handoff, now)
        return left

    async def _left_alone(self, tx: Tx, handoff: Handoff, now: datetime) -> bool:
        known = await tx.presence.of(handoff.taken_by) if handoff.taken_by else None
        if handoff.taken_by is None or (known and aged(known, now).state is Presence.OFFLINE):
            return True
        since = await tx.conversations.waits_since(handoff.conversation, handoff.claimed_at or handoff.created_at)
        return since is not None and now - since >= REPLY_WITHIN

    async def _back_into_the_queue(self, tx: Tx, before: Conversation, handoff: Handoff, now: datetime) -> None:
        waiting = back_in_line(handoff, now)
        await tx.handoffs.change(handoff, waiting)
        place = await self._duty.place(tx, waiting)
        promised = replace(waiting, expected_by=await self._duty.promise(tx, now, place - 1), told_place=place)
        await tx.handoffs.change(waiting, promised)
        conversation = await tx.conversations.change(before, move(before, Speaker.WAITING, now))
        await tx.tickets.unassign(await tx.tickets.get(handoff.ticket), now)
        text = self._duty.words.say(conversation.lang, "handoff.reassigned", **await self._duty.facts(tx, conversation, promised, now))
        await tx.conversations.say(conversation.id, Author.SYSTEM, text, conversation.lang, now)
        await tx.audit.add("house", "handoff.reassigned", subject=handoff.taken_by, now=now, ticket=handoff.ticket)


def _worth_writing(known: Attendance | None, now: datetime, *, active: bool) -> bool:
    if known is None:
        return active
    fresh = now - known.seen_at < HEARTBEAT and (not active or now - known.active_at < HEARTBEAT)
    return not fresh or seen(aged(known, now), now, active=active).state is not known.state
