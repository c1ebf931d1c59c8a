"""Role × endpoint × owner, for the API and for the pages: every cell is asserted. The table is in `matrix.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from api.app import make_app
from desk.drafts import Audience, Version
from desk.mending import DisruptionKind
from desk.people import AT_THE_DESK, Role
from desk.rollouts import Stage
from knowledge import drafting
from knowledge.gaplist import groups
from tests.api.kept import a_run, kept
from tests.api.matrix import A_CALL, A_RUN, API, OPEN, OR_DESK, PAGES, TOLD, Line
from tests.api.scripted import PEOPLE, PNG, World

UNKNOWN = {"conversation": "no-such-conversation", "flow": "no-such-flow", "number": "999999", "session": "no-such-session",
           "account": "no-such-account", "seq": "0", "document": "vpn.en", "card": "no-such-card", "form": "no-such-form",
           "attachment": "no-such-attachment", "callback": "no-such-callback", "proposal": "no-such-proposal",
           "disruption": "no-such-disruption", "run": "no-such-run", "gap": "no-such-gap", "draft": "no-such-draft",
           "written": "no-such.en"}
UNNAMED = {"/healthz", "/readyz", "/metrics", "/api/v1/docs"}       # say nothing of anybody, and need no session


def operations() -> dict[str, frozenset[str]]:
    """What the OpenAPI document describes, and the roles that it says may call it."""
    schema = make_app(lambda: None).openapi()   # type: ignore[arg-type,return-value]
    return {f"{method.upper()} {path.removeprefix('/api/v1')}": frozenset(operation["x-roles"])
            for path, methods in schema["paths"].items() for method, operation in methods.items()}


def pages() -> set[str]:
    app = make_app(lambda: None)   # type: ignore[arg-type,return-value]
    described = app.openapi()["paths"]
    return {f"{method} {route.path}" for route in iter_route_contexts(app.routes) if isinstance(route.original_route, APIRoute)
            for method in route.methods or () if route.path not in described and route.path not in UNNAMED}


def test_every_endpoint_and_every_page_has_its_line_and_the_schema_says_the_same() -> None:
    assert operations() == {line.name: frozenset(map(str, line.who)) for line in API}
    assert pages() == {line.name for line in PAGES}
    assert (len({line.name for line in API}), len({line.name for line in PAGES})) == (len(API), len(PAGES))


def may(line: Line, name: str, role: Role) -> bool:
    """Whether somebody who is signed in gets what is `user`'s."""
    return role in line.who and (not line.whose or name == "user" or (line.whose == OR_DESK and role in AT_THE_DESK))


@dataclass
class Scene:
    """Things of `user` and of a guest, and everybody who may ask for them."""

    ids: dict[str, str]
    guest_ids: dict[str, str]
    owner: httpx.AsyncClient


async def proposed(world: World, conversation: str) -> str:
    """A call that waits for an agent."""
    async with world.desk.store.begin() as tx:
        asked = (await tx.turns.of_conversation(conversation))[0]
        found = await world.desk.proposing.record(
            tx, key="a key of one call", turn=asked, conversation=await tx.conversations.get(conversation), group="user", lang="en",
            tool="create_ticket", args={}, stage=Stage.SUGGEST, now=world.clock())
    return found.id


async def gaps(world: World, conversation: str) -> tuple[str, str, str]:
    """A question without an answer, the draft about another one, and an article that was written about a third."""
    async with world.desk.store.begin() as tx:
        for number, text in enumerate(order := ("Where is the toner?", "May I bring a dog?", "Who waters the plants?")):
            await tx.gaps.record(turn=f"turn {number}", conversation=conversation, owner=None, text=text, lang="en", asked_back=False,
                                 embedder="", vector=None, now=world.clock())
        found = {group.asked("en"): group for group in await groups(tx, world.house.mind.likeness, world.clock())}
        toner, dog, plants = [found[text] for text in order]
        draft, other = [await drafting.begin(tx, group, "somebody", world.clock()) for group in (dog, plants)]
        await drafting.save(tx, other, {"en": Version("Plants", "Nobody.")}, Audience.EVERYONE, "somebody", world.clock())
        (written,) = await drafting.publish(tx, other, "somebody", world.clock())
    return toner.id, draft, written


