"""Cards beside the chat: only their person's button moves them, once, and what runs is what was shown."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from desk.cards import LASTS, MOVES, OPEN_AT_ONCE, Card, CardKind, CardState, seal
from desk.errors import AnotherCard, CardOver, FormIncomplete, IllegalMove, NotFound, TooManyCards
from desk.services import Desk
from desk.store.tables import cards
from tests.desk.conftest import Clock, Someone

LAPTOP = {"item": "laptop", "replaces": "no", "reason": "the old one is slow"}


async def opened(desk: Desk, who: Someone, clock: Clock, kind: CardKind = CardKind.CONFIRMATION, number: int = 1001) -> Card:
    form: dict[str, Any] = {"entry": "equipment", "fields": {}}
    tool, args = ("request_service", form) if kind is CardKind.FORM else ("cancel_ticket", {"number": number})
    async with desk.store.begin() as tx:
        return await desk.carding.open(tx, who.conversation, kind, tool, args, key=f"{who.account.id}{kind}{number}", now=clock())


@pytest.mark.parametrize(("do", "state", "turns"), [(True, CardState.SUBMITTED, 1), (False, CardState.CANCELLED, 0)])
async def test_the_button_moves_a_card_once(desk: Desk, sara: Someone, clock: Clock, do: bool, state: CardState, turns: int) -> None:
    card = await opened(desk, sara, clock)
    answered = await desk.carding.decide(sara.caller, card.id, do=do, shown=card.seal, now=clock())
    assert answered.card.state is state and answered.card.args == card.args and answered.card.sealed
    for again in (True, False):
        with pytest.raises(CardOver):
            await desk.carding.decide(sara.caller, card.id, do=again, shown=card.seal, now=clock())
    async with desk.store.read() as tx:
        assert [turn.kind for turn in await tx.turns.of_conversation(sara.conversation.id)] == ["card"] * turns


async def test_of_many_presses_at_once_one_is_carried_out(desk: Desk, sara: Someone, clock: Clock) -> None:
    card = await opened(desk, sara, clock)
    presses = (desk.carding.decide(sara.caller, card.id, do=True, shown=card.seal, now=clock()) for _ in range(20))
    ended = await asyncio.gather(*presses, return_exceptions=True)
    assert sum(not isinstance(each, CardOver) for each in ended) == 1
    async with desk.store.read() as tx:
        assert len(await tx.turns.of_conversation(sara.conversation.id)) == 1


@pytest.mark.parametrize("kind", list(CardKind))
async def test_another_s_card_is_not_there(desk: Desk, sara: Someone, omid: Someone, clock: Clock, kind: CardKind) -> None:
    card = await opened(desk, sara, clock, kind)
    act = {CardKind.CONFIRMATION: lambda who: desk.carding.decide(who.caller, card.id, do=True, shown=card.seal, now=clock()),
           CardKind.FORM: lambda who: desk.carding.submit(who.caller, card.id, LAPTOP, clock())}[kind]
    with pytest.raises(NotFound):
        await act(omid)
    assert (await act(sara)).turn is not None


async def test_a_form_is_no_confirmation_nor_the_other_way_round(desk: Desk, sara: Someone, clock: Clock) -> None:
    form, question = await opened(desk, sara, clock, CardKind.FORM), await opened(desk, sara, clock)
    with pytest.raises(NotFound):
        await desk.carding.decide(sara.caller, form.id, do=True, shown=form.seal, now=clock())
    with pytest.raises(NotFound):
        await desk.carding.submit(sara.caller, question.id, LAPTOP, clock())


@pytest.mark.parametrize("altered", [{"args": {"number": 1002}}, {"tool": "escalate"}, {"seal": "0" * 64}])
async def test_what_was_altered_after_it_was_shown_is_not_carried_out(desk: Desk, sara: Someone, clock: Clock,
                                                                     altered: dict[str, Any]) -> None:
    card = await opened(desk, sara, clock)
    async with desk.store.begin() as tx:
        await tx.cards._sql.execute(update(cards).where(cards.c.id == card.id).values(**altered))
    with pytest.raises(AnotherCard):
        await desk.carding.decide(sara.caller, card.id, do=True, shown=card.seal, now=clock())
    async with desk.store.read() as tx:
        assert await tx.turns.of_conversation(sara.conversation.id) == []


async def test_another_digest_than_the_card_s_approves_nothing(desk: Desk, sara: Someone, clock: Clock) -> None:
    card, other = await opened(desk, sara, clock), await opened(desk, sara, clock, number=1002)
    with pytest.raises(AnotherCard):
        await desk.carding.decide(sara.caller, card.id, do=True, shown=other.seal, now=clock())
    assert (await desk.carding.decide(sara.caller, card.id, do=True, shown=card.seal, now=clock())).turn


async def test_a_turn_carries_out_only_the_card_that_made_it(desk: Desk, sara: Someone, omid: Someone, clock: Clock) -> None:
    card = await opened(desk, sara, clock)
    turn = (await desk.carding.decide(sara.caller, card.id, do=True, shown=card.seal, now=clock())).turn
    assert turn is not None
    async with desk.store.begin() as tx:
        assert await desk.carding.approved(tx, turn) is not None
        assert await desk.carding.approved(tx, replace(turn, kind="message")) is None
        assert await desk.carding.approved(tx, replace(turn, account=omid.account.id)) is None
        assert await desk.carding.approved(tx, replace(turn, conversation=omid.conversation.id)) is None
        await tx.cards._sql.execute(update(cards).where(cards.c.id == card.id).values(args={"number": 1002}))
        assert await desk.carding.approved(tx, turn) is None


@pytest.mark.parametrize(("late", "over"), [(-1, False), (0, True), (1, True)])
async def test_a_card_expires(desk: Desk, sara: Someone, clock: Clock, late: int, over: bool) -> None:
    card = await opened(desk, sara, clock)
    now = clock() + LASTS[CardKind.CONFIRMATION] + timedelta(seconds=late)
    assert (await desk.carding.expire(now) == [sara.conversation.id]) is over
    if over:
        with pytest.raises(CardOver):
            await desk.carding.decide(sara.caller, card.id, do=True, shown=card.seal, now=now)
    else:
        assert (await desk.carding.decide(sara.caller, card.id, do=True, shown=card.seal, now=now)).turn


async def test_the_same_question_is_the_card_that_is_open(desk: Desk, sara: Someone, clock: Clock) -> None:
    first = await opened(desk, sara, clock)
    async with desk.store.begin() as tx:
        again = await desk.carding.open(tx, sara.conversation, CardKind.CONFIRMATION, "cancel_ticket", {"number": 1001}, key="other",
                                        now=clock())
    assert again == first
    for number in range(1002, 1001 + OPEN_AT_ONCE):
        await opened(desk, sara, clock, number=number)
    with pytest.raises(TooManyCards):
        await opened(desk, sara, clock, number=2000)


@pytest.mark.parametrize(("fields", "wrong"), [
    (LAPTOP, {}),
    (LAPTOP | {"needed_by": "2026-12-01"}, {}),
    ({}, {"item": "missing", "replaces": "missing", "reason": "missing"}),
    (LAPTOP | {"item": "unicorn"}, {"item": "not_offered"}),
    (LAPTOP | {"replaces": "perhaps"}, {"replaces": "not_offered"}),
    (LAPTOP | {"needed_by": "soon"}, {"needed_by": "no_date"}),
    (LAPTOP | {"needed_by": "2026-11-21"}, {"needed_by": "past"}),
    (LAPTOP | {"reason": "x" * 4001}, {"reason": "too_long"}),
    (LAPTOP | {"deliver_to": "somebody else"}, {"deliver_to": "unknown"}),     # the directory says it, the form never asks
])
async def test_a_form_says_what_is_wrong_by_field(desk: Desk, sara: Someone, clock: Clock, fields: dict[str, str],
                                                  wrong: dict[str, str]) -> None:
    card = await opened(desk, sara, clock, CardKind.FORM)
    if not wrong:
        sent = (await desk.carding.submit(sara.caller, card.id, fields, clock())).card
        assert sent.args == {"entry": "equipment", "fields": fields} and sent.sealed
        return
    with pytest.raises(FormIncomplete) as caught:
        await desk.carding.submit(sara.caller, card.id, fields, clock())
    assert {each["pointer"].rpartition("/")[2]: each["reason"] for each in caught.value.facts["errors"]} == wrong  # type: ignore[attr-defined]
    async with desk.store.read() as tx:
        assert (await tx.cards.get(card.id)).state is CardState.OPEN


@given(steps=st.lists(st.tuples(st.sampled_from(["do", "leave", "expire", "wait", "alter"]), st.integers(0, 40)), max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_in_any_order_of_events_a_card_moves_once_and_legally(steps: list[tuple[str, int]]) -> None:
    """The state machine alone: whatever comes, at most one move, never out of an end, never with altered arguments."""
    now = Clock()
    args: dict[str, Any] = {"number": 1001}
    card = Card(id="c", conversation="v", account="a", kind=CardKind.CONFIRMATION, tool="cancel_ticket", args=args,
                seal=seal("c", "a", "v", "cancel_ticket", args), state=CardState.OPEN, created_at=now(),
                expires_at=now() + LASTS[CardKind.CONFIRMATION])
    moved = []
    for step, minutes in steps:
        now.pass_(minutes=minutes if step == "wait" else 0)
        if step == "alter":
            card = replace(card, args={"number": 1000 + minutes})
        wanted = {"do": CardState.SUBMITTED, "leave": CardState.CANCELLED, "expire": CardState.EXPIRED}.get(step)
        legal = wanted is not None and wanted in MOVES[card.state]
        if wanted and legal and (card.alive(now()) if wanted is not CardState.EXPIRED else not card.alive(now())) and (
                card.sealed or wanted is not CardState.SUBMITTED):
            card = replace(card, state=wanted)
            moved.append(wanted)
    assert len(moved) <= 1
    assert card.state is (moved[0] if moved else CardState.OPEN)
    assert card.standing(now()) is not CardState.OPEN or now() < card.expires_at
    assert CardState.SUBMITTED not in moved or card.args == args or not card.sealed


async def test_the_store_walks_the_table_of_moves_and_no_other(desk: Desk, sara: Someone, clock: Clock) -> None:
    number = 3000
    for before, after in [(before, after) for before in CardState for after in CardState]:
        number += 1
        async with desk.store.begin() as tx:
            card = await tx.cards.open(conversation=sara.conversation.id, account=sara.account.id, kind=CardKind.CONFIRMATION, tool="t",
                                       args={"number": number}, key=str(number), now=clock())
            await tx.cards._sql.execute(update(cards).where(cards.c.id == card.id).values(state=before))
            card = await tx.cards.get(card.id)
            if after in MOVES[before]:
                assert (await tx.cards.move(card, after)).state is after
            else:
                with pytest.raises(IllegalMove):
                    await tx.cards.move(card, after)
