"""Signing in with the company's account, at a provider on loopback: what is believed, what is not, and who one is afterwards."""

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from api.app import make_app
from api.oidc import Oidc
from desk.company import Rules
from desk.people import Account, Role
from tests.api.company.provider import CLIENT, SECRET, Bend, Provider, a_key, running
from tests.api.pages.reading import read
from tests.api.scripted import PASSWORD, Clock, World, add_people, build
from tests.databases import kept_by
from tests.yavar.servers import free_port, until

SARA = {"sub": "s-1", "preferred_username": "Sara", "name": "Sara Ahmadi", "email": "sara@corp.example", "email_verified": True,
        "locale": "fa-IR", "zoneinfo": "Asia/Tehran", "groups": ["staff"]}
TRUSTED = httpx.create_ssl_context()
ROLES = {"it-desk": Role.AGENT, "it-leads": Role.SUPERVISOR}


@dataclass
class Browser:
    """A cookie jar that follows redirects, to the house and to the provider alike."""

    http: httpx.AsyncClient

    async def sign_in(self) -> httpx.Response:
        return await self.http.get("/signin/company", follow_redirects=True)

    async def leave(self) -> str:
        """Go to the provider and be sent back, but do not walk through the door yet: the address of the door."""
        there = await self.http.get("/signin/company")
        assert there.status_code == 303, there.text
        back = await self.http.get(there.headers["location"])
        return str(back.headers["location"])

    @property
    def signed_in(self) -> bool:
        return "yavar_session" in self.http.cookies


@asynccontextmanager
async def company(database_url: str, folder: Path, provider: Provider, clock: Clock, **rules: Any) -> AsyncIterator[World]:
    oidc = Oidc(provider.url, client_id=CLIENT, client_secret=SECRET, home="http://testserver")
    house = await build(database_url, folder, clock, provider=oidc, rules=Rules(**({"roles": ROLES} | rules)))
    app = make_app(lambda: house)
    async with app.router.lifespan_context(app):
        await app.state.opening
        yield World(app, house, clock)


def browser(world: World, lang: str = "en") -> Browser:
    return Browser(httpx.AsyncClient(base_url="http://testserver", mounts={"http://testserver": httpx.ASGITransport(world.app)},
                                     verify=TRUSTED, limits=httpx.Limits(max_keepalive_connections=0),
                                     headers={"Accept": "text/html", "Accept-Language": lang, "User-Agent": "Firefox/140 (Windows)"}))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def provider(clock: Clock) -> Iterator[Provider]:
    with running(Provider(now=clock, person=dict(SARA))) as provider:
        yield provider


@pytest.fixture
async def world(database_url: str, tmp_path: Path, provider: Provider, clock: Clock) -> AsyncIterator[World]:
    async with company(database_url, tmp_path, provider, clock) as world:
        yield world


async def people(world: World) -> list[Account]:
    async with world.desk.store.read() as tx:
        return await tx.people.all()


async def test_the_first_sign_in_makes_the_account_as_the_company_describes_it(world: World, provider: Provider) -> None:
    visitor = browser(world)
    answer = await visitor.sign_in()
    assert (answer.status_code, answer.url.path) == (200, "/chat")
    sara, = await people(world)
    assert (sara.name, sara.display, sara.email, sara.role, sara.lang, sara.timezone) == (
        "sara", "Sara Ahmadi", "sara@corp.example", Role.USER, "fa", "Asia/Tehran")
    asked = provider.asked[0]
    assert asked["redirect_uri"] == "http://testserver/signin/company/back"
    again = browser(world)
    await again.sign_in()
    assert [each.id for each in await people(world)] == [sara.id]
    sessions = await world.desk.signin.sessions(sara.id, world.clock())
    assert [session.device for session in sessions] == ["Firefox · Windows"] * 2


def _set(part: str, **values: Any) -> Bend:
    def bend(header: dict[str, Any], claims: dict[str, Any]) -> None:
        (header if part == "header" else claims).update({name: value for name, value in values.items() if value is not None})
        for name in [name for name, value in values.items() if value is None]:
            (header if part == "header" else claims).pop(name)
    return bend


