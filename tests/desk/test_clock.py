"""A clock that jumps makes no code younger: what is over-age, or seems to come from the future, is refused."""

from datetime import timedelta

import pytest

from desk.errors import FlowOver, WrongCode
from desk.identity import Action, Method
from desk.services import Desk
from tests.desk.conftest import NEW_PASSWORD, Clock, Someone, app_code, mailed_code

MINUTE = timedelta(minutes=1)


async def started(desk: Desk, sara: Someone, clock: Clock) -> str:
    async with desk.store.begin() as tx:
        return (await desk.verifying.start(tx, sara.conversation, Action.RESET, clock())).id


@pytest.mark.parametrize(("jump", "accepted"), [
    (0 * MINUTE, True),
    (9 * MINUTE, True),
    (11 * MINUTE, False),          # over-age
    (60 * MINUTE, False),          # the clock was set an hour on
    (-60 * MINUTE, False),         # an hour back: nobody knows how old the code is
    (-0.5 * MINUTE, True),         # two replicas' clocks differ by so much
])
async def test_a_mailed_code_is_accepted_while_it_is_surely_young(desk: Desk, sara: Someone, clock: Clock, jump: timedelta,
                                                                  accepted: bool) -> None:
    flow = await started(desk, sara, clock)
    await desk.verifying.send_code(sara.caller, flow, clock())
    code = await mailed_code(desk, sara)
    clock.now += jump
    if accepted:
        assert (await desk.verifying.prove(sara.caller, flow, Method.EMAIL, code, clock())).flow.proven == (Method.EMAIL,)
        return
    with pytest.raises((FlowOver, WrongCode)):
        await desk.verifying.prove(sara.caller, flow, Method.EMAIL, code, clock())


@pytest.mark.parametrize(("jump", "accepted"), [(0 * MINUTE, True), (60 * MINUTE, False), (-60 * MINUTE, False)])
async def test_the_password_page_stands_while_it_is_surely_young(desk: Desk, sara: Someone, clock: Clock, jump: timedelta,
                                                                 accepted: bool) -> None:
    flow = await started(desk, sara, clock)
    await desk.verifying.send_code(sara.caller, flow, clock())
    await desk.verifying.prove(sara.caller, flow, Method.EMAIL, await mailed_code(desk, sara), clock())
    await desk.verifying.prove(sara.caller, flow, Method.TOTP, app_code(sara, clock), clock())
    clock.now += jump
    if accepted:
        assert (await desk.verifying.set_password(sara.caller, flow, NEW_PASSWORD, clock())).flow.account == sara.account.id
        return
    with pytest.raises(FlowOver):
        await desk.verifying.set_password(sara.caller, flow, NEW_PASSWORD, clock())


async def test_a_code_of_the_authenticator_that_was_used_is_not_young_again(desk: Desk, sara: Someone, clock: Clock) -> None:
    flow = await started(desk, sara, clock)
    code = app_code(sara, clock)
    await desk.verifying.prove(sara.caller, flow, Method.TOTP, code, clock())
    clock.now -= 60 * MINUTE
    again = await started(desk, sara, clock)
    earlier = app_code(sara, clock)
    for used in (code, earlier):
        with pytest.raises((FlowOver, WrongCode)):
            await desk.verifying.prove(sara.caller, again, Method.TOTP, used, clock())
