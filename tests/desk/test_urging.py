"""Nudging and raising: once a day, told to the queue, and never above what the facts carry."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.errors import IllegalMove
from desk.services import Desk
from desk.tickets import MATRIX, Kind, Level, Priority, Status, Ticket
from desk.urging import ASKING_CARRIES, CARRIES, RAISED_A_DAY, RANK, Fact, Result, Way, carried
from tests.desk.conftest import SUNDAY_NOON, Clock, Someone


async def ticket(desk: Desk, who: Someone, clock: Clock, urgency: Level = Level.LOW, impact: Level = Level.LOW, **more: object) -> Ticket:
    async with desk.store.begin() as tx:
        return await desk.ticketing.open(tx, requester=who.account.id, title="printer", description="jams", lang="en", now=clock(),
                                         urgency=urgency, impact=impact, **more)  # type: ignore[arg-type]


async def escalate(desk: Desk, who: Someone, number: int, clock: Clock) -> tuple[Result, Ticket]:
    async with desk.store.begin() as tx:
        raised = await desk.urging.escalate(tx, who.account, await tx.tickets.get(number), "the team waits", clock())
    return raised.result, raised.ticket


async def test_asking_alone_carries_a_ticket_no_further_than_medium(desk: Desk, sara: Someone, clock: Clock) -> None:
    first = await ticket(desk, sara, clock)
    result, after = await escalate(desk, sara, first.number, clock)
    assert (result, after.urgency) == (Result.RAISED, Level.MEDIUM)
    second = await ticket(desk, sara, clock, Level.MEDIUM)
    result, after = await escalate(desk, sara, second.number, clock)
    assert (result, after) == (Result.NOTED, second)


@pytest.mark.parametrize(("hours", "urgency"), [(39, Level.MEDIUM), (41, Level.HIGH)])   # P4 is due in 40 hours
async def test_an_overdue_ticket_is_carried_to_high(desk: Desk, sara: Someone, clock: Clock, hours: int, urgency: Level) -> None:
    opened = await ticket(desk, sara, clock)
    clock.pass_(hours=hours)
    _, after = await escalate(desk, sara, opened.number, clock)
    assert (after.urgency, after.priority) == (urgency, MATRIX[Level.LOW, urgency])
    assert after.due_at <= opened.due_at


async def test_a_ticket_is_raised_once_a_day_and_a_person_s_tickets_three_times(desk: Desk, sara: Someone, omid: Someone,
                                                                              clock: Clock) -> None:
    numbers = [(await ticket(desk, sara, clock)).number for _ in range(RAISED_A_DAY + 1)]
    assert [(await escalate(desk, sara, number, clock))[0] for number in numbers] == [*[Result.RAISED] * RAISED_A_DAY, Result.ENOUGH]
    assert (await escalate(desk, sara, numbers[0], clock))[0] is Result.ALREADY
    theirs = await ticket(desk, omid, clock)
    assert (await escalate(desk, omid, theirs.number, clock))[0] is Result.RAISED     # one person's quota is nobody else's
    clock.pass_(hours=24, seconds=1)
    assert (await escalate(desk, sara, numbers[3], clock))[0] is Result.RAISED


async def test_a_flood_of_urging_leaves_a_real_p1_where_it_is(desk: Desk, sara: Someone, omid: Someone, clock: Clock) -> None:
    real = await ticket(desk, omid, clock, Level.HIGH, Level.HIGH)
    for _ in range(30):
        await escalate(desk, sara, (await ticket(desk, sara, clock)).number, clock)
    async with desk.store.read() as tx:
        tickets = await tx.tickets.all()
        urged = await tx.urgings.unheard()
    assert [each.number for each in tickets if each.priority is Priority.P1] == [real.number]
    assert len(urged) == RAISED_A_DAY
    assert all(each.priority is Priority.P4 for each in tickets if each.requester == sara.account.id)


async def test_the_queue_sees_what_was_urged_until_somebody_answers(desk: Desk, sara: Someone, agent: Someone, clock: Clock) -> None:
    opened = await ticket(desk, sara, clock)
    async with desk.store.begin() as tx:
        assert (await desk.urging.nudge(tx, sara.account, opened, clock())).told
    async with desk.store.read() as tx:
        assert [(each.ticket, each.way) for each in await tx.urgings.unheard()] == [(opened.number, Way.NUDGED)]
    clock.pass_(minutes=5)
    async with desk.store.begin() as tx:
        await desk.ticketing.change(tx, opened, agent.account, clock(), comment="On it")
        assert await tx.urgings.unheard() == []


@pytest.mark.parametrize(("hours", "told"), [(1, False), (23, False), (25, True)])
async def test_a_ticket_is_nudged_once_a_day(desk: Desk, sara: Someone, clock: Clock, hours: int, told: bool) -> None:
    opened = await ticket(desk, sara, clock)
    async with desk.store.begin() as tx:
        first = await desk.urging.nudge(tx, sara.account, opened, clock())
    clock.pass_(hours=hours)
    async with desk.store.begin() as tx:
        again = await desk.urging.nudge(tx, sara.account, opened, clock())
    async with desk.store.read() as tx:
        entries = [entry.action for entry in await tx.audit.all()]
    assert first.told and again.told is told
    assert entries.count("ticket.nudged") == 1 + told


async def test_an_agent_whose_ticket_is_urged_hears_of_it_by_mail(desk: Desk, sara: Someone, agent: Someone, clock: Clock) -> None:
    opened = await ticket(desk, sara, clock)
    async with desk.store.begin() as tx:
        await tx.tickets.move(opened, Status.OPEN, clock(), assignee=agent.account.id)
    await escalate(desk, sara, opened.number, clock)
    async with desk.store.read() as tx:
        mails = await tx.outbox.of(agent.account.id)
    assert [str(opened.number) in mail["subject"] for mail in mails] == [True]


async def test_only_what_is_over_is_opened_again_and_that_is_a_fact_of_its_own(desk: Desk, sara: Someone, clock: Clock) -> None:
    opened = await ticket(desk, sara, clock)
    async with desk.store.begin() as tx:
        with pytest.raises(IllegalMove):
            await desk.urging.reopen(tx, sara.account, opened, "still broken", clock())
        solved = await tx.tickets.move(opened, Status.RESOLVED, clock())
        with pytest.raises(IllegalMove):
            await desk.urging.nudge(tx, sara.account, solved, clock())
        again = await desk.urging.reopen(tx, sara.account, solved, "still broken", clock())
        assert again.status is Status.OPEN
        assert [each.text for each in await tx.tickets.comments(opened.number, public_only=True)] == ["still broken"]
    _, after = await escalate(desk, sara, opened.number, clock)
    assert after.urgency is Level.HIGH


LEVELS = st.sampled_from(list(Level))


@given(urgency=LEVELS, impact=LEVELS, kind=st.sampled_from(list(Kind)), facts=st.frozensets(st.sampled_from(list(Fact))))
def test_urgency_never_rises_above_what_the_facts_carry_and_never_falls(urgency: Level, impact: Level, kind: Kind,
                                                                      facts: frozenset[Fact]) -> None:
    given_one = Ticket(number=1, requester="a", title="t", description="", kind=kind, impact=impact, urgency=urgency,
                       priority=MATRIX[impact, urgency], status=Status.NEW, queue="q", lang="en", conversation=None, assignee=None,
                       created_at=SUNDAY_NOON, updated_at=SUNDAY_NOON, due_at=SUNDAY_NOON + timedelta(hours=40))
    highest = max([urgency, ASKING_CARRIES, *(CARRIES[fact] for fact in facts)], key=RANK.__getitem__)
    assert carried(given_one, facts) is highest
