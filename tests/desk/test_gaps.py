"""Gaps: how they ended, that they name nobody, and that they go with whose they are."""

from datetime import timedelta

import pytest

from desk.drafts import CANDIDATE, LONGEST_TITLE, titled
from desk.gaps import LEFT_AFTER, Ending, ending
from desk.handoffs import Reason
from desk.people import LANGS
from desk.retention import Terms
from desk.services import Desk
from desk.services.ageing import Ageing
from tests.desk.conftest import SUNDAY_NOON, Clock, Someone

QUESTION = "May I bring my dog to floor 3?"


async def ask(desk: Desk, clock: Clock, person: Someone, text: str = QUESTION, *, turn: str = "turn", asked_back: bool = False) -> None:
    async with desk.store.begin() as tx:
        await tx.gaps.record(turn=turn, conversation=person.conversation.id, owner=person.account, text=text, lang="en",
                             asked_back=asked_back, embedder="", vector=None, now=clock())


async def texts(desk: Desk, clock: Clock) -> list[tuple[str, Ending]]:
    async with desk.store.read() as tx:
        return [(gap.text, gap.ending) for gap in await tx.gaps.all(clock())]


@pytest.mark.parametrize(("handed_off", "ticket", "silent", "found"), [
    (True, True, timedelta(0), Ending.PERSON),         # a handoff has a ticket of its own
    (False, True, timedelta(0), Ending.TICKET),
    (False, False, LEFT_AFTER, Ending.TALKING),
    (False, False, LEFT_AFTER + timedelta(seconds=1), Ending.LEFT),
])
def test_how_it_ended(handed_off: bool, ticket: bool, silent: timedelta, found: Ending) -> None:
    assert ending(handed_off=handed_off, ticket=ticket, last_word=SUNDAY_NOON - silent, now=SUNDAY_NOON) is found


async def test_the_conversation_tells_how_it_ended(desk: Desk, clock: Clock, sara: Someone) -> None:
    await ask(desk, clock, sara)
    assert await texts(desk, clock) == [(QUESTION, Ending.TALKING)]
    clock.pass_(hours=2)
    assert await texts(desk, clock) == [(QUESTION, Ending.LEFT)]
    async with desk.store.begin() as tx:
        await desk.ticketing.open(tx, requester=sara.account.id, title="x", description="y", lang="en", conversation=sara.conversation.id,
                                  now=clock())
    assert await texts(desk, clock) == [(QUESTION, Ending.TICKET)]
    async with desk.store.begin() as tx:
        await desk.handing.hand_off(tx, await tx.conversations.get(sara.conversation.id), Reason.ASKED, clock())
    assert await texts(desk, clock) == [(QUESTION, Ending.PERSON)]


async def test_nobody_is_named(desk: Desk, clock: Clock, sara: Someone) -> None:
    await ask(desk, clock, sara, f"Write to {sara.account.email.upper()} about the dog")
    assert await texts(desk, clock) == [("Write to — about the dog", Ending.TALKING)]


async def test_what_was_asked_back_about_and_then_answered_is_no_gap(desk: Desk, clock: Clock, sara: Someone) -> None:
    await ask(desk, clock, sara, "the thing is broken", turn="1", asked_back=True)
    await ask(desk, clock, sara, QUESTION, turn="2")
    async with desk.store.begin() as tx:
        await tx.gaps.closed(sara.conversation.id)
    assert [text for text, _ in await texts(desk, clock)] == [QUESTION]


async def test_a_gap_ages_with_its_conversation(desk: Desk, clock: Clock, sara: Someone) -> None:
    await ask(desk, clock, sara)
    ageing = Ageing(desk.store, Terms(conversations=100))
    clock.pass_(days=100)
    await ageing.let_go(clock())
    assert await texts(desk, clock) != []
    clock.pass_(hours=1)
    await ageing.let_go(clock())
    assert await texts(desk, clock) == []


async def test_an_erasure_takes_the_question_out_of_the_draft_about_it(desk: Desk, clock: Clock, sara: Someone, omid: Someone) -> None:
    long = QUESTION + " He is small." * 20
    await ask(desk, clock, sara, long, turn="1")
    await ask(desk, clock, omid, "Are dogs allowed?", turn="2")
    async with desk.store.begin() as tx:
        await tx.gaps.set([gap.id for gap in await tx.gaps.all(clock())], (await tx.gaps.all(clock()))[0].state, "desk-1")
        for lang in LANGS:
            await tx.shelf.put({"id": f"desk-1.{lang}", "source": "desk", "path": f"desk-1/{lang}.md", "topic": "desk-1", "lang": lang,
                                "title": titled(long), "audience": "everyone", "owner": "desk", "reviewed": "2026-11-22", "tier": CANDIDATE,
                                "text": f"Somebody asked: {long} Are dogs allowed? No.", "hash": "h"}, [])
    assert len(titled(long)) <= LONGEST_TITLE
    await desk.rights.erase(sara.account.name, clock())
    async with desk.store.read() as tx:
        assert {(each["title"], each["text"]) for each in await tx.shelf.documents()} == {
            ("—", "Somebody asked: — Are dogs allowed? No.")}
    assert [text for text, _ in await texts(desk, clock)] == ["Are dogs allowed?"]