async def call(client: httpx.AsyncClient, conversation: str) -> str:
    answer = await client.post(f"/api/v1/conversations/{conversation}/callback", json=A_CALL)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def staged(world: World, *, calls: bool) -> tuple[Scene, httpx.AsyncClient]:
    """`calls`: both have left a number."""
    owner = await world.signed_in("user")
    conversation = await world.opened(owner)
    guest, guest_conversation = await world.guest("user")
    async with world.desk.store.begin() as tx:
        account = await tx.people.by_name("user")
        assert account is not None
        _, _ = await tx.people.open_session("token", account=account.id, conversation=None, now=world.clock(), lasts=timedelta(days=1))
        document = {"id": "vpn.en", "source": "house", "path": "vpn/en.md", "topic": "vpn", "lang": "en", "title": "VPN",
                    "audience": "public", "owner": "a-team", "reviewed": "2025-02-01", "tier": "reviewed", "text": "Lead.", "hash": "1"}
        steps = {"id": "vpn.en.1", "document": "vpn.en", "ordinal": 1, "heading": "Steps", "text": "Do it.", "hash": "1"}
        await tx.shelf.put(document, [steps])
        known = await world.desk.watching.declare(tx, asset="vpn", kind=DisruptionKind.INCIDENT, text=TOLD, starts_at=world.clock(),
                                                  ends_at=None, by=account.id, now=world.clock())
    kept(world.runs, A_RUN, a_run())
    asked, draft, written = await gaps(world, conversation)
    sessions = (await owner.get("/api/v1/sessions")).json()["sessions"]
    ids = UNKNOWN | {
        "conversation": conversation, "flow": await world.flow(owner, conversation), "account": account.id,
        "number": str((await owner.post("/api/v1/tickets", json={"title": "Mine"})).json()["number"]),
        "card": await world.card("user", conversation), "form": await world.form("user", conversation),
        "attachment": await world.attached(owner, conversation), "proposal": await proposed(world, conversation), "disruption": known.id,
        "run": A_RUN, "gap": asked, "draft": draft, "written": written,
        "session": next(each["id"] for each in sessions if not each["current"])}
    guest_ids = ids | {"conversation": guest_conversation, "flow": await world.flow(guest, guest_conversation)}
    await owner.post(f"/api/v1/conversations/{conversation}/handoff")
    if calls:
        ids["callback"] = guest_ids["callback"] = await call(owner, conversation)
        await call(guest, guest_conversation)
    return Scene(ids, guest_ids, owner), guest


async def send(client: httpx.AsyncClient, world: World, line: Line, ids: dict[str, str]) -> httpx.Response:
    if line.path.endswith("/events"):
        world.app.state.streams.stop()          # the stream tells what is there, then ends
    read = line.method == "GET"
    return await client.request(line.method, "/api/v1" + where(line, ids), params=line.sent if read else None,
                                json=None if read or not line.sent else line.sent, files=sent_files(line))


def where(line: Line, ids: dict[str, str]) -> str:
    return line.path.format(**ids | {name: stands.format(**ids) for name, stands in line.names.items()})


def sent_files(line: Line) -> list[tuple[str, tuple[str, bytes]]] | None:
    return [("files", ("screen.png", PNG))] if line.files else None


@pytest.mark.parametrize("line", API, ids=lambda line: line.name)
async def test_every_cell_of_the_matrix(world: World, stored: Callable[[], object], line: Line) -> None:
    scene, guest = await staged(world, calls="callback" in line.path)
    guest2, _ = await world.guest("user")
    people = {name: await world.signed_in(name) for name in PEOPLE}
    before = stored()

    if line.who:
        for stranger in (world.caller(), world.caller("a-token-of-nobody")):
            answer = await send(stranger, world, line, scene.ids)
            assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
            assert "Bearer" in answer.headers["www-authenticate"]
    for name, client in people.items():
        if line.who and PEOPLE[name] not in line.who:
            answer = await send(client, world, line, scene.ids)
            assert (answer.status_code, answer.json()["code"]) == (403, "refused"), name
        elif line.who and not may(line, name, PEOPLE[name]):
            answer, unknown = await send(client, world, line, scene.ids), await send(client, world, line, UNKNOWN)
            assert answer.status_code == unknown.status_code == 404, name
            assert answer.json() == unknown.json()
    if line.who and Role.GUEST not in line.who:
        answer = await send(guest, world, line, scene.guest_ids)
        assert (answer.status_code, answer.json()["code"]) == (403, "guest_may_not")
    elif line.whose:
        for client, theirs in ((guest, scene.ids), (guest2, scene.guest_ids), (scene.owner, scene.guest_ids), (guest, UNKNOWN)):
            answer = await send(client, world, line, theirs)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert stored() == before, "a refused call left a trace"

    allowed = [(client, scene.ids) for name, client in people.items() if not line.who or may(line, name, PEOPLE[name])]
    allowed += [(guest, scene.guest_ids)] if not line.who or Role.GUEST in line.who else []
    assert allowed
    for client, theirs in allowed[:1] if line.once else allowed:
        answer = await send(client, world, line, theirs)
        if line.state:
            assert (answer.status_code, answer.json()["code"]) == line.state
        else:
            assert 200 <= answer.status_code < 300, answer.text


