"""A guest claims an account, learns nothing about it, and gains nothing but the verification."""

from typing import Any

import httpx
import pytest

from tests.api.scripted import World

OPEN = "/api/v1/conversations/guest"


def alike(answer: httpx.Response) -> tuple[int, Any, set[str]]:
    """An answer without what is random in it."""
    body = {name: value for name, value in answer.json().items() if name not in ("id", "token", "flow", "turn_id", "expires_at", "url")}
    if body.get("needs"):
        body["needs"] = sorted(body["needs"])
    return answer.status_code, body, set(answer.headers)


@pytest.mark.parametrize("name", ["user", "USER", "user@example.org", "admin", "nobody-of-that-name", "مدیر", "' OR 1=1 --"])
async def test_any_name_opens_a_conversation(world: World, name: str) -> None:
    answer = await world.caller().post(OPEN, json={"account": name, "lang": "fa"})
    assert answer.status_code == 201
    assert set(answer.json()) == {"id", "speaker", "lang", "notice", "token"}
    assert (answer.json()["speaker"], answer.json()["lang"]) == ("assistant", "fa")


async def test_a_name_that_exists_and_one_that_does_not_look_the_same_all_the_way(world: World) -> None:
    paths: list[list[object]] = []
    for name in ("user", "nobody-of-that-name"):
        client = world.caller()
        opened = await client.post(OPEN, json={"account": name})
        base = f"/api/v1/conversations/{opened.json()['id']}"
        asked = await client.post(f"{base}/messages", json={"text": "reset"})
        flow = f"/api/v1/verifications/{asked.json()['needs']['flow']}"
        answers = [opened, asked, await client.get(flow)]
        answers += [await client.post(f"{flow}/factors", json={"method": "email"}), await client.get(flow)]
        for method in ("totp", "email", "totp", "email", "totp"):
            answers.append(await client.post(f"{flow}/factors", json={"method": method, "code": "00000000"}))
        answers += [await client.post(f"{flow}/factors", json={"method": "email"}), await client.get(flow),
                    await client.post(f"{flow}/password", json={"password": "four quiet green boats"})]
        paths.append([alike(answer) for answer in answers])
    assert paths[0] == paths[1]


async def test_a_guest_is_nobody_elsewhere(world: World) -> None:
    guest, own = await world.guest("user")
    user = await world.signed_in("user")
    theirs = await world.opened(user)
    ticket = (await user.post("/api/v1/tickets", json={"title": "Mine"})).json()["number"]
    assert (await guest.get(f"/api/v1/conversations/{own}")).status_code == 200
    assert (await guest.get(f"/api/v1/conversations/{theirs}")).status_code == 404
    assert (await user.get(f"/api/v1/conversations/{own}")).status_code == 404
    for method, path in (("GET", "/tickets"), ("GET", f"/tickets/{ticket}"), ("POST", "/conversations"), ("GET", "/desk/queue")):
        answer = await guest.request(method, f"/api/v1{path}")
        assert (answer.status_code, answer.json()["code"]) == (403, "guest_may_not")


async def test_a_guest_finds_public_help_only(world: World) -> None:
    found = {}
    for name, client in (("guest", (await world.guest("user"))[0]), ("agent", await world.signed_in("agent"))):
        found[name] = [hit["title"] for hit in (await client.get("/api/v1/knowledge/search", params={"q": "call"})).json()["hits"]]
    assert found == {"guest": ["VPN"], "agent": ["VPN", "Call-back"]}


async def test_a_guest_reaches_a_person(world: World) -> None:
    guest, own = await world.guest("user")
    handed = (await guest.post(f"/api/v1/conversations/{own}/handoff")).json()
    assert (handed["speaker"], handed["place"], handed["handoff"]["reason"]) == ("waiting", 1, "asked")
    agent = await world.signed_in("agent")
    line = (await agent.get("/api/v1/desk/queue")).json()["waiting"][0]
    assert (line["guest"], line["name"], line["verified"]) == (True, None, False)
