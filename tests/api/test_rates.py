"""Too much of one kind is refused with a time to wait; asking for a person never is."""

import httpx
import pytest

from api.rates import LIMITS
from tests.api.scripted import PASSWORD, World

BURST = {limit.name: limit.burst for limit in LIMITS}


async def flood(client: httpx.AsyncClient, path: str, times: int, **what: object) -> list[httpx.Response]:
    return [await client.post(path, **what) for _ in range(times)]   # type: ignore[arg-type]


@pytest.mark.parametrize(("path", "body", "name"), [
    ("/api/v1/conversations/guest", {"account": "user"}, "guest"),
    ("/api/v1/verifications/{flow}/factors", {"method": "totp", "code": "00000000"}, "codes"),
])
async def test_a_flood_is_told_when_to_come_back_and_may_then(world: World, path: str, body: dict[str, str], name: str) -> None:
    client = await world.signed_in("user")
    path = path.format(flow=await world.flow(client, await world.opened(client)))
    answers = await flood(client, path, BURST[name] + 3, json=body)
    assert [answer.status_code == 429 for answer in answers] == [False] * BURST[name] + [True] * 3
    refused = answers[-1]
    assert refused.headers["content-type"] == "application/problem+json"
    assert (refused.json()["code"], refused.json()["retry_after"]) == ("too_many", int(refused.headers["retry-after"]))
    world.clock.pass_(seconds=int(refused.headers["retry-after"]))
    assert (await client.post(path, json=body)).status_code != 429


async def test_sign_in_is_counted_by_address(world: World) -> None:
    stranger = world.caller(Accept="text/html")
    answers = await flood(stranger, "/signin", BURST["signin"] + 1, data={"name": "nobody", "password": PASSWORD})
    assert {answer.status_code for answer in answers[:-1]} == {401}
    assert (answers[-1].status_code, answers[-1].headers["retry-after"]) == (429, "2")      # 30 a minute
    assert "a lot at once" in answers[-1].text
    elsewhere = httpx.AsyncClient(transport=httpx.ASGITransport(world.app, client=("192.0.2.7", 1)), base_url="http://testserver")
    assert (await elsewhere.post("/signin", data={"name": "user", "password": PASSWORD})).status_code == 303


async def test_who_says_too_much_in_one_conversation_still_reaches_a_person(world: World) -> None:
    client = await world.signed_in("user")
    conversation, other = await world.opened(client), await world.opened(client)
    world.house.rate = 0.01                                           # 3 at once
    answers = await flood(client, f"/api/v1/conversations/{conversation}/messages", 5, json={"text": "hello"})
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    handed = await flood(client, f"/api/v1/conversations/{conversation}/handoff", 50)
    assert {answer.status_code for answer in handed} == {200}
    assert (await client.post(f"/api/v1/conversations/{other}/messages", json={"text": "hello"})).status_code == 200


async def test_the_page_that_asks_for_a_person_has_no_limit(world: World) -> None:
    client, csrf = await world.browser("user")
    world.house.rate = 0.01
    assert {answer.status_code for answer in await flood(client, "/chat/person", 50, data={"csrf": csrf})} == {303}


async def test_an_administrator_can_set_how_much_is_too_much(world: World) -> None:
    for rate, refused in ((1 / BURST["guest"], 3), (0.0, 0)):
        world.house.rate = rate
        answers = await flood(world.caller(), "/api/v1/conversations/guest", 4, json={"account": "user"})
        assert sum(answer.status_code == 429 for answer in answers) == refused


def test_no_way_to_a_person_has_a_rule() -> None:
    for path in ("/api/v1/conversations/x/handoff", "/chat/person", "/chat/x/person", "/api/v1/conversations/x/callback"):
        assert not [limit.name for limit in LIMITS if limit.path.fullmatch(path)]
