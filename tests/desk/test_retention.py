"""What was kept long enough goes, by the clock; what is open, young or under hold stays, and the audit trail still verifies."""

from typing import Any

import pytest
from sqlalchemy import func, select

from desk.audit import CUT, first_break
from desk.conversations import Author
from desk.identity import Action
from desk.people import Role
from desk.retention import Terms
from desk.services import Desk
from desk.services.ageing import Ageing
from desk.store.tables import metadata
from desk.tickets import Kind, Level, Status
from tests.desk.conftest import Clock, Someone, someone

KEEPING = Terms(conversations=100, tickets=200, audit=300, mail=30, sessions=10, verifications=50)


async def counts(desk: Desk) -> dict[str, int]:
    async with desk.store.read() as tx:
        return {table.name: int((await tx._connection.execute(select(func.count()).select_from(table))).scalar_one())
                for table in metadata.sorted_tables}


async def busy_day(desk: Desk, clock: Clock, person: Someone) -> int:
    """A conversation, a verification, mail and a ticket that is closed."""
    async with desk.store.begin() as tx:
        await tx.conversations.say(person.conversation.id, Author.USER, "hello", "en", clock(), account=person.account.id)
        flow = await desk.verifying.start(tx, await tx.conversations.get(person.conversation.id), Action.RESET, clock())
        await tx.flows.keep_code(flow, "12345678", clock())
        await tx.outbox.put(account=person.account.id, kind="notice", address="a@b.c", subject="s", sealed_body="x", key=None, now=clock())
        ticket = await desk.ticketing.open(tx, requester=person.account.id, title="x", description="y", kind=Kind.INCIDENT,
                                           impact=Level.LOW, urgency=Level.LOW, lang="en", conversation=person.conversation.id, key=None,
                                           now=clock())
        for status in (Status.RESOLVED, Status.CLOSED):
            ticket = await tx.tickets.move(ticket, status, clock())
    return ticket.number


# kind, its table, days after which it goes
@pytest.mark.parametrize(("kind", "table", "days"), [
    ("mail", "outbox", 30), ("verifications", "flows", 50), ("conversations", "messages", 100), ("tickets", "tickets", 200)])
async def test_each_kind_goes_on_its_day_and_not_before(desk: Desk, clock: Clock, sara: Someone, kind: str, table: str, days: int) -> None:
    await busy_day(desk, clock, sara)
    ageing = Ageing(desk.store, KEEPING)
    clock.pass_(days=days)
    await ageing.let_go(clock())
    assert (await counts(desk))[table] == 1, "to the day it is kept"
    clock.pass_(hours=1)
    gone = await ageing.let_go(clock())
    assert gone[kind] == 1
    assert (await counts(desk))[table] == 0


async def test_sessions_go_some_days_after_their_end(desk: Desk, clock: Clock, sara: Someone) -> None:
    clock.pass_(days=30 + 10)          # a token lasts thirty
    assert "sessions" not in await Ageing(desk.store, KEEPING).let_go(clock())
    clock.pass_(minutes=1)
    assert (await Ageing(desk.store, KEEPING).let_go(clock()))["sessions"] == 1


async def test_who_waits_or_is_spoken_with_is_never_let_go_of(desk: Desk, clock: Clock, sara: Someone, agent: Someone) -> None:
    await desk.handing.ask_for_person(sara.conversation, clock())
    clock.pass_(days=5000)
    await Ageing(desk.store, KEEPING).let_go(clock())
    async with desk.store.read() as tx:
        handoff = await tx.handoffs.current(sara.conversation.id)
        assert handoff and (await tx.tickets.get(handoff.ticket)).status is Status.NEW
    await desk.handing.claim(agent.account, sara.conversation.id, clock())
    clock.pass_(days=5000)
    await Ageing(desk.store, KEEPING).let_go(clock())
    await desk.handing.resolve(agent.account, sara.conversation.id, clock())
    clock.pass_(days=101)
    assert (await Ageing(desk.store, KEEPING).let_go(clock()))["conversations"] >= 1


