"""Handing over: one speaker, one ticket, a time that is promised and kept."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from desk.conversations import MOVES, Author, Speaker, move
from desk.errors import AlreadyClaimed, IllegalMove
from desk.handoffs import HandoffState, Note, Reason
from desk.hours import Hours
from desk.people import Role
from desk.presence import Presence
from desk.services import Desk, open_desk
from desk.tickets import Status
from desk.words import words
from tests.desk.conftest import Clock, Someone, someone

NOTE = Note(text="walk her through the VPN article", say="", hold=frozenset())


@pytest.fixture(autouse=True)
async def somebody_there(desk: Desk, clock: Clock) -> Someone:
    someone_else = await someone(desk, clock, "present", Role.AGENT)
    await desk.attending.choose(someone_else.account, Presence.BUSY, clock())
    return someone_else


async def ask(desk: Desk, person: Someone, clock: Clock) -> str:
    return (await desk.handing.ask_for_person(person.conversation, clock())).text


async def speaker(desk: Desk, person: Someone) -> Speaker:
    async with desk.store.read() as tx:
        return (await tx.conversations.get(person.conversation.id)).speaker


async def test_asking_for_a_person_gives_a_ticket_a_place_and_a_time(desk: Desk, sara: Someone, clock: Clock) -> None:
    handed = await desk.handing.ask_for_person(sara.conversation, clock())
    assert handed.conversation.speaker is Speaker.WAITING and handed.place == 1
    assert handed.handoff.expected_by == clock() + timedelta(minutes=15)
    assert str(handed.handoff.ticket) in handed.text and "100" in handed.text


async def test_asking_again_joins_the_open_ticket_and_keeps_the_place(desk: Desk, sara: Someone, omid: Someone, clock: Clock) -> None:
    first = await desk.handing.ask_for_person(sara.conversation, clock())
    clock.pass_(minutes=1)
    await desk.handing.ask_for_person(omid.conversation, clock())
    await desk.handing.resume(sara.conversation, clock())
    assert await speaker(desk, sara) is Speaker.ASSISTANT
    again = await desk.handing.ask_for_person(sara.conversation, clock())
    assert (again.handoff.id, again.handoff.ticket, again.place) == (first.handoff.id, first.handoff.ticket, 1)
    assert await speaker(desk, sara) is Speaker.WAITING


async def test_of_fifty_agents_who_claim_at_once_one_wins(desk: Desk, sara: Someone, clock: Clock) -> None:
    agents = [await someone(desk, clock, f"agent{number}", Role.AGENT) for number in range(50)]
    await ask(desk, sara, clock)
    tried = await asyncio.gather(*(desk.handing.claim(agent.account, sara.conversation.id, clock()) for agent in agents),
                                 return_exceptions=True)
    assert sum(not isinstance(each, BaseException) for each in tried) == 1
    assert all(isinstance(each, AlreadyClaimed) for each in tried if isinstance(each, BaseException)), tried
    async with desk.store.read() as tx:
        conversation = await tx.conversations.get(sara.conversation.id)
    assert conversation.speaker is Speaker.HUMAN and conversation.person in {agent.account.id for agent in agents}


async def test_only_the_one_who_claimed_speaks(desk: Desk, sara: Someone, agent: Someone, clock: Clock) -> None:
    other = await someone(desk, clock, "agent2", Role.AGENT)
    await ask(desk, sara, clock)
    await desk.handing.claim(agent.account, sara.conversation.id, clock())
    with pytest.raises(IllegalMove):
        await desk.handing.reply(other.account, sara.conversation.id, "hello", clock())
    said = await desk.handing.reply(agent.account, sara.conversation.id, "hello", clock())
    assert said.author is Author.PERSON


async def test_resolving_ends_the_handoff_and_its_ticket(desk: Desk, sara: Someone, agent: Someone, clock: Clock) -> None:
    handed = await desk.handing.ask_for_person(sara.conversation, clock())
    await desk.handing.claim(agent.account, sara.conversation.id, clock())
    await desk.handing.resolve(agent.account, sara.conversation.id, clock())
    async with desk.store.read() as tx:
        assert await tx.handoffs.current(sara.conversation.id) is None
        assert (await tx.tickets.get(handed.handoff.ticket)).status is Status.RESOLVED
    assert await speaker(desk, sara) is Speaker.ASSISTANT


async def test_giving_back_keeps_the_note_and_lets_the_assistant_speak(desk: Desk, sara: Someone, agent: Someone, clock: Clock) -> None:
    handed = await desk.handing.ask_for_person(sara.conversation, clock())
    await desk.handing.claim(agent.account, sara.conversation.id, clock())
    await desk.handing.give_back(agent.account, sara.conversation.id, NOTE, clock())
    async with desk.store.read() as tx:
        notes = await tx.tickets.comments(handed.handoff.ticket, public_only=False)
        told = await tx.tickets.comments(handed.handoff.ticket, public_only=True)
    assert [note.text for note in notes] == ["walk her through the VPN article"] and not told
    assert await speaker(desk, sara) is Speaker.ASSISTANT


@pytest.mark.parametrize(("minutes", "told"), [(14, 0), (16, 1)])   # 15 minutes were promised
async def test_a_promise_that_is_not_kept_is_apologised_for_with_a_new_time(desk: Desk, sara: Someone, clock: Clock, minutes: int,
                                                                            told: int) -> None:
    handed = await desk.handing.ask_for_person(sara.conversation, clock())
    clock.pass_(minutes=minutes)
    assert len(await desk.handing.keep_promises(clock())) == told
    assert await desk.handing.keep_promises(clock()) == []
    async with desk.store.read() as tx:
        handoff = await tx.handoffs.current(sara.conversation.id)
    assert handoff is not None and handoff.state is HandoffState.WAITING
    assert (handoff.expected_by > handed.handoff.expected_by) is bool(told)


async def test_out_of_hours_the_user_is_told_so_and_when(desk: Desk, sara: Someone, clock: Clock) -> None:
    weekdays = open_desk(desk.store, words(), hours=Hours.parse("Mon-Fri 08:00-17:00"), phone="100", secret="of this test only")
    handed = await weekdays.handing.ask_for_person(sara.conversation, clock())   # a Sunday
    assert handed.handoff.expected_by.isoformat() == "2026-11-23T08:15:00+00:00"
    assert "Nobody is on duty" in handed.text and "Monday" in handed.text and "100" in handed.text


@pytest.mark.parametrize("start", list(Speaker))
@pytest.mark.parametrize("to", list(Speaker))
async def test_the_speaker_moves_as_the_table_says(sara: Someone, clock: Clock, start: Speaker, to: Speaker) -> None:
    before = replace(sara.conversation, speaker=start)
    if to in MOVES[start]:
        after = move(before, to, clock(), person="someone")
        assert (after.speaker, after.epoch) == (to, before.epoch + 1)
    else:
        with pytest.raises(IllegalMove):
            move(before, to, clock())


async def test_the_card_says_what_was_said_and_tried(desk: Desk, sara: Someone, clock: Clock) -> None:
    async with desk.store.begin() as tx:
        await tx.conversations.say(sara.conversation.id, Author.USER, "vpn drops all day", "en", clock())
        await tx.conversations.say(sara.conversation.id, Author.ASSISTANT, "try this", "en", clock(),
                                   actions=[{"tool": "search_knowledge", "outcome": "done", "summary": "Looking"}],
                                   citations=[{"n": 1, "title": "VPN", "url": "/knowledge/x", "snippet": ""}])
        await tx.conversations.say(sara.conversation.id, Author.USER, "still drops", "en", clock())
        conversation = await tx.conversations.get(sara.conversation.id)
        handed = await desk.handing.hand_off(tx, conversation, Reason.LOOP, clock())
    card = handed.handoff.card
    assert card["summary"] == "vpn drops all day … still drops" and card["sources"] == ["VPN"]
    assert card["tried"][0]["tool"] == "search_knowledge" and card["verified"] is False and card["lang"] == "en"
