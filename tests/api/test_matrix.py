"""Role × endpoint × owner, from the OpenAPI document itself: every cell is asserted."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from api.app import make_app
from desk.people import AT_THE_DESK, Role
from tests.api.scripted import PEOPLE, PNG, World

UNKNOWN = {"conversation": "no-such-conversation", "flow": "no-such-flow", "number": "999999", "card": "no-such-card",
           "form": "no-such-form", "attachment": "no-such-attachment"}
# What the desk reaches beside its own: every ticket, and the files of those and of conversations that came to it.
DESK_REACHES = frozenset({("GET", "/tickets/{number}"), ("PATCH", "/tickets/{number}"), ("POST", "/tickets/{number}/attachments"),
                          ("GET", "/attachments/{attachment}")})
FILES = {"POST /conversations/{conversation}/attachments", "POST /tickets/{number}/attachments"}
BODIES: dict[str, dict[str, Any]] = {
    "POST /conversations/guest": {"account": "user"},
    "POST /conversations/{conversation}/messages": {"text": "hello"},
    "POST /verifications/{flow}/factors": {"method": "email"},
    "POST /verifications/{flow}/password": {"password": "four quiet green boats"},
    "POST /tickets": {"title": "The printer is on fire"},
    "PATCH /tickets/{number}": {"comment": "It still burns"},
    "POST /confirmations/{card}": {"decision": "do"},
    "POST /requests/{form}": {"fields": {"item": "laptop", "replaces": "no", "reason": "mine is slow"}},
    "POST /desk/conversations/{conversation}/reply": {"text": "On my way"},
    "POST /conversations/{conversation}/solved": {"solved": True},
    "POST /conversations/{conversation}/callback": {"phone": "+1 555 010 0200", "slot": "2025-03-12T10:00:00Z"},
    "POST /desk/presence": {"state": "busy"},
}
QUERIES = {"GET /knowledge/search": {"q": "vpn"}}
ONCE = ("/claim", "/take", "/queue/next")       # of many who do it, one wins
# Reached by the right caller, these are refused all the same by the state of things: proof that the caller got in.
STATES = {
    "POST /verifications/{flow}/password": (403, "needs_factors"),
    "POST /desk/conversations/{conversation}/reply": (409, "illegal_move"),
    "POST /desk/conversations/{conversation}/return": (409, "illegal_move"),
    "POST /desk/conversations/{conversation}/resolve": (409, "illegal_move"),
    "POST /conversations/{conversation}/solved": (409, "illegal_move"),
    "POST /desk/callbacks/{callback}/done": (409, "illegal_move"),
    "POST /desk/callbacks/{callback}/missed": (409, "illegal_move"),
}


def operations() -> list[tuple[str, str, frozenset[str]]]:
    schema = make_app(lambda: None).openapi()   # type: ignore[arg-type,return-value]
    return [(method.upper(), path.removeprefix("/api/v1"), frozenset(operation["x-roles"]))
            for path, methods in schema["paths"].items() for method, operation in methods.items()]


async def send(client: httpx.AsyncClient, world: World, method: str, path: str, ids: dict[str, str]) -> httpx.Response:
    name = f"{method} {path}"
    if path.endswith("/events"):
        world.app.state.streams.stop()          # the stream tells what is there, then ends
    files = [("files", ("screen.png", PNG))] if name in FILES else None
    return await client.request(method, "/api/v1" + path.format(**ids), json=BODIES.get(name), params=QUERIES.get(name), files=files)


async def call(world: World, client: httpx.AsyncClient, conversation: str) -> str:
    path = "/conversations/{conversation}/callback"
    answer = await send(client, world, "POST", path, {"conversation": conversation})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def owned(path: str) -> str | None:
    """What kind of thing of somebody's the path names."""
    return None if path.startswith("/desk") else next((kind for kind in UNKNOWN if f"{{{kind}}}" in path), None)