async def test_an_open_ticket_is_kept_however_old(desk: Desk, clock: Clock, sara: Someone) -> None:
    async with desk.store.begin() as tx:
        await desk.ticketing.open(tx, requester=sara.account.id, title="x", description="y", kind=Kind.INCIDENT, impact=Level.LOW,
                                  urgency=Level.LOW, lang="en", conversation=None, key=None, now=clock())
    clock.pass_(days=5000)
    assert "tickets" not in await Ageing(desk.store, KEEPING).let_go(clock())
    assert (await counts(desk))["tickets"] == 1


async def test_a_legal_hold_exempts_the_person_and_nobody_else(desk: Desk, clock: Clock, sara: Someone, omid: Someone) -> None:
    for person in (sara, omid):
        await busy_day(desk, clock, person)
    await desk.rights.hold("sara", "case 12/2026", clock())
    before = await counts(desk)
    clock.pass_(days=5000)
    await Ageing(desk.store, KEEPING).let_go(clock())
    after = await counts(desk)
    tables = ("conversations", "messages", "flows", "codes", "tickets", "outbox", "sessions")
    assert {name: after[name] for name in tables} == {name: before[name] // 2 for name in tables}
    async with desk.store.read() as tx:
        assert [each.id for each in await tx.conversations.owned_by(sara.account.id)] == [sara.conversation.id]
    await desk.rights.release("sara", clock())
    await Ageing(desk.store, KEEPING).let_go(clock())
    assert {name: (await counts(desk))[name] for name in tables} == dict.fromkeys(tables, 0)


async def test_the_trail_verifies_behind_each_cut_and_a_cut_by_hand_is_found(desk: Desk, clock: Clock) -> None:
    ageing, first = Ageing(desk.store, KEEPING), 1
    for _ in range(3):
        await someone(desk, clock, f"person{clock.now:%Y%m%d}")
        clock.pass_(days=200)
        await ageing.let_go(clock())
        async with desk.store.read() as tx:
            entries = await tx.audit.all()
        assert first_break(entries) is None
        assert entries[0].seq >= first
        first = entries[0].seq
    assert first > 1 and any(entry.action == CUT for entry in entries)
    assert first_break(entries[1:]) == 1, "whoever takes more away than a cut tells of is found"
    assert first_break([entry for entry in entries if entry.action != CUT]) is not None
    clock.pass_(days=5000)
    await ageing.let_go(clock())
    async with desk.store.read() as tx:
        left = await tx.audit.all()
    assert left and first_break(left) is None


async def test_the_trail_of_somebody_under_hold_ends_the_cut(desk: Desk, clock: Clock, sara: Someone) -> None:
    await desk.rights.hold("sara", "case", clock())
    clock.pass_(days=5000)
    assert "audit" not in await Ageing(desk.store, KEEPING).let_go(clock())


async def test_zero_days_is_for_ever(desk: Desk, clock: Clock, sara: Someone) -> None:
    await busy_day(desk, clock, sara)
    before = await counts(desk)
    clock.pass_(days=30000)
    for_ever: dict[str, Any] = dict.fromkeys(Terms.__dataclass_fields__, 0)
    assert await Ageing(desk.store, Terms(**for_ever)).let_go(clock()) == {}
    assert await counts(desk) == before


async def test_the_house_looks_once_an_hour_whichever_process_comes_first(desk: Desk, clock: Clock, sara: Someone) -> None:
    await busy_day(desk, clock, sara)
    one, other = Ageing(desk.store, KEEPING), Ageing(desk.store, KEEPING)
    clock.pass_(days=20)
    assert await one.when_due(clock()) == {}
    assert await other.when_due(clock()) == {}
    clock.pass_(days=11)
    assert (await other.when_due(clock()))["mail"] == 1
    assert await one.when_due(clock()) == {}


async def test_a_guest_s_conversation_goes_too(desk: Desk, clock: Clock, sara: Someone) -> None:
    await someone(desk, clock, "admin", Role.ADMIN)
    await desk.signin.open_guest("nobody", "fa", clock())
    clock.pass_(days=101)
    await Ageing(desk.store, KEEPING).let_go(clock())
    assert (await counts(desk))["conversations"] == 0
