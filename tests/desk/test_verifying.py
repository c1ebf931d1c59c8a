"""The identity flow: nothing happens without two different factors, and nothing happens twice."""

import asyncio

import pytest

from desk.codes import digest
from desk.errors import DeskError, FlowOver, IllegalMove, NeedsFactors, NeedsPerson, NotFound, TriesUsedUp, WeakPassword, WrongCode
from desk.identity import Action, Flow, FlowState, Method
from desk.people import Role
from desk.services import Desk
from tests.databases import kept_by
from tests.desk.conftest import NEW_PASSWORD, OLD_PASSWORD, QUICK, Clock, Someone, app_code, mailed_code, someone


async def start(desk: Desk, person: Someone, clock: Clock, action: Action = Action.RESET) -> Flow:
    async with desk.store.begin() as tx:
        return await desk.verifying.start(tx, person.conversation, action, clock())


async def prove(desk: Desk, person: Someone, flow: Flow, method: str, clock: Clock) -> None:
    if method == "email":
        clock.pass_(seconds=1)
        await desk.verifying.send_code(person.caller, flow.id, clock())
        code = await mailed_code(desk, person)
    else:
        code = app_code(person, clock)
    await desk.verifying.prove(person.caller, flow.id, Method(method), code, clock())


async def password_of(desk: Desk, person: Someone) -> str:
    async with desk.store.read() as tx:
        known = await tx.people.credentials(person.account.id)
    assert known is not None
    return NEW_PASSWORD if QUICK.matches(known.password_hash, NEW_PASSWORD) else OLD_PASSWORD


@pytest.mark.parametrize(("factors", "refused"), [
    ((), NeedsFactors),
    (("email",), NeedsFactors),          # e-mail alone is never enough
    (("totp",), NeedsFactors),
    (("totp", "email"), None),
    (("email", "totp"), None),
])
async def test_a_reset_needs_two_different_factors(desk: Desk, sara: Someone, clock: Clock, factors: tuple[str, ...],
                                                   refused: type[DeskError] | None) -> None:
    flow = await start(desk, sara, clock)
    for factor in factors:
        await prove(desk, sara, flow, factor, clock)
    if refused:
        with pytest.raises(refused):
            await desk.verifying.set_password(sara.caller, flow.id, NEW_PASSWORD, clock())
    else:
        await desk.verifying.set_password(sara.caller, flow.id, NEW_PASSWORD, clock())
    assert await password_of(desk, sara) == (OLD_PASSWORD if refused else NEW_PASSWORD)


@pytest.mark.parametrize(("role", "allowed"), [(Role.USER, True), (Role.AGENT, False), (Role.ADMIN, False)])
async def test_privileged_people_go_to_a_person(desk: Desk, clock: Clock, role: Role, allowed: bool) -> None:
    person = await someone(desk, clock, "someone", role)
    if allowed:
        assert (await start(desk, person, clock)).state is FlowState.FACTORS
    else:
        with pytest.raises(NeedsPerson):
            await start(desk, person, clock)


async def test_a_totp_code_is_accepted_once_also_in_another_flow(desk: Desk, sara: Someone, clock: Clock) -> None:
    first = await start(desk, sara, clock, Action.UNLOCK)
    await prove(desk, sara, first, "totp", clock)
    second = await start(desk, sara, clock, Action.RESET)
    with pytest.raises(WrongCode):
        await desk.verifying.prove(sara.caller, second.id, Method.TOTP, app_code(sara, clock), clock())
    clock.pass_(seconds=60)
    assert (await desk.verifying.prove(sara.caller, second.id, Method.TOTP, app_code(sara, clock), clock())).flow.proven == (Method.TOTP,)


@pytest.mark.parametrize(("minutes", "accepted"), [(9, True), (11, False)])   # a code lasts 10 minutes
async def test_an_old_code_is_refused(desk: Desk, sara: Someone, clock: Clock, minutes: int, accepted: bool) -> None:
    flow = await start(desk, sara, clock)
    await desk.verifying.send_code(sara.caller, flow.id, clock())
    code = await mailed_code(desk, sara)
    clock.pass_(minutes=minutes)
    if accepted:
        assert (await desk.verifying.prove(sara.caller, flow.id, Method.EMAIL, code, clock())).flow.proven == (Method.EMAIL,)
    else:
        with pytest.raises(WrongCode):
            await desk.verifying.prove(sara.caller, flow.id, Method.EMAIL, code, clock())