async def visit(client: httpx.AsyncClient, line: Line, ids: dict[str, str], csrf: str = "") -> httpx.Response:
    path = where(line, ids)
    if line.method == "GET":
        return await client.get(path)
    return await client.post(path, data=line.sent | {"csrf": csrf}, files=sent_files(line))


def lets_in(line: Line, answer: httpx.Response) -> bool:
    if line.state:
        return answer.status_code == line.state[0]
    return answer.status_code == 200 or (answer.status_code == 303 and (line.who == OPEN or answer.headers["location"] != "/signin"))


async def test_no_page_opens_to_those_for_whom_it_is_not(world: World, stored: Callable[[], object]) -> None:
    """All refused cells of all pages, in one house: nothing of it may change."""
    scene, _ = await staged(world, calls=True)
    people = {name: await world.browser(name, Accept="text/html") for name in PEOPLE}
    guests = [world.caller(Accept="text/html") for _ in range(2)]
    for guest in guests:
        assert (await guest.post("/signin/help", data={"account": "user"})).headers["location"] == "/chat/guest"
    before, cells = stored(), 0
    for line in PAGES:
        if not line.who:
            continue
        answer = await visit(world.caller(Accept="text/html"), line, scene.ids)
        assert (answer.status_code, answer.headers.get("location")) == (303, "/signin"), line.name
        for name, (client, csrf) in people.items():
            if may(line, name, PEOPLE[name]):
                continue
            answer = await visit(client, line, scene.ids, csrf)
            unowned = line.path == "/chat/guest"          # whoever is signed in is shown the way to sign in as nobody else
            wanted = {303} if unowned else {403} if PEOPLE[name] not in line.who else {404}
            assert answer.status_code in wanted, (line.name, name, answer.status_code)
            cells += 1
        if Role.GUEST not in line.who or line.whose:
            for guest in guests:                          # neither what is the owner's nor what is another guest's
                answer = await visit(guest, line, scene.ids if guest is guests[0] else scene.guest_ids)
                turned_away = answer.status_code in (403, 404) or (answer.status_code, answer.headers.get("location")) == (303, "/signin")
                assert turned_away, (line.name, "guest", answer.status_code)
                cells += 1
    assert stored() == before, "a refused page left a trace"
    assert cells > len(PAGES)


@pytest.mark.parametrize("line", PAGES, ids=lambda line: line.name)
async def test_every_page_opens_to_those_for_whom_it_is(world: World, line: Line) -> None:
    scene, _ = await staged(world, calls="callback" in line.path)
    allowed = [name for name in PEOPLE if not line.who or may(line, name, PEOPLE[name])]
    for name in allowed:
        client, csrf = await world.browser(name, Accept="text/html")
        answer = await visit(client, line, scene.ids, csrf)
        if line.method == "POST" and (line.once or line.path.endswith("{session}/end")) and name != allowed[0]:
            assert answer.status_code in (404, 409)       # done already by the one before
        else:
            assert lets_in(line, answer), (name, answer.status_code, answer.headers.get("location"))
    if not line.who or Role.GUEST in line.who:
        guest = world.caller(Accept="text/html")
        await guest.post("/signin/help", data={"account": "user"})
        own = (await guest.get("/chat/guest")).headers["location"].partition("#")[0].rpartition("/")[2]
        theirs = scene.ids | {"conversation": own}
        token = world.caller(guest.cookies["yavar_guest"])
        if "{flow}" in line.path:
            theirs["flow"] = await world.flow(token, own)
        if line.path.endswith("/callback/cancel"):
            await token.post(f"/api/v1/conversations/{own}/handoff")
            await call(token, own)
        assert lets_in(line, await visit(guest, line, theirs)), "guest"
    if not line.who:
        assert lets_in(line, await visit(world.caller(Accept="text/html"), line, scene.ids)), "a stranger"


def test_only_the_guests_door_is_open_and_a_guest_reaches_little_else() -> None:
    assert [line.name for line in API if not line.who] == ["POST /conversations/guest"]
    assert {line.path for line in API if Role.GUEST in line.who} == {
        "/conversations/{conversation}", "/conversations/{conversation}/events", "/conversations/{conversation}/messages",
        "/conversations/{conversation}/handoff", "/conversations/{conversation}/resume", "/conversations/{conversation}/close",
        "/conversations/{conversation}/solved", "/conversations/{conversation}/callback",
        "/verifications/{flow}", "/verifications/{flow}/factors", "/verifications/{flow}/password", "/knowledge/search"}
    assert all(line.who == AT_THE_DESK for line in API if line.path.startswith("/desk"))


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
