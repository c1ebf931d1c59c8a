"""Call-backs: a promise with a number and a time, kept, or apologised for and promised anew."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from desk.callbacks import (
    CALL_LASTS,
    MOST_TRIES,
    MOVES,
    OFFERED,
    PER_SLOT,
    BadPhone,
    Callback,
    CallbackState,
    SlotGone,
    move,
    phone_of,
    slots,
)
from desk.conversations import Author, Speaker
from desk.errors import AlreadyClaimed, IllegalMove, NotFound
from desk.handoffs import HandoffState
from desk.hours import Hours
from desk.people import Role
from desk.presence import Presence
from desk.services import Desk
from tests.desk.conftest import SUNDAY_NOON, Clock, Someone, someone

NUMBER = "+15550100234"
HOURS = Hours.parse("Sun-Thu 08:00-17:00", "Asia/Riyadh")          # 05:00 to 14:00 in UTC
ONE_O_CLOCK = SUNDAY_NOON + timedelta(hours=1)


async def asked(desk: Desk, person: Someone, clock: Clock, slot: datetime = ONE_O_CLOCK) -> Callback:
    return await desk.calling.ask(person.conversation, NUMBER, slot, clock())


async def last(desk: Desk, person: Someone) -> str:
    async with desk.store.read() as tx:
        return (await tx.conversations.messages(person.conversation.id))[-1].text


@pytest.mark.parametrize(("written", "number"), [
    ("+1 555 010 0234", NUMBER), ("+1 (555) 010-0234", NUMBER),
    ("۰۲۱ ۵۵۵ ۱۲۳۴", "0215551234"), ("٠١١٥٥٥١٢٣٤", "0115551234"), ("4711", None),
    ("", None), ("call me", None), ("+1555abc0234", None), ("1" * 16, None), ("+" * 5, None)])
def test_a_number_is_read_in_any_digits_and_anything_else_is_none(written: str, number: str | None) -> None:
    if number:
        assert phone_of(written) == number
    else:
        with pytest.raises(BadPhone):
            phone_of(written)


@pytest.mark.parametrize("start", list(CallbackState))
@pytest.mark.parametrize("to", list(CallbackState))
def test_a_call_moves_as_the_table_says_and_its_number_ends_with_it(start: CallbackState, to: CallbackState) -> None:
    call = Callback(id="1", conversation="c", ticket=1, phone="sealed", state=start, slot_at=SUNDAY_NOON, due_at=ONE_O_CLOCK,
                    asked_at=SUNDAY_NOON)
    if to in MOVES[start]:
        assert bool(move(call, to).phone) is bool(MOVES[to])
    else:
        with pytest.raises(IllegalMove):
            move(call, to)


@pytest.mark.parametrize(("now", "first"), [
    (datetime(2026, 11, 22, 6, 40, tzinfo=UTC), datetime(2026, 11, 22, 7, 0, tzinfo=UTC)),      # 20 minutes ahead are enough
    (datetime(2026, 11, 22, 6, 50, tzinfo=UTC), datetime(2026, 11, 22, 8, 0, tzinfo=UTC)),      # 10 are not
    (datetime(2026, 11, 26, 13, 30, tzinfo=UTC), datetime(2026, 11, 29, 5, 0, tzinfo=UTC)),     # Thursday's last slot has begun: Sunday
])
def test_slots_lie_in_working_hours_and_ahead(now: datetime, first: datetime) -> None:
    offered = slots(HOURS, now)
    assert offered[0] == (first, first + timedelta(hours=1)) and len(offered) == OFFERED
    assert all(HOURS.on_duty(start) and HOURS.on_duty(end - timedelta(minutes=1)) for start, end in offered)


async def test_a_call_is_promised_without_its_number_being_said(desk: Desk, sara: Someone, clock: Clock) -> None:
    callback = await asked(desk, sara, clock)
    async with desk.store.read() as tx:
        conversation, handoff = await tx.conversations.get(sara.conversation.id), await tx.handoffs.current(sara.conversation.id)
        everything = [message.text for message in await tx.conversations.messages(conversation.id)]
        everything += [str(event.data) for event in await tx.conversations.events(conversation.id, 0)]
        everything += [str(entry) for entry in await tx.audit.all()] + [str(await tx.tickets.get(callback.ticket))]
    assert conversation.speaker is Speaker.WAITING and handoff is not None and handoff.ticket == callback.ticket
    assert "between 13:00 and 14:00" in everything[-1] or any("between 13:00 and 14:00" in text for text in everything)
    assert not [text for text in everything if NUMBER[2:] in text]
    assert NUMBER not in callback.phone and desk.vault.open(callback.phone) == NUMBER


async def test_asking_again_changes_the_one_that_is_promised(desk: Desk, sara: Someone, clock: Clock) -> None:
    first = await asked(desk, sara, clock)
    second = await asked(desk, sara, clock, ONE_O_CLOCK + timedelta(hours=1))
    assert (second.id, second.slot_at) == (first.id, ONE_O_CLOCK + timedelta(hours=1))
    await desk.calling.cancel(sara.conversation, clock())
    assert "number erased" in await last(desk, sara)
    with pytest.raises(NotFound):
        await desk.calling.cancel(sara.conversation, clock())


async def test_a_slot_that_is_full_or_was_never_offered_is_not_promised(desk: Desk, clock: Clock) -> None:
    people = [await someone(desk, clock, f"user{n}") for n in range(PER_SLOT + 1)]
    for person in people[:PER_SLOT]:
        await asked(desk, person, clock)
    for slot in (ONE_O_CLOCK, ONE_O_CLOCK + timedelta(minutes=7), SUNDAY_NOON - timedelta(hours=1)):
        with pytest.raises(SlotGone):
            await asked(desk, people[-1], clock, slot)
    assert (await asked(desk, people[0], clock)).slot_at == ONE_O_CLOCK       # its own place is not in its way


async def test_of_many_who_take_a_call_one_sees_the_number(desk: Desk, sara: Someone, clock: Clock) -> None:
    agents = [await someone(desk, clock, f"agent{n}", Role.AGENT) for n in range(8)]
    callback = await asked(desk, sara, clock)
    assert [desk.calling.number(agent.account, callback) for agent in agents] == [None] * 8
    tried = await asyncio.gather(*(desk.calling.take(agent.account, callback.id, clock()) for agent in agents), return_exceptions=True)
    taken = [each for each in tried if isinstance(each, Callback)]
    assert len(taken) == 1 and sum(isinstance(each, AlreadyClaimed) for each in tried) == 7
    numbers = [desk.calling.number(agent.account, taken[0]) for agent in agents]
    assert sorted(number for number in numbers if number) == [NUMBER] and numbers.count(None) == 7


async def test_a_call_that_was_made_ends_the_wait_and_asks_whether_it_is_solved(desk: Desk, sara: Someone, agent: Someone,
                                                                              clock: Clock) -> None:
    callback = await asked(desk, sara, clock)
    with pytest.raises(IllegalMove):
        await desk.calling.done(agent.account, callback.id, clock())
    await desk.calling.take(agent.account, callback.id, clock())
    async with desk.store.read() as tx:
        assert (await desk.attending.of(tx, agent.account, clock())).state is Presence.ON_CALL
    ended = await desk.calling.done(agent.account, callback.id, clock())
    async with desk.store.read() as tx:
        handoff = await tx.handoffs.latest(sara.conversation.id)
        said = (await tx.conversations.messages(sara.conversation.id))[-1]
        assert (await desk.attending.of(tx, agent.account, clock())).state is Presence.ONLINE
    assert ended.phone == "" and handoff is not None and handoff.state is HandoffState.RESOLVED
    assert said.author is Author.ASSISTANT and said.extra["asks"] == "solved"


@pytest.mark.parametrize(("taken", "late"), [(False, timedelta(hours=2, seconds=1)), (True, timedelta(hours=1, minutes=59) + CALL_LASTS)])
async def test_a_call_that_was_not_made_is_apologised_for_and_promised_anew(desk: Desk, sara: Someone, agent: Someone, clock: Clock,
                                                                            taken: bool, late: timedelta) -> None:
    callback = await asked(desk, sara, clock)
    if taken:
        clock.now += timedelta(hours=1, minutes=58)      # rung near the end: it may last, but not for ever
        await desk.calling.take(agent.account, callback.id, clock())
        clock.now += CALL_LASTS
        await desk.attending.seen(agent.account, clock(), active=True)
        assert (await desk.keeping.keep(clock())).count(sara.conversation.id) <= 1
        clock.now += timedelta(seconds=1)
    else:
        clock.now += late
    await desk.calling.keep(clock())
    async with desk.store.read() as tx:
        now = await tx.callbacks.open_of(sara.conversation.id)
    assert now is not None and (now.state, now.apologies, now.taken_by) == (CallbackState.ASKED, 1, None)
    assert now.slot_at > clock() and "we're sorry" in await last(desk, sara)
    assert await desk.calling.keep(clock()) == []


async def test_nobody_is_rung_for_ever(desk: Desk, sara: Someone, agent: Someone, clock: Clock) -> None:
    callback = await asked(desk, sara, clock)
    for tries in range(1, MOST_TRIES + 1):
        await desk.calling.take(agent.account, callback.id, clock())
        callback = await desk.calling.unreached(agent.account, callback.id, clock())
        assert callback.tries == tries
        assert callback.state is (CallbackState.CANCELLED if tries == MOST_TRIES else CallbackState.ASKED)
    assert callback.phone == "" and "stop calling" in await last(desk, sara)


async def test_the_caller_who_goes_away_leaves_the_call_to_others(desk: Desk, sara: Someone, agent: Someone, clock: Clock) -> None:
    callback = await asked(desk, sara, clock)
    await desk.calling.take(agent.account, callback.id, clock())
    await desk.attending.choose(agent.account, Presence.OFFLINE, clock())
    await desk.calling.keep(clock())
    async with desk.store.read() as tx:
        now = await tx.callbacks.get(callback.id)
    assert (now.state, now.taken_by) == (CallbackState.ASKED, None)


async def test_those_on_duty_are_reminded_once_and_without_the_number(desk: Desk, sara: Someone, agent: Someone, clock: Clock) -> None:
    away = await someone(desk, clock, "away", Role.AGENT)
    await asked(desk, sara, clock)
    clock.pass_(minutes=49)
    await desk.attending.choose(agent.account, Presence.ONLINE, clock())
    await desk.calling.keep(clock())
    async with desk.store.read() as tx:
        assert await tx.outbox.of(agent.account.id) == []
    clock.pass_(minutes=1)
    for _ in range(2):
        await desk.calling.keep(clock())
    async with desk.store.read() as tx:
        mails, others = await tx.outbox.of(agent.account.id), await tx.outbox.of(away.account.id)
    assert len(mails) == 1 and others == []
    body = desk.vault.open(mails[0]["body"])
    assert "between 13:00 and 14:00" in body and NUMBER[2:] not in body


async def test_a_resolved_matter_is_not_rung_about(desk: Desk, sara: Someone, agent: Someone, clock: Clock) -> None:
    callback = await asked(desk, sara, clock)
    await desk.handing.claim(agent.account, sara.conversation.id, clock())
    await desk.handing.resolve(agent.account, sara.conversation.id, clock())
    async with desk.store.read() as tx:
        assert (await tx.callbacks.get(callback.id)).state is CallbackState.CANCELLED
