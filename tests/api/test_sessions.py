"""One's own sessions, and anybody's for an administrator: listed, and ended."""

from datetime import timedelta

import pytest

from desk.sessions import device_of
from tests.api.pages.reading import read
from tests.api.scripted import PASSWORD, World

SESSIONS = "/api/v1/sessions"


async def test_each_sees_their_own_and_which_one_they_are_using(world: World) -> None:
    mine, _ = await world.signed_in("user"), await world.signed_in("user2")
    await world.browser("user")
    world.clock.pass_(minutes=5)
    shown = (await mine.get(SESSIONS)).json()["sessions"]
    assert [(each["kind"], each["current"]) for each in shown] == [("token", True), ("browser", False)]
    assert shown[0]["last_seen_at"] > shown[1]["last_seen_at"]
    assert not {"hash", "csrf", "secret"} & shown[0].keys()


async def test_ending_one_leaves_the_others_and_somebody_elses_is_not_there(world: World) -> None:
    mine, also_mine, theirs = [await world.signed_in(name) for name in ("user", "user", "user2")]
    other = next(each["id"] for each in (await theirs.get(SESSIONS)).json()["sessions"])
    assert (await mine.delete(f"{SESSIONS}/{other}")).status_code == 404
    second = next(each["id"] for each in (await mine.get(SESSIONS)).json()["sessions"] if not each["current"])
    assert (await mine.delete(f"{SESSIONS}/{second}")).status_code == 204
    assert [(await client.get(SESSIONS)).status_code for client in (mine, also_mine, theirs)] == [200, 401, 200]


async def test_ending_all_others_keeps_the_one_that_asks(world: World) -> None:
    clients = [await world.signed_in("user") for _ in range(3)]
    assert (await clients[0].delete(SESSIONS)).json() == {"ended": 2}
    assert [(await client.get(SESSIONS)).status_code for client in clients] == [200, 401, 401]


async def test_an_administrator_ends_anybodys_and_the_trail_names_who_did(world: World) -> None:
    admin, user = await world.signed_in("admin"), await world.signed_in("user")
    accounts = {each["name"]: each["id"] for each in (await admin.get("/api/v1/accounts")).json()["accounts"]}
    path = f"/api/v1/accounts/{accounts['user']}/sessions"
    assert len((await admin.get(path)).json()["sessions"]) == 1
    assert (await admin.delete(path)).json() == {"ended": 1}
    assert (await user.get(SESSIONS)).status_code == 401
    async with world.desk.store.read() as tx:
        last = (await tx.audit.all())[-1]
    assert (last.action, last.actor, last.subject) == ("sessions.ended", accounts["admin"], accounts["user"])
    assert (await admin.delete("/api/v1/accounts/nobody/sessions")).status_code == 404


@pytest.mark.parametrize(("used", "hours", "open_"), [
    (False, 3.9, True), (False, 4, False),            # idle for 4 hours
    (True, 11.9, True), (True, 12, False),            # in use, and over after 12
])
async def test_a_browser_that_nobody_uses_is_signed_out(world: World, used: bool, hours: float, open_: bool) -> None:
    client, _ = await world.browser("user")
    token = await world.signed_in("user")
    end = world.clock() + timedelta(hours=hours)
    while used and world.clock() + timedelta(hours=3) < end:
        world.clock.pass_(hours=3)
        assert (await client.get("/tickets")).status_code == 200
    world.clock.now = end
    assert (await client.get("/tickets")).status_code == (200 if open_ else 303)
    assert (await token.get(SESSIONS)).status_code == 200             # a token is a program's: it may rest


async def test_a_page_that_refreshes_itself_does_not_keep_a_browser_signed_in(world: World) -> None:
    client, _ = await world.browser("agent")
    for _ in range(4):
        world.clock.pass_(hours=1)
        answer = await client.get("/desk/queue", headers={"HX-Request": "true"})
    assert answer.headers["hx-redirect"] == "/signin"


async def test_the_page_ends_sessions_and_only_for_who_sent_its_own_form(world: World) -> None:
    mine, csrf = await world.browser("user", Accept="text/html")
    await world.browser("user")
    shown = read(await mine.get("/sessions"))
    assert [tag.words for row in shown.all("li", class_="session-row") for tag in row.all("span", class_="tag")] == ["this one"]
    assert (await mine.post("/sessions/end-others")).status_code == 403
    assert (await mine.post("/sessions/end-others", data={"csrf": csrf})).headers["location"] == "/sessions"
    assert len(read(await mine.get("/sessions")).all("li", class_="session-row")) == 1


async def test_the_sign_in_page_notes_the_device(world: World) -> None:
    client = world.caller(**{"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"})
    await client.post("/signin", data={"name": "user", "password": PASSWORD})
    assert "Firefox · Linux" in (await client.get("/sessions")).text


@pytest.mark.parametrize(("agent", "word"), [
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36 Edg/130.0", "Edge · Windows"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Safari/604.1", "Safari · iPhone"),
    ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36", "Chrome · Android"),
    ("curl/8.5.0", "curl"), ("", ""), ("<script>alert(1)</script>", ""),
])
def test_a_device_has_a_short_word(agent: str, word: str) -> None:
    assert device_of(agent) == word
