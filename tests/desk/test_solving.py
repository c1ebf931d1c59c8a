"""After "resolved": only the user's word confirms it, and a no finds an owner at once."""

from datetime import timedelta

import pytest

from desk.conversations import Speaker
from desk.errors import IllegalMove
from desk.handoffs import ASSUME_AFTER, Handoff, HandoffState
from desk.people import Role
from desk.presence import Presence
from desk.services import Desk
from desk.tickets import Status
from tests.desk.conftest import Clock, Someone, someone


async def resolved(desk: Desk, person: Someone, agent: Someone, clock: Clock) -> Handoff:
    handed = await desk.handing.ask_for_person(person.conversation, clock())
    await desk.handing.claim(agent.account, person.conversation.id, clock())
    await desk.handing.resolve(agent.account, person.conversation.id, clock())
    return handed.handoff


async def stands(desk: Desk, person: Someone) -> tuple[HandoffState, Status, Speaker]:
    async with desk.store.read() as tx:
        handoff = await tx.handoffs.latest(person.conversation.id)
        assert handoff is not None
        return (handoff.state, (await tx.tickets.get(handoff.ticket)).status, (await tx.conversations.get(person.conversation.id)).speaker)


async def test_yes_closes_the_ticket_and_there_is_nothing_left_to_answer(desk: Desk, sara: Someone, agent: Someone, clock: Clock) -> None:
    await resolved(desk, sara, agent, clock)
    await desk.solving.hear(sara.conversation, True, clock())
    assert await stands(desk, sara) == (HandoffState.CONFIRMED, Status.CLOSED, Speaker.ASSISTANT)
    with pytest.raises(IllegalMove):
        await desk.solving.hear(sara.conversation, False, clock())


@pytest.mark.parametrize(("agent_is", "goes_to"), [
    (Presence.ONLINE, "the same"), (Presence.BUSY, "the same"), (Presence.BREAK, "queue"), (Presence.OFFLINE, "queue")])
async def test_no_goes_to_the_same_person_if_they_are_there_else_to_the_front(
        desk: Desk, sara: Someone, omid: Someone, agent: Someone, clock: Clock, agent_is: Presence, goes_to: str) -> None:
    waiting_longer = await desk.handing.ask_for_person(omid.conversation, clock())
    clock.pass_(minutes=1)
    handoff = await resolved(desk, sara, agent, clock)
    await desk.attending.choose(agent.account, agent_is, clock())
    text = await desk.solving.hear(sara.conversation, False, clock())
    async with desk.store.read() as tx:
        now = await tx.handoffs.current(sara.conversation.id)
        ticket = await tx.tickets.get(handoff.ticket)
        queue = [each.id for each in await tx.handoffs.waiting()]
    assert now is not None and now.id == handoff.id and ticket.status is Status.OPEN
    if goes_to == "the same":
        assert (now.taken_by, ticket.assignee) == (agent.account.id, agent.account.id) and "Agent" in text
        assert await stands(desk, sara) == (HandoffState.TAKEN, Status.OPEN, Speaker.HUMAN)
    else:
        assert queue == [handoff.id, waiting_longer.handoff.id] and ticket.assignee is None and now.expected_by > clock()
        assert await stands(desk, sara) == (HandoffState.WAITING, Status.OPEN, Speaker.WAITING)


async def test_asking_for_a_person_is_a_no_and_opens_no_second_ticket(desk: Desk, sara: Someone, agent: Someone, clock: Clock) -> None:
    handoff = await resolved(desk, sara, agent, clock)
    again = await desk.handing.ask_for_person(sara.conversation, clock())
    assert (again.handoff.id, again.handoff.ticket) == (handoff.id, handoff.ticket)


@pytest.mark.parametrize(("silence", "closed"), [(ASSUME_AFTER - timedelta(minutes=1), False), (ASSUME_AFTER, True)])
async def test_silence_is_no_confirmation_but_closes_after_days(desk: Desk, sara: Someone, agent: Someone, clock: Clock, silence: timedelta,
                                                                closed: bool) -> None:
    await resolved(desk, sara, agent, clock)
    clock.now += silence
    assert await desk.solving.assume(clock()) == ([sara.conversation.id] if closed else [])
    expected = (HandoffState.ASSUMED, Status.CLOSED) if closed else (HandoffState.RESOLVED, Status.RESOLVED)
    assert (await stands(desk, sara))[:2] == expected
    assert await desk.solving.assume(clock()) == []


async def test_a_full_agent_gets_nothing_back(desk: Desk, sara: Someone, agent: Someone, clock: Clock) -> None:
    await resolved(desk, sara, agent, clock)
    for n in range(3):
        other = await someone(desk, clock, f"other{n}", Role.USER)
        await desk.handing.ask_for_person(other.conversation, clock())
        await desk.handing.claim(agent.account, other.conversation.id, clock())
    await desk.solving.hear(sara.conversation, False, clock())
    assert (await stands(desk, sara))[0] is HandoffState.WAITING


async def test_a_ticket_that_is_cancelled_leaves_nothing_to_confirm(desk: Desk, sara: Someone, agent: Someone, clock: Clock) -> None:
    handoff = await resolved(desk, sara, agent, clock)
    async with desk.store.begin() as tx:
        ticket = await desk.ticketing.change(tx, await tx.tickets.get(handoff.ticket), sara.account, clock(), to=Status.OPEN)
        await desk.ticketing.change(tx, ticket, sara.account, clock(), to=Status.CANCELLED)
    with pytest.raises(IllegalMove):
        await desk.solving.hear(sara.conversation, False, clock())
