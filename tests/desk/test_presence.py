"""Who is at the desk, and what follows from it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from desk.conversations import Author, Speaker
from desk.errors import BadInput, ChatsFull, IllegalMove, LeaseLost
from desk.handoffs import CHATS, REPLY_WITHIN, HandoffState, Reason
from desk.hours import Hours
from desk.people import Role
from desk.presence import GONE_AFTER, IDLE_AFTER, MOVES, Presence, aged, arrived, move, seen, speaks
from desk.services import Desk, open_desk
from desk.tickets import Kind, Level
from desk.words import words
from tests.desk.conftest import SUNDAY_NOON, Clock, Someone, someone


@pytest.mark.parametrize("start", list(Presence))
@pytest.mark.parametrize("to", list(Presence))
def test_presence_moves_as_the_table_says(start: Presence, to: Presence) -> None:
    here = replace(arrived("someone", SUNDAY_NOON), state=start)
    if to in MOVES[start] or to is start:
        assert move(here, to, SUNDAY_NOON).state is to
    else:
        with pytest.raises(IllegalMove):
            move(here, to, SUNDAY_NOON)


@pytest.mark.parametrize(("state", "silent", "inactive", "becomes"), [
    (Presence.ONLINE, timedelta(0), timedelta(0), Presence.ONLINE),
    (Presence.ONLINE, timedelta(0), IDLE_AFTER, Presence.IDLE),
    (Presence.BUSY, timedelta(0), IDLE_AFTER, Presence.IDLE),
    (Presence.ON_CALL, timedelta(0), IDLE_AFTER, Presence.ON_CALL),     # hands are on the telephone
    (Presence.BREAK, timedelta(0), IDLE_AFTER, Presence.BREAK),
    (Presence.ONLINE, GONE_AFTER, GONE_AFTER, Presence.OFFLINE),
    (Presence.ON_CALL, GONE_AFTER, GONE_AFTER, Presence.OFFLINE),
    (Presence.IDLE, GONE_AFTER, IDLE_AFTER, Presence.OFFLINE),
])
def test_time_alone_makes_people_idle_and_then_gone(state: Presence, silent: timedelta, inactive: timedelta, becomes: Presence) -> None:
    here = replace(arrived("someone", SUNDAY_NOON), state=state, seen_at=SUNDAY_NOON - silent, active_at=SUNDAY_NOON - inactive)
    assert aged(here, SUNDAY_NOON).state is becomes
    assert aged(aged(here, SUNDAY_NOON), SUNDAY_NOON) == aged(here, SUNDAY_NOON)


@pytest.mark.parametrize(("chosen", "back"), [(True, Presence.OFFLINE), (False, Presence.ONLINE)])
def test_an_open_page_brings_back_who_fell_away_but_not_who_chose_to_leave(chosen: bool, back: Presence) -> None:
    away = replace(arrived("someone", SUNDAY_NOON), chosen=chosen)
    assert seen(away, SUNDAY_NOON, active=True).state is back
    assert speaks(away, SUNDAY_NOON).state is Presence.ONLINE          # whoever answers people is there


async def test_a_supervisor_who_looks_on_is_not_on_duty_and_an_agent_is(desk: Desk, agent: Someone, clock: Clock) -> None:
    supervisor = await someone(desk, clock, "supervisor", Role.SUPERVISOR)
    await desk.attending.seen(supervisor.account, clock(), active=True)
    async with desk.store.read() as tx:
        assert not await desk.attending.anybody(tx, clock())
    await desk.attending.seen(agent.account, clock(), active=True)
    async with desk.store.read() as tx:
        assert await desk.attending.anybody(tx, clock())
    with pytest.raises(BadInput):
        await desk.attending.choose(agent.account, Presence.IDLE, clock())


@pytest.mark.parametrize(("state", "on_duty"), [
    (Presence.ONLINE, True), (Presence.BUSY, True), (Presence.ON_CALL, True), (Presence.BREAK, False), (Presence.OFFLINE, False)])
@pytest.mark.parametrize("hours", ["Sun 08:00-17:00", "Mon-Fri 08:00-17:00"])     # it is a Sunday
async def test_on_duty_is_working_hours_and_somebody_there(desk: Desk, sara: Someone, agent: Someone, clock: Clock, state: Presence,
                                                           on_duty: bool, hours: str) -> None:
    there = open_desk(desk.store, words(), hours=Hours.parse(hours), phone="100", secret="of this test only")
    await there.attending.choose(agent.account, state, clock())
    handed = await there.handing.ask_for_person(sara.conversation, clock())
    works = hours.startswith("Sun") and on_duty
    assert ("Nobody is on duty" not in handed.text) is works
    if hours.startswith("Sun"):
        assert handed.handoff.expected_by - clock() == timedelta(minutes=15 if on_duty else 60)


async def test_the_queue_goes_by_facts_and_then_by_waiting(desk: Desk, clock: Clock) -> None:
    """Security, then P1, then who came back unsolved, then the longest waiting; feeling alone moves nobody."""
    people = {name: await someone(desk, clock, name) for name in ("first", "upset", "p1", "security")}
    for name, person in people.items():
        clock.pass_(minutes=1)
        facts = {"p1": {"impact": Level.HIGH, "urgency": Level.HIGH}, "security": {"kind": Kind.SECURITY}}.get(name)
        async with desk.store.begin() as tx:
            if facts:
                await desk.ticketing.open(tx, requester=person.account.id, title="all is down", description="", lang="en", now=clock(),
                                          conversation=person.conversation.id, **facts)
            await desk.handing.hand_off(tx, person.conversation, Reason.UPSET if name == "upset" else Reason.ASKED, clock())
    async with desk.store.read() as tx:
        queue, lanes = await tx.handoffs.waiting(), await tx.handoffs.lanes()
    names = {person.conversation.id: name for name, person in people.items()}
    assert [names[each.conversation] for each in queue] == ["security", "p1", "first", "upset"]
    assert [lanes.get(each.id) for each in queue] == ["security", "p1", None, None]


async def test_next_in_line_takes_them_in_order_up_to_the_cap(desk: Desk, agent: Someone, clock: Clock) -> None:
    people = [await someone(desk, clock, f"user{n}") for n in range(CHATS + 1)]
    for person in people:
        clock.pass_(minutes=1)
        await desk.handing.ask_for_person(person.conversation, clock())
    taken = [(await desk.handing.next_in_line(agent.account, clock())).conversation for _ in range(CHATS)]
    assert taken == [person.conversation.id for person in people[:CHATS]]
    with pytest.raises(ChatsFull):
        await desk.handing.next_in_line(agent.account, clock())
    await desk.handing.resolve(agent.account, taken[0], clock())
    assert (await desk.handing.next_in_line(agent.account, clock())).conversation == people[CHATS].conversation.id
    await desk.handing.resolve(agent.account, taken[1], clock())
    with pytest.raises(IllegalMove):
        await desk.handing.next_in_line(agent.account, clock())


@pytest.mark.parametrize("idle", ["silent", "answered", "offline"])
async def test_an_idle_agent_loses_the_conversation_to_its_old_place(desk: Desk, sara: Someone, omid: Someone, agent: Someone, clock: Clock,
                                                                     idle: str) -> None:
    first = await desk.handing.ask_for_person(sara.conversation, clock())
    clock.pass_(minutes=1)
    await desk.handing.ask_for_person(omid.conversation, clock())
    await desk.handing.claim(agent.account, sara.conversation.id, clock())
    async with desk.store.read() as tx:
        claimed = await tx.conversations.get(sara.conversation.id)
    if idle != "silent":
        await desk.handing.reply(agent.account, sara.conversation.id, "I am reading", clock())
    if idle == "offline":
        await desk.attending.choose(agent.account, Presence.OFFLINE, clock())
    else:
        clock.pass_(seconds=REPLY_WITHIN.total_seconds() - 1)
        await desk.attending.seen(agent.account, clock(), active=False)
        assert await desk.attending.take_back(clock()) == []
        clock.pass_(seconds=1)
    lost = idle != "answered"             # who has answered keeps it: it is the user's turn
    assert await desk.attending.take_back(clock()) == ([sara.conversation.id] if lost else [])
    async with desk.store.read() as tx:
        now = await tx.conversations.get(sara.conversation.id)
        handoff = await tx.handoffs.current(sara.conversation.id)
        place = await desk.handing.place(tx, handoff) if handoff else None
        said = (await tx.conversations.messages(sara.conversation.id))[-1]
        ticket = await tx.tickets.get(first.handoff.ticket)
    assert handoff is not None and handoff.id == first.handoff.id
    if not lost:
        assert now.speaker is Speaker.HUMAN
        return
    assert (now.speaker, handoff.state, handoff.taken_by, place, ticket.assignee) == (Speaker.WAITING, HandoffState.WAITING, None, 1, None)
    assert handoff.expected_by > clock() and "keeps its old place" in said.text and said.author is Author.SYSTEM
    with pytest.raises(LeaseLost):
        await desk.handing.reply(agent.account, sara.conversation.id, "sorry, late", clock(), epoch=claimed.epoch)


async def test_a_user_who_writes_waits_anew_from_then_on(desk: Desk, sara: Someone, agent: Someone, clock: Clock) -> None:
    await desk.handing.ask_for_person(sara.conversation, clock())
    await desk.handing.claim(agent.account, sara.conversation.id, clock())
    await desk.handing.reply(agent.account, sara.conversation.id, "which printer?", clock())
    clock.pass_(hours=2)
    async with desk.store.begin() as tx:
        await tx.conversations.say(sara.conversation.id, Author.USER, "the one on floor 2", "en", clock())
    await desk.attending.seen(agent.account, clock(), active=True)
    assert await desk.attending.take_back(clock()) == []
    clock.pass_(seconds=REPLY_WITHIN.total_seconds())
    await desk.attending.seen(agent.account, clock(), active=False)
    assert await desk.attending.take_back(clock()) == [sara.conversation.id]


async def test_those_who_wait_hear_when_their_place_changes(desk: Desk, sara: Someone, omid: Someone, agent: Someone, clock: Clock) -> None:
    await desk.handing.ask_for_person(sara.conversation, clock())
    clock.pass_(minutes=1)
    await desk.handing.ask_for_person(omid.conversation, clock())
    assert await desk.handing.tell_places(clock()) == []
    await desk.handing.claim(agent.account, sara.conversation.id, clock())
    assert await desk.handing.tell_places(clock()) == [omid.conversation.id]
    assert await desk.handing.tell_places(clock()) == []
    async with desk.store.read() as tx:
        said = (await tx.conversations.messages(omid.conversation.id))[-1]
        events = await tx.conversations.events(omid.conversation.id, 0)
    assert "You are next" in said.text
    assert [event.data["place"] for event in events if event.kind == "place"] == [1]
