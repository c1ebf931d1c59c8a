"""Whatever many do at the same time, on either database, comes out as if they had done it one after another."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from typing import Any

import pytest

from desk.audit import first_break
from desk.codes import totp_step
from desk.conversations import Author, Conversation
from desk.errors import AlreadyClaimed, DeskError, FlowOver, IllegalMove, NeedsPerson, TriesUsedUp, Unavailable, WrongCode
from desk.handoffs import Reason
from desk.identity import FLOWS_PER_DAY, MESSAGES_PER_DAY, TRIES_PER_CODE, Action, Method
from desk.people import Role
from desk.services import Desk
from desk.tickets import FIRST_NUMBER, Status
from tests.desk.conftest import NEW_PASSWORD, Clock, Someone, app_code, mailed_code, someone

MANY = 20


async def at_once(*calls: Awaitable[Any]) -> tuple[list[Any], list[BaseException]]:
    """What succeeded and what was refused."""
    ended = await asyncio.gather(*calls, return_exceptions=True)
    return [each for each in ended if not isinstance(each, BaseException)], [each for each in ended if isinstance(each, BaseException)]


async def opened(desk: Desk, person: Someone, clock: Clock) -> Conversation:
    async with desk.store.begin() as tx:
        return await tx.conversations.open(account=person.account.id, lang="en", now=clock())


async def received(desk: Desk, person: Someone, clock: Clock, text: str = "hello") -> Any:
    async with desk.store.begin() as tx:
        said = await tx.conversations.say(person.conversation.id, Author.USER, text, "en", clock())
        return await tx.turns.receive(conversation=person.conversation.id, session=person.caller.session, account=person.account.id,
                                      seq=said.seq, kind="message", text=text, lang="en", client_id=None, body_hash="", now=clock())


async def chain_holds(desk: Desk) -> int:
    async with desk.store.read() as tx:
        entries = await tx.audit.all()
    assert first_break(entries) is None
    return len(entries)


async def test_the_audit_chain_takes_every_entry_and_holds(desk: Desk, sara: Someone, clock: Clock) -> None:
    before = await chain_holds(desk)

    async def act(number: int) -> None:
        async with desk.store.begin() as tx:
            await tx.audit.add("house", "first", now=clock(), number=number)
            await tx.audit.add("house", "second", now=clock(), number=number)

    await at_once(*(act(number) for number in range(MANY)))
    assert await chain_holds(desk) == before + 2 * MANY


async def test_a_transaction_that_fails_leaves_no_entry(desk: Desk, sara: Someone, clock: Clock) -> None:
    before = await chain_holds(desk)

    async def fail() -> None:
        async with desk.store.begin() as tx:
            await tx.audit.add("house", "never", now=clock())
            raise IllegalMove()

    with pytest.raises(IllegalMove):
        await fail()
    assert await chain_holds(desk) == before


async def test_every_ticket_has_a_number_of_its_own_and_none_is_left_out(desk: Desk, sara: Someone, clock: Clock) -> None:
    async def open_one(number: int) -> int:
        async with desk.store.begin() as tx:
            ticket = await desk.ticketing.open(tx, requester=sara.account.id, title=f"{number}", description="", lang="en", now=clock())
            return ticket.number

    numbers, refused = await at_once(*(open_one(number) for number in range(MANY)))
    assert refused == [] and sorted(numbers) == list(range(FIRST_NUMBER, FIRST_NUMBER + MANY))


async def test_one_key_opens_one_ticket_and_makes_one_comment(desk: Desk, sara: Someone, clock: Clock) -> None:
    async def open_one() -> int:
        async with desk.store.begin() as tx:
            ticket = await desk.ticketing.open(tx, requester=sara.account.id, title="printer", description="", lang="en", now=clock(),
                                               key="the same")
            if not await tx.tickets.has_comment("the same"):
                await tx.tickets.comment(ticket.number, "user", "it grinds", clock(), key="the same")
            return ticket.number

    numbers, refused = await at_once(*(open_one() for _ in range(MANY)))
    assert refused == [] and set(numbers) == {FIRST_NUMBER}
    async with desk.store.read() as tx:
        assert len(await tx.tickets.comments(FIRST_NUMBER, public_only=False)) == 1


async def test_a_ticket_moves_once_from_where_it_stands(desk: Desk, sara: Someone, agent: Someone, clock: Clock) -> None:
    async with desk.store.begin() as tx:
        number = (await desk.ticketing.open(tx, requester=sara.account.id, title="printer", description="", lang="en", now=clock())).number

    async def cancel() -> None:
        async with desk.store.begin() as tx:
            ticket = await tx.tickets.get(number)
            if not ticket.is_open:
                raise IllegalMove()
            await tx.tickets.move(ticket, Status.CANCELLED, clock())
            await tx.tickets.comment(number, "person", "cancelled", clock())

    moved, refused = await at_once(*(cancel() for _ in range(MANY)))
    assert len(moved) == 1 and {type(each) for each in refused} == {IllegalMove}
    async with desk.store.read() as tx:
        assert len(await tx.tickets.comments(number, public_only=False)) == 1


async def test_the_events_of_a_conversation_are_counted_without_a_gap(desk: Desk, sara: Someone, clock: Clock) -> None:
    async def say(number: int) -> int:
        async with desk.store.begin() as tx:
            return (await tx.conversations.say(sara.conversation.id, Author.USER, f"{number}", "en", clock())).seq

    seqs, refused = await at_once(*(say(number) for number in range(MANY)))
    assert refused == [] and sorted(seqs) == list(range(1, MANY + 1))
    async with desk.store.read() as tx:
        assert [each.seq for each in await tx.conversations.events(sara.conversation.id, 0)] == list(range(1, MANY + 1))


async def test_an_effect_begins_once_and_a_lease_has_one_holder(desk: Desk, sara: Someone, clock: Clock) -> None:
    turn = await received(desk, sara, clock)

    async def begin() -> bool:
        async with desk.store.begin() as tx:
            return await tx.effects.begin("key", turn.id, "create_ticket", clock())

    async def take() -> bool:
        async with desk.store.begin() as tx:
            return await tx.turns.take(turn.id, clock()) is not None

    for call in (begin, take):
        ended, refused = await at_once(*(call() for _ in range(MANY)))
        assert refused == [] and ended.count(True) == 1, call.__name__


async def test_turns_of_a_conversation_run_one_at_a_time_and_in_order(desk: Desk, sara: Someone, clock: Clock) -> None:
    turns = [await received(desk, sara, clock, f"{number}") for number in range(4)]

    async def take(turn: Any) -> Any:
        async with desk.store.begin() as tx:
            return await tx.turns.take(turn.id, clock())

    taken, refused = await at_once(*(take(turn) for turn in turns for _ in range(4)))
    assert refused == [] and [each.id for each in taken if each] == [turns[0].id]


async def test_a_person_has_so_many_flows_a_day_however_they_are_asked_for(desk: Desk, sara: Someone, clock: Clock) -> None:
    conversations = [await opened(desk, sara, clock) for _ in range(MANY)]

    async def start(conversation: Conversation) -> str:
        async with desk.store.begin() as tx:
            return (await desk.verifying.start(tx, conversation, Action.RESET, clock())).id

    begun, refused = await at_once(*(start(each) for each in conversations))
    assert len(begun) == FLOWS_PER_DAY and {type(each) for each in refused} == {NeedsPerson}


async def test_a_person_is_mailed_so_many_codes_a_day(desk: Desk, sara: Someone, clock: Clock) -> None:
    flow = await flow_of(desk, sara, clock)
    sent, refused = await at_once(*(desk.verifying.send_code(sara.caller, flow, clock()) for _ in range(MANY)))
    async with desk.store.read() as tx:
        mails = await tx.outbox.of(sara.account.id, limit=100)
    assert refused == [] and len(sent) == MANY and len(mails) == MESSAGES_PER_DAY


async def flow_of(desk: Desk, person: Someone, clock: Clock, conversation: Conversation | None = None) -> str:
    async with desk.store.begin() as tx:
        return (await desk.verifying.start(tx, conversation or person.conversation, Action.RESET, clock())).id


async def test_guesses_made_side_by_side_each_count(desk: Desk, sara: Someone, clock: Clock) -> None:
    flow = await flow_of(desk, sara, clock)
    await desk.verifying.send_code(sara.caller, flow, clock())
    guesses = [f"{number:08d}" for number in range(MANY)]
    right, refused = await at_once(*(desk.verifying.prove(sara.caller, flow, Method.EMAIL, guess, clock()) for guess in guesses))
    kinds = [type(each) for each in refused]
    assert right == [] and kinds.count(WrongCode) == TRIES_PER_CODE - 1 and kinds.count(TriesUsedUp) == 1
    assert kinds.count(FlowOver) == MANY - TRIES_PER_CODE


async def test_a_right_code_counts_once(desk: Desk, sara: Someone, clock: Clock) -> None:
    flow = await flow_of(desk, sara, clock)
    await desk.verifying.send_code(sara.caller, flow, clock())
    code = await mailed_code(desk, sara)
    right, refused = await at_once(*(desk.verifying.prove(sara.caller, flow, Method.EMAIL, code, clock()) for _ in range(MANY)))
    assert len(right) == 1 and {type(each) for each in refused} == {IllegalMove}


async def test_two_flows_of_one_person_reset_once(desk: Desk, sara: Someone, clock: Clock) -> None:
    flows = [await flow_of(desk, sara, clock), await flow_of(desk, sara, clock, await opened(desk, sara, clock))]
    for flow in flows:
        clock.pass_(minutes=1)         # an authenticator's code is accepted once
        await desk.verifying.send_code(sara.caller, flow, clock())
        await desk.verifying.prove(sara.caller, flow, Method.EMAIL, await mailed_code(desk, sara), clock())
        await desk.verifying.prove(sara.caller, flow, Method.TOTP, app_code(sara, clock), clock())
    done, refused = await at_once(*(desk.verifying.set_password(sara.caller, flow, NEW_PASSWORD, clock()) for flow in flows))
    assert len(done) == 1 and [type(each) for each in refused] == [NeedsPerson]


async def test_a_code_of_the_authenticator_is_accepted_once_over_all_flows(desk: Desk, sara: Someone, clock: Clock) -> None:
    step = totp_step(sara.totp, app_code(sara, clock), clock(), 0)
    assert step is not None

    async def use() -> bool:
        async with desk.store.begin() as tx:
            return await tx.people.use_totp_step(sara.account.id, step)

    used, refused = await at_once(*(use() for _ in range(MANY)))
    assert refused == [] and used.count(True) == 1


async def test_of_fifty_agents_one_wins(desk: Desk, sara: Someone, clock: Clock) -> None:
    agents = [await someone(desk, clock, f"agent{number}", Role.AGENT) for number in range(50)]
    await desk.handing.ask_for_person(sara.conversation, clock())
    won, refused = await at_once(*(desk.handing.claim(each.account, sara.conversation.id, clock()) for each in agents))
    assert len(won) == 1 and {type(each) for each in refused} == {AlreadyClaimed}


async def test_one_wish_for_a_person_is_one_handoff_and_one_ticket(desk: Desk, sara: Someone, clock: Clock) -> None:
    handed, refused = await at_once(*(desk.handing.ask_for_person(sara.conversation, clock()) for _ in range(MANY)))
    assert refused == [] and len({each.handoff.ticket for each in handed}) == 1
    async with desk.store.read() as tx:
        assert len(await tx.handoffs.waiting()) == 1 and len(await tx.tickets.all()) == 1


async def test_who_waits_too_long_is_told_once(desk: Desk, sara: Someone, omid: Someone, clock: Clock) -> None:
    for person in (sara, omid):
        await desk.handing.ask_for_person(person.conversation, clock())
    clock.pass_(hours=3)
    told, refused = await at_once(*(desk.handing.keep_promises(clock()) for _ in range(MANY)))
    assert refused == []
    assert sorted(each for some in told for each in some) == sorted([sara.conversation.id, omid.conversation.id])


async def test_each_mail_is_taken_by_one_sender_until_it_gives_up(desk: Desk, sara: Someone, clock: Clock) -> None:
    async with desk.store.begin() as tx:
        for number in range(MANY):
            await tx.outbox.put(account=sara.account.id, kind="notice", address=sara.account.email, subject=f"{number}", sealed_body="",
                                key=None, now=clock())
    clock.pass_(seconds=1)

    async def take() -> list[str]:
        async with desk.store.begin() as tx:
            return [mail["subject"] for mail in await tx.outbox.take(clock(), clock() - timedelta(hours=1), limit=4)]

    def all_of(taken: Iterable[list[str]]) -> list[str]:
        return sorted((subject for some in taken for subject in some), key=int)

    everything = [str(number) for number in range(MANY)]
    taken, refused = await at_once(*(take() for _ in range(MANY)))
    assert refused == [] and all_of(taken) == everything
    clock.pass_(minutes=5)             # who took them was killed
    assert all_of([await take() for _ in range(MANY)]) == everything


async def test_a_mark_is_set_by_many(desk: Desk) -> None:
    async def mark(number: int) -> None:
        async with desk.store.begin() as tx:
            await tx.marks.set("word", str(number))

    _, refused = await at_once(*(mark(number) for number in range(MANY)))
    async with desk.store.read() as tx:
        assert refused == [] and await tx.marks.get("word") in {str(number) for number in range(MANY)}


async def test_what_is_read_together_belongs_together(desk: Desk, sara: Someone, clock: Clock) -> None:
    async with desk.store.read() as tx:
        before = await tx.conversations.messages(sara.conversation.id)
        async with desk.store.begin() as other:
            await other.conversations.say(sara.conversation.id, Author.USER, "meanwhile", "en", clock())
        assert await tx.conversations.messages(sara.conversation.id) == before
    async with desk.store.read() as tx:
        assert len(await tx.conversations.messages(sara.conversation.id)) == len(before) + 1


@pytest.mark.parametrize("seed", range(4))
async def test_nobody_waits_for_each_other_for_ever(desk: Desk, sara: Someone, omid: Someone, agent: Someone, clock: Clock,
                                                    seed: int) -> None:
    """Everything at once on two conversations of whom some share a person: only refusals that have a reason, and the chain holds."""
    drawn = random.Random(seed)
    more = await opened(desk, sara, clock)
    conversations = [sara.conversation, omid.conversation, more]

    async def hand_off(each: Conversation) -> None:
        async with desk.store.begin() as tx:
            await desk.handing.hand_off(tx, await tx.conversations.get(each.id), Reason.ASKED, clock())

    async def verify(each: Conversation) -> None:
        async with desk.store.begin() as tx:
            flow = await desk.verifying.start(tx, each, Action.UNLOCK, clock())
        owner = omid if each is omid.conversation else sara
        await desk.verifying.send_code(owner.caller, flow.id, clock())
        await desk.verifying.prove(owner.caller, flow.id, Method.TOTP, app_code(owner, clock), clock())

    async def end_ticket(each: Conversation) -> None:
        async with desk.store.begin() as tx:
            handoff = await tx.handoffs.current(each.id)
        if handoff:
            async with desk.store.begin() as tx:
                ticket = await tx.tickets.get(handoff.ticket)
                await desk.ticketing.change(tx, ticket, agent.account, clock(), to=Status.RESOLVED, comment="done")

    acts: list[Callable[[Conversation], Awaitable[Any]]] = [
        hand_off, verify, end_ticket, lambda each: desk.handing.claim(agent.account, each.id, clock()),
        lambda each: desk.handing.resolve(agent.account, each.id, clock()), lambda each: desk.handing.resume(each, clock()),
        lambda each: desk.handing.close(each, clock()), lambda each: desk.handing.keep_promises(clock() + timedelta(hours=1)),
        lambda each: desk.signin.sign_in("sara", "a guess", clock())]
    _, refused = await at_once(*(drawn.choice(acts)(drawn.choice(conversations)) for _ in range(60)))
    assert [each for each in refused if not isinstance(each, DeskError) or isinstance(each, Unavailable)] == []
    await chain_holds(desk)