async def test_twice_the_same_factor_is_one(desk: Desk, sara: Someone, clock: Clock) -> None:
    flow = await start(desk, sara, clock)
    await prove(desk, sara, flow, "totp", clock)
    clock.pass_(seconds=60)
    with pytest.raises(IllegalMove):
        await prove(desk, sara, flow, "totp", clock)
    with pytest.raises(NeedsFactors):
        await desk.verifying.set_password(sara.caller, flow.id, NEW_PASSWORD, clock())


async def test_five_wrong_codes_end_the_flow_and_the_right_one_no_longer_helps(desk: Desk, sara: Someone, clock: Clock) -> None:
    flow = await start(desk, sara, clock)
    for _ in range(4):
        with pytest.raises(WrongCode):
            await desk.verifying.prove(sara.caller, flow.id, Method.TOTP, "000000", clock())
    with pytest.raises(TriesUsedUp):
        await desk.verifying.prove(sara.caller, flow.id, Method.TOTP, "000000", clock())
    with pytest.raises(FlowOver):
        await desk.verifying.prove(sara.caller, flow.id, Method.TOTP, app_code(sara, clock), clock())


async def test_a_fourth_flow_in_a_day_is_for_a_person(desk: Desk, sara: Someone, clock: Clock) -> None:
    for _ in range(3):
        flow = await start(desk, sara, clock)
        clock.pass_(minutes=31)          # the flow has expired: the next is a new one
        assert not flow.alive(clock())
    with pytest.raises(NeedsPerson):
        await start(desk, sara, clock)
    clock.pass_(hours=24)
    assert (await start(desk, sara, clock)).alive(clock())


async def test_a_flow_is_its_owners_alone(desk: Desk, sara: Someone, omid: Someone, clock: Clock) -> None:
    flow = await start(desk, sara, clock)
    assert (await desk.verifying.of(sara.caller, flow.id))[0].id == flow.id
    with pytest.raises(NotFound):
        await desk.verifying.of(omid.caller, flow.id)
    with pytest.raises(NotFound):
        await desk.verifying.prove(omid.caller, flow.id, Method.TOTP, app_code(omid, clock), clock())


async def test_a_code_of_one_flow_does_not_fit_another(desk: Desk, sara: Someone, omid: Someone, clock: Clock) -> None:
    mine, theirs = await start(desk, sara, clock), await start(desk, omid, clock)
    await desk.verifying.send_code(sara.caller, mine.id, clock())
    await desk.verifying.send_code(omid.caller, theirs.id, clock())
    with pytest.raises(WrongCode):
        await desk.verifying.prove(omid.caller, theirs.id, Method.EMAIL, await mailed_code(desk, sara), clock())
    right = await desk.verifying.prove(omid.caller, theirs.id, Method.EMAIL, await mailed_code(desk, omid), clock())
    assert right.flow.proven == (Method.EMAIL,)


async def test_of_fifty_who_set_the_password_at_once_one_succeeds(desk: Desk, sara: Someone, clock: Clock) -> None:
    flow = await start(desk, sara, clock)
    await prove(desk, sara, flow, "email", clock)
    await prove(desk, sara, flow, "totp", clock)
    tried = await asyncio.gather(*(desk.verifying.set_password(sara.caller, flow.id, NEW_PASSWORD, clock()) for _ in range(50)),
                                 return_exceptions=True)
    assert sum(not isinstance(each, BaseException) for each in tried) == 1
    assert all(isinstance(each, FlowOver) for each in tried if isinstance(each, BaseException)), tried
    async with desk.store.read() as tx:
        assert [entry.action for entry in await tx.audit.all()].count("identity.reset_done") == 1
        assert len([mail for mail in await tx.outbox.of(sara.account.id) if mail["kind"] == "notice"]) == 1