@pytest.mark.parametrize(("method", "path", "roles"), operations())
async def test_every_cell_of_the_matrix(world: World, stored: Callable[[], object], method: str, path: str, roles: frozenset[str]) -> None:
    owner = await world.signed_in("user")
    conversation = await world.opened(owner)
    guest, guest_conversation = await world.guest("user")
    guest2, _ = await world.guest("user")
    ids = {"conversation": conversation, "flow": await world.flow(owner, conversation),
           "number": str((await owner.post("/api/v1/tickets", json={"title": "Mine"})).json()["number"]),
           "card": await world.card("user", conversation), "form": await world.form("user", conversation),
           "attachment": await world.attached(owner, conversation)}
    guest_ids = ids | {"conversation": guest_conversation, "flow": await world.flow(guest, guest_conversation)}
    await owner.post(f"/api/v1/conversations/{conversation}/handoff")
    if "callback" in path:
        ids["callback"] = guest_ids["callback"] = await call(world, owner, conversation)
        await call(world, guest, guest_conversation)
    people = {name: await world.signed_in(name) for name in PEOPLE}
    before = stored()
    kind = owned(path)

    if roles:
        for stranger in (world.caller(), world.caller("a-token-of-nobody")):
            answer = await send(stranger, world, method, path, ids)
            assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
            assert "Bearer" in answer.headers["www-authenticate"]
    for name, client in people.items():
        role = PEOPLE[name]
        if roles and role not in roles:
            answer = await send(client, world, method, path, ids)
            assert (answer.status_code, answer.json()["code"]) == (403, "refused"), name
        elif kind and name != "user" and not ((method, path) in DESK_REACHES and role in AT_THE_DESK):
            answer, unknown = await send(client, world, method, path, ids), await send(client, world, method, path, UNKNOWN)
            assert answer.status_code == unknown.status_code == 404, name
            assert answer.json() == unknown.json()
    if roles and Role.GUEST not in roles:
        answer = await send(guest, world, method, path, guest_ids)
        assert (answer.status_code, answer.json()["code"]) == (403, "guest_may_not")
    elif kind:
        for client, theirs in ((guest, ids), (guest2, guest_ids), (owner, guest_ids), (guest, UNKNOWN)):
            answer = await send(client, world, method, path, theirs)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert stored() == before, "a refused call left a trace"

    allowed = [(client, ids) for name, client in people.items() if not roles or (PEOPLE[name] in roles and (
        not kind or name == "user" or ((method, path) in DESK_REACHES and PEOPLE[name] in AT_THE_DESK)))]
    allowed += [(guest, guest_ids)] if not roles or Role.GUEST in roles else []
    assert allowed
    for client, theirs in allowed[:1] if path.endswith(ONCE) else allowed:
        answer = await send(client, world, method, path, theirs)
        if state := STATES.get(f"{method} {path}"):
            assert (answer.status_code, answer.json()["code"]) == state
        else:
            assert 200 <= answer.status_code < 300, answer.text


def test_every_operation_names_its_roles_and_only_the_guests_door_is_open() -> None:
    assert [(method, path) for method, path, roles in operations() if not roles] == [("POST", "/conversations/guest")]
    assert {path for _, path, roles in operations() if "guest" in roles} == {
        "/conversations/{conversation}", "/conversations/{conversation}/events", "/conversations/{conversation}/messages",
        "/conversations/{conversation}/handoff", "/conversations/{conversation}/resume", "/conversations/{conversation}/close",
        "/conversations/{conversation}/solved", "/conversations/{conversation}/callback",
        "/verifications/{flow}", "/verifications/{flow}/factors", "/verifications/{flow}/password", "/knowledge/search"}
    assert all(roles == {str(role) for role in AT_THE_DESK} for _, path, roles in operations() if path.startswith("/desk"))


async def test_a_conversation_that_was_never_handed_off_is_not_the_desks(world: World) -> None:
    owner, agent = await world.signed_in("user"), await world.signed_in("agent")
    conversation = await world.opened(owner)
    assert (await agent.get(f"/api/v1/desk/conversations/{conversation}")).status_code == 404
    await owner.post(f"/api/v1/conversations/{conversation}/handoff")
    assert (await agent.get(f"/api/v1/desk/conversations/{conversation}")).status_code == 200


async def test_only_the_desk_sees_everybodys_tickets(world: World) -> None:
    owner, other, agent = [await world.signed_in(name) for name in ("user", "user2", "agent")]
    await owner.post("/api/v1/tickets", json={"title": "Mine"})
    assert (await other.get("/api/v1/tickets")).json() == {"tickets": []}
    assert (await other.get("/api/v1/tickets", params={"scope": "all"})).status_code == 403
    assert [ticket["title"] for ticket in (await agent.get("/api/v1/tickets", params={"scope": "all"})).json()["tickets"]] == ["Mine"]
    assert (await agent.get("/api/v1/tickets")).json() == {"tickets": []}