def _later(**seconds: int) -> Bend:
    def bend(_: dict[str, Any], claims: dict[str, Any]) -> None:
        claims.update({name: claims["iat"] + shift for name, shift in seconds.items()})
    return bend


@pytest.mark.parametrize(("bend", "allowed"), [
    (None, True),
    (_set("claims", nonce="another"), False),
    (_set("claims", nonce=None), False),
    (_set("claims", aud="another-house"), False),
    (_set("claims", aud=[CLIENT, "another-house"]), False),                      # several, and none is named as the party
    (_set("claims", aud=[CLIENT, "another-house"], azp=CLIENT), True),
    (_set("claims", azp="another-house"), False),
    (_set("claims", iss="https://login.elsewhere.example"), False),
    (_set("claims", sub=None), False),
    (_set("claims", exp=None), False),
    (_later(iat=-400, exp=-61), False),                                            # over, and more than the clocks may differ
    (_later(iat=-400, exp=-59), True),                                             # 60 s of skew are allowed
    (_later(iat=120), False),                                                      # from the future
    (_later(iat=50), True),
    (_set("header", alg="none"), False),
    (_set("header", alg="HS256"), False),                                          # signed with the secret that both know
    (_set("header", kid="nobody-s"), False),
])
async def test_a_statement_is_believed_only_if_everything_in_it_is_right(world: World, provider: Provider, bend: Bend | None,
                                                                         allowed: bool) -> None:
    provider.bend = bend
    visitor = browser(world)
    answer = await visitor.sign_in()
    assert visitor.signed_in is allowed
    assert len(await people(world)) == int(allowed)
    if not allowed:
        assert answer.status_code == 403
        assert "sign-in didn" in read(answer).one("p", role="alert").words


@pytest.mark.parametrize("known", [False, True])
async def test_a_key_that_the_provider_never_published_signs_nobody_in(world: World, provider: Provider, known: bool) -> None:
    if known:
        assert (await browser(world).sign_in()).status_code == 200
    provider.sign_with = a_key("somebody-else-s", kid="first")
    visitor = browser(world)
    await visitor.sign_in()
    assert not visitor.signed_in
    provider.sign_with = None
    await visitor.sign_in()
    assert visitor.signed_in


async def test_keys_that_were_changed_are_fetched_again(world: World, provider: Provider) -> None:
    await browser(world).sign_in()
    provider.rotate()
    visitor = browser(world)
    await visitor.sign_in()
    assert visitor.signed_in


async def test_a_way_back_is_walked_once_by_the_browser_that_left_and_in_time(world: World, clock: Clock) -> None:
    visitor, other = browser(world), browser(world)
    door = await visitor.leave()
    stolen = await other.http.get(door)
    assert (stolen.status_code, other.signed_in) == (403, False)
    assert (await visitor.http.get(door)).status_code == 403          # tried by another: burnt
    door = await visitor.leave()
    jar = dict(visitor.http.cookies)
    assert (await visitor.http.get(door)).headers["location"] == "/"
    replay = browser(world)
    replay.http.cookies.update({"yavar_away": jar["yavar_away"]})
    assert (await replay.http.get(door)).status_code == 403
    assert not replay.signed_in
    late = browser(world)
    door = await late.leave()
    clock.pass_(minutes=16)
    assert (await late.http.get(door)).status_code == 403
    for wrong in ("?code=x&state=made-up", "?code=x", "?error=access_denied&state=y", "?state=" + "x" * 5000):
        assert (await late.http.get("/signin/company/back" + wrong)).status_code == 403
    assert not late.signed_in


async def test_a_code_that_was_used_already_signs_nobody_in(world: World, provider: Provider) -> None:
    visitor = browser(world)
    door = await visitor.leave()
    provider.issued.clear()                                            # somebody was quicker
    assert (await visitor.http.get(door)).status_code == 403
    assert not visitor.signed_in


