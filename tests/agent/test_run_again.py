"""A turn that was cut off is run again: what it had done is done once, however the model words it this time."""

import asyncio
from typing import Any

import httpx
import pytest
import respx

from agent.house import House
from desk.people import Caller
from desk.turns import LEASE, Turn
from tests.agent.conftest import MakeHouse
from tests.agent.endpoint import STREAM, URL, call, words
from tests.journeys.conftest import Clock

WISH = {"en": "please open a ticket, my chair is broken", "ar": "أرجو فتح تذكرة، الكرسي الذي أجلس عليه مكسور",
        "fa": "لطفاً یک تیکت باز کنید، صندلی من شکسته است"}
LAMP = "it flickers whenever somebody walks past the desk"
SAID = {"en": "It is done.", "ar": "تم ذلك.", "fa": "انجام شد."}


def ticket(title: str, description: str = "a leg is off") -> str:
    return call("create_ticket", {"title": title, "description": description})


class Endpoint:
    """Answers one request after the other; at `None` it is silent for ever, and tells that it has come there."""

    def __init__(self, mock: respx.Router, *plan: str | None) -> None:
        self.plan, self.silent, self.asked = list(plan), asyncio.Event(), 0
        mock.post(f"{URL}/chat/completions").mock(side_effect=self._answer)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        step = self.plan[self.asked]
        self.asked += 1
        if step is None:
            self.silent.set()
            await asyncio.Event().wait()
        return httpx.Response(200, headers=STREAM, text=step)


async def received(house: House, text: str, lang: Any) -> tuple[Caller, Turn]:
    now = house.clock()
    caller = await house.desk.signin.caller(await house.desk.signin.issue_token("user", now), now)
    assert caller is not None and caller.account is not None
    async with house.desk.store.begin() as tx:
        conversation = await tx.conversations.open(account=caller.account.id, lang=lang, now=now)
    return caller, await house.assistant.receive(caller, conversation.id, text)


async def cut_off(house: House, turn: Turn, endpoint: Endpoint, clock: Clock, *, at_once: bool) -> None:
    """End the run while the model is silent: as a server that is stopped does, or `at_once`, as one that is killed, which keeps nothing."""
    running = asyncio.create_task(house.assistant.answer(turn))
    await endpoint.silent.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert house.assistant._checkpoints is not None
    if at_once:
        await house.assistant._checkpoints.forget(turn.id)
    clock.now += 2 * LEASE


async def done(house: House, caller: Caller, turn: Turn) -> tuple[list[str], int]:
    """Titles of the person's tickets in alphabetical order, and how many effects the turn had."""
    assert caller.account is not None
    async with house.desk.store.read() as tx:
        return sorted(each.title for each in await tx.tickets.owned_by(caller.account.id)), len(await tx.effects.of_turn(turn.id))


@pytest.mark.parametrize("lang", WISH)
async def test_a_killed_run_has_done_it_in_whatever_words(make_house: MakeHouse, httpx2_mock: respx.Router, clock: Clock,
                                                          lang: str) -> None:
    endpoint = Endpoint(httpx2_mock, ticket("broken chair"), None, ticket("chair with three legs"), words(SAID[lang]))
    house = await make_house()
    caller, turn = await received(house, WISH[lang], lang)
    await cut_off(house, turn, endpoint, clock, at_once=True)
    answer = await house.assistant.answer(turn)
    assert endpoint.asked == 4 and answer["planner"] == "openai"
    assert [(each["tool"], each["outcome"]) for each in answer["actions"]] == [("create_ticket", "done")]
    assert await done(house, caller, turn) == (["broken chair"], 1)


async def test_what_it_had_not_come_to_is_done_now(make_house: MakeHouse, httpx2_mock: respx.Router, clock: Clock) -> None:
    """Two wishes, of which the killed run had done the first; the second run comes to both."""
    endpoint = Endpoint(httpx2_mock, ticket("broken chair"), None, ticket("broken chair"), ticket("broken lamp", LAMP), words(SAID["en"]))
    house = await make_house()
    caller, turn = await received(house, "please open two tickets, my chair is broken and so is my lamp", "en")
    await cut_off(house, turn, endpoint, clock, at_once=True)
    await house.assistant.answer(turn)
    assert await done(house, caller, turn) == (["broken chair", "broken lamp"], 2)


async def test_a_server_that_is_stopped_in_good_order_goes_on_where_it_was(make_house: MakeHouse, httpx2_mock: respx.Router,
                                                                           clock: Clock) -> None:
    endpoint = Endpoint(httpx2_mock, ticket("broken chair"), None, words(SAID["en"]))
    house = await make_house()
    caller, turn = await received(house, WISH["en"], "en")
    await cut_off(house, turn, endpoint, clock, at_once=False)
    answer = await house.assistant.answer(turn)
    assert endpoint.asked == 3 and answer["reply"] is not None, "the model is not asked again for what it had planned"
    assert await done(house, caller, turn) == (["broken chair"], 1)


async def test_where_nothing_was_cut_off_two_wishes_are_two(make_house: MakeHouse, httpx2_mock: respx.Router, clock: Clock) -> None:
    """Denial and success share one set-up: the second ticket is not taken for the first in other words."""
    Endpoint(httpx2_mock, ticket("broken chair"), ticket("broken lamp", LAMP), words(SAID["en"]))
    house = await make_house()
    caller, turn = await received(house, "please open two tickets, my chair is broken and so is my lamp", "en")
    await house.assistant.answer(turn)
    assert await done(house, caller, turn) == (["broken chair", "broken lamp"], 2)