async def test_of_fifty_who_send_the_right_code_at_once_one_succeeds(desk: Desk, sara: Someone, clock: Clock) -> None:
    flow = await start(desk, sara, clock)
    code = app_code(sara, clock)
    tried = await asyncio.gather(*(desk.verifying.prove(sara.caller, flow.id, Method.TOTP, code, clock()) for _ in range(50)),
                                 return_exceptions=True)
    assert sum(not isinstance(each, BaseException) for each in tried) == 1
    found, _ = await desk.verifying.of(sara.caller, flow.id)
    assert found.state is FlowState.FACTORS and found.tries == 0   # the others cost no try


async def test_the_capability_is_bound_to_the_session_that_proved(desk: Desk, sara: Someone, clock: Clock) -> None:
    flow = await start(desk, sara, clock)
    await prove(desk, sara, flow, "email", clock)
    await prove(desk, sara, flow, "totp", clock)
    other = await desk.signin.caller(await desk.signin.issue_token("sara", clock()), clock())
    assert other is not None
    with pytest.raises(FlowOver):
        await desk.verifying.set_password(other, flow.id, NEW_PASSWORD, clock())
    await desk.verifying.set_password(sara.caller, flow.id, NEW_PASSWORD, clock())
    assert await password_of(desk, sara) == NEW_PASSWORD


async def test_after_a_reset_all_other_sessions_are_over(desk: Desk, sara: Someone, clock: Clock) -> None:
    token = await desk.signin.issue_token("sara", clock())
    flow = await start(desk, sara, clock)
    await prove(desk, sara, flow, "email", clock)
    await prove(desk, sara, flow, "totp", clock)
    assert await desk.signin.caller(token, clock()) is not None
    await desk.verifying.set_password(sara.caller, flow.id, NEW_PASSWORD, clock())
    assert await desk.signin.caller(token, clock()) is None


async def test_a_weak_password_is_refused_and_the_page_stays_open(desk: Desk, sara: Someone, clock: Clock) -> None:
    flow = await start(desk, sara, clock)
    await prove(desk, sara, flow, "email", clock)
    await prove(desk, sara, flow, "totp", clock)
    for weak in ("short", "password123", "sara"):
        with pytest.raises(WeakPassword):
            await desk.verifying.set_password(sara.caller, flow.id, weak, clock())
    await desk.verifying.set_password(sara.caller, flow.id, NEW_PASSWORD, clock())


async def test_a_second_reset_within_a_day_goes_to_a_person(desk: Desk, sara: Someone, clock: Clock) -> None:
    for number in range(2):
        flow = await start(desk, sara, clock)
        await prove(desk, sara, flow, "email", clock)
        await prove(desk, sara, flow, "totp", clock)
        found, _ = await desk.verifying.of(sara.caller, flow.id)
        assert found.state is (FlowState.PERSON if number else FlowState.PASSWORD)
        if not number:
            await desk.verifying.set_password(sara.caller, flow.id, NEW_PASSWORD, clock())
        clock.pass_(hours=1)
    async with desk.store.read() as tx:
        handoff = await tx.handoffs.current(sara.conversation.id)
    assert handoff is not None and handoff.card["verified"]


@pytest.mark.parametrize("claims", ["sara", "nobody-of-that-name"])
async def test_a_guests_claim_of_nobody_looks_like_any_other(desk: Desk, sara: Someone, clock: Clock, claims: str) -> None:
    conversation, secret = await desk.signin.open_guest(claims, "en", clock())
    caller = await desk.signin.caller(secret, clock())
    assert caller is not None
    async with desk.store.begin() as tx:
        flow = await desk.verifying.start(tx, conversation, Action.RESET, clock())
    await desk.verifying.send_code(caller, flow.id, clock())
    for left in (4, 3):
        with pytest.raises(WrongCode) as wrong:
            await desk.verifying.prove(caller, flow.id, Method.TOTP, "123456", clock())
        assert wrong.value.facts == {"tries_left": left}
    async with desk.store.read() as tx:
        assert len(await tx.outbox.of(sara.account.id)) == (1 if claims == "sara" else 0)


async def test_codes_and_secrets_are_never_readable_in_the_database(desk: Desk, sara: Someone, clock: Clock) -> None:
    flow = await start(desk, sara, clock)
    await desk.verifying.send_code(sara.caller, flow.id, clock())
    code = await mailed_code(desk, sara)
    raw = kept_by(desk.store.url)
    assert flow.id.encode() in raw
    assert code.encode() not in raw and sara.totp.encode() not in raw and digest(code).encode() not in raw