async def test_a_code_needs_the_verifier_of_its_own_departure(world: World) -> None:
    """Someone else's code, brought to one's own state, fails at PKCE and at the nonce."""
    victim, thief = browser(world), browser(world)
    codes = {name: parse_qs(urlsplit(await each.leave()).query) for name, each in (("victim", victim), ("thief", thief))}
    await thief.http.get("/signin/company/back", params={"state": codes["thief"]["state"][0], "code": codes["victim"]["code"][0]})
    assert not thief.signed_in


async def test_an_answer_in_another_issuers_name_is_refused(world: World, provider: Provider) -> None:
    visitor = browser(world)
    door = await visitor.leave()
    assert (await visitor.http.get(door + "&iss=https%3A%2F%2Fother.example")).status_code == 403
    door = await visitor.leave()
    assert (await visitor.http.get(f"{door}&iss={provider.url}")).status_code == 303


@pytest.mark.parametrize(("groups", "role"), [
    (["staff"], Role.USER), (["staff", "it-desk"], Role.AGENT), (["it-desk", "it-leads"], Role.SUPERVISOR), ("it-desk", Role.AGENT),
    (None, Role.USER), ([], Role.USER), ([7, {"name": "it-desk"}], Role.USER),
])
@pytest.mark.parametrize("in_userinfo", [frozenset[str](), frozenset({"groups", "email"})])
async def test_groups_give_the_role(world: World, provider: Provider, groups: Any, role: Role, in_userinfo: frozenset[str]) -> None:
    provider.person["groups"], provider.in_userinfo = groups, in_userinfo
    await browser(world).sign_in()
    assert [each.role for each in await people(world)] == [role]


async def test_userinfo_of_somebody_else_is_refused(world: World, provider: Provider) -> None:
    provider.in_userinfo = frozenset({"email"})
    visitor = browser(world)
    door = await visitor.leave()
    grant = next(iter(provider.issued.values()))
    provider.bend = _set("claims", sub="s-2")
    assert grant.claims["sub"] == "s-1"
    await visitor.http.get(door)
    assert not visitor.signed_in


async def test_who_lost_the_group_loses_the_role_at_once_and_everywhere(world: World, provider: Provider) -> None:
    provider.person["groups"] = ["it-desk"]
    first = browser(world)
    await first.sign_in()
    assert (await first.http.get("/desk")).status_code == 200
    provider.person["groups"] = []
    second = browser(world)
    assert (await second.sign_in()).url.path == "/chat"
    assert (await second.http.get("/desk")).status_code == 403
    assert (await first.http.get("/desk")).headers["location"] == "/signin"
    async with world.desk.store.read() as tx:
        changed = [(entry.detail["was"], entry.detail["role"]) for entry in await tx.audit.all() if entry.action == "role.changed"]
    assert changed == [("agent", "user")]


async def test_where_a_group_is_needed_nobody_without_one_gets_in(database_url: str, tmp_path: Path,
                                                                  provider: Provider, clock: Clock) -> None:
    async with company(database_url, tmp_path, provider, clock, default=None) as world:
        visitor = browser(world)
        answer = await visitor.sign_in()
        assert (answer.status_code, await people(world)) == (403, [])
        provider.person["groups"] = ["it-desk"]
        await visitor.sign_in()
        assert visitor.signed_in
        provider.person["groups"] = []
        assert not (await browser(world).sign_in()).cookies
        assert (await visitor.http.get("/desk")).headers["location"] == "/signin"
        assert [each.role for each in await people(world)] == [Role.USER]


async def test_two_people_with_one_address_are_two_people(world: World, provider: Provider) -> None:
    await browser(world).sign_in()
    provider.person = SARA | {"sub": "s-2", "name": "Sara Other", "groups": ["it-desk"]}
    await browser(world).sign_in()
    first, second = await people(world)
    assert (first.email, first.role, second.email, second.role) == ("sara@corp.example", Role.USER, "sara@corp.example", Role.AGENT)
    assert first.name != second.name
    async with world.desk.store.read() as tx:
        assert await tx.people.by_name("sara@corp.example") is None    # nobody's alone
        assert await tx.people.by_name("sara") == first


@pytest.mark.parametrize(("link", "verified", "role", "linked"), [
    (True, True, Role.USER, True),
    (False, True, Role.USER, False),
    (True, False, Role.USER, False),
    (True, True, Role.ADMIN, False),           # the house's own administrator is never taken over by an address
    (True, True, Role.AGENT, False),
])
async def test_a_verified_address_connects_an_account_once_if_the_house_says_so(
        database_url: str, tmp_path: Path, provider: Provider, clock: Clock, link: bool, verified: bool, role: Role, linked: bool) -> None:
    async with company(database_url, tmp_path, provider, clock, link_email=link) as world:
        here = (await add_people(world.house, {"sara": role}))["sara"]
        provider.person |= {"email": "Sara@example.org", "email_verified": verified}
        await browser(world).sign_in()
        found = await people(world)
        assert len(found) == (1 if linked else 2)
        assert next(each for each in found if each.id == here.id).role is role
        provider.person |= {"sub": "s-2"}
        await browser(world).sign_in()
        assert len(await people(world)) == len(found) + 1              # once: the second subject is somebody else


async def test_a_name_or_address_of_another_is_never_taken(world: World, provider: Provider) -> None:
    await add_people(world.house, {"omid": Role.USER})
    for sub, name in (("s-3", "OMID"), ("s-4", "omid@example.org")):
        provider.person = SARA | {"sub": sub, "preferred_username": name, "email": ""}
        await browser(world).sign_in()
    assert [each.name for each in await people(world)] == ["omid", "omid-2", "omid@example.org-2"]
    async with world.desk.store.read() as tx:
        found = await tx.people.by_name("omid@example.org")
    assert found is not None and found.name == "omid"


async def test_a_disabled_person_does_not_get_in(world: World, provider: Provider) -> None:
    visitor = browser(world)
    await visitor.sign_in()
    sara, = await people(world)
    async with world.desk.store.begin() as tx:
        await tx.people.disable(sara.id, world.clock())
    assert (await visitor.http.get("/chat")).headers["location"] == "/signin"
    answer = await browser(world).sign_in()
    assert (answer.status_code, "no longer active" in answer.text) == (403, True)


@pytest.mark.parametrize("lang", ["en", "ar", "fa"])
async def test_while_the_provider_is_down_the_page_says_so_and_administrators_get_in(
        database_url: str, tmp_path: Path, clock: Clock, provider: Provider, lang: str) -> None:
    provider.url = f"http://127.0.0.1:{free_port()}"                   # nobody listens there
    async with company(database_url, tmp_path, provider, clock, passwords=False) as world:
        await add_people(world.house, {"admin": Role.ADMIN, "sara": Role.USER, "agent": Role.AGENT})
        visitor = browser(world, lang)
        answer = await visitor.sign_in()
        shown = read(answer)
        assert answer.status_code == 503
        assert shown.one("p", role="alert").words == world.desk.words.say(lang, "error.provider_down")   # type: ignore[arg-type]
        assert shown.one("summary").words == world.desk.words.say(lang, "pages.signin.admins")   # type: ignore[arg-type]
        for name, allowed in (("sara", False), ("agent", False), ("admin", True)):
            sent = await visitor.http.post("/signin", data={"name": name, "password": PASSWORD})
            assert sent.status_code == (303 if allowed else 401), name
            assert visitor.signed_in is allowed


@pytest.mark.parametrize("wrong", [
    {"issuer": "https://login.elsewhere.example"}, {"token_endpoint": "http://login.example.org/token"}, {"jwks_uri": None},
    {"authorization_endpoint": "javascript:alert(1)"}])
async def test_a_description_that_is_not_the_issuers_own_or_not_safe_is_not_followed(world: World, provider: Provider,
                                                                                     wrong: dict[str, Any]) -> None:
    provider.metadata = wrong
    answer = await browser(world).sign_in()
    assert answer.status_code == 503
    assert not provider.asked


async def test_many_first_sign_ins_at_once_make_one_account(world: World) -> None:
    visitors = [browser(world) for _ in range(6)]
    doors = [await visitor.leave() for visitor in visitors]
    await asyncio.gather(*(visitor.http.get(door) for visitor, door in zip(visitors, doors, strict=True)))
    assert all(visitor.signed_in for visitor in visitors)
    assert len(await people(world)) == 1


async def test_signing_out_ends_the_session_and_offers_to_leave_the_company_too(world: World, provider: Provider) -> None:
    visitor = browser(world)
    page = read(await visitor.sign_in())
    csrf = page.one("meta", name="csrf").attributes["content"]
    secret = visitor.http.cookies["yavar_session"]
    out = await visitor.http.post("/signout", data={"csrf": csrf})
    assert (out.headers["location"], await world.desk.signin.caller(secret, world.clock())) == ("/signin?out=1", None)
    assert "/signin/company/out" in (await visitor.http.get("/signin?out=1")).text
    farewell = urlsplit((await visitor.http.get("/signin/company/out")).headers["location"])
    assert f"{farewell.scheme}://{farewell.netloc}{farewell.path}" == f"{provider.url}/out"
    assert parse_qs(farewell.query) == {"client_id": [CLIENT], "post_logout_redirect_uri": ["http://testserver/signin"]}


@pytest.mark.parametrize(("secret", "public", "allowed"), [
    (SECRET, False, True), ("another one", False, False), (None, False, False), (None, True, True)])
async def test_the_house_itself_is_known_to_the_provider(database_url: str, tmp_path: Path,
                                                         provider: Provider, clock: Clock, secret: str | None,
                                                         public: bool, allowed: bool) -> None:
    provider.public = public
    house = await build(database_url, tmp_path, clock, provider=Oidc(provider.url, client_id=CLIENT, client_secret=secret, home="http://testserver"))
    app = make_app(lambda: house)
    async with app.router.lifespan_context(app):
        await app.state.opening
        visitor = browser(World(app, house, clock))
        await visitor.sign_in()
        assert visitor.signed_in is allowed


async def test_where_there_is_no_company_there_is_no_way_to_it(database_url: str, tmp_path: Path, clock: Clock) -> None:
    house = await build(database_url, tmp_path, clock)
    app = make_app(lambda: house)
    async with app.router.lifespan_context(app):
        await app.state.opening
        visitor = browser(World(app, house, clock))
        assert (await visitor.http.get("/signin/company")).status_code == 404
        assert "/signin/company" not in (await visitor.http.get("/signin")).text


async def test_no_code_no_token_and_no_verifier_is_kept(world: World, provider: Provider) -> None:
    visitor = browser(world)
    door = await visitor.leave()
    code, departure = parse_qs(urlsplit(door).query)["code"][0], provider.asked[0]
    assert (await visitor.http.get(door)).status_code == 303
    kept = kept_by(world.desk.store.url)
    for secret in (code, departure["state"], visitor.http.cookies["yavar_session"], *provider.bearers):
        assert secret.encode() not in kept


@pytest.fixture
def theirs() -> Iterator[str]:
    """The address of a provider that others wrote, with one person in it."""
    port, person = free_port(), json.dumps(SARA | {"sub": "sara"})
    server = subprocess.Popen([sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), "--user-claims", person],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: _listens(port), 120)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)


async def test_it_speaks_with_a_provider_that_others_wrote(database_url: str, tmp_path: Path, theirs: str, clock: Clock) -> None:
    clock.now = datetime.now(UTC) + timedelta(seconds=1)
    oidc = Oidc(theirs, client_id=CLIENT, client_secret=SECRET, home="http://testserver")
    house = await build(database_url, tmp_path, clock, provider=oidc, rules=Rules(roles={"staff": Role.EVALUATOR}))
    app = make_app(lambda: house)
    async with app.router.lifespan_context(app):
        await app.state.opening
        visitor = browser(World(app, house, clock))
        asked = (await visitor.http.get("/signin/company")).headers["location"]
        agreed = await visitor.http.post(asked, data={"sub": "sara"})
        arrived = await visitor.http.get(agreed.headers["location"], follow_redirects=True)
        assert (arrived.status_code, arrived.url.path) == (200, "/lab")
        assert [(each.name, each.role) for each in await people(World(app, house, clock))] == [("sara", Role.EVALUATOR)]


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
