"""Who calls: tokens, cookies, and what a cookie alone may not do."""

import pytest

from tests.api.scripted import World

OPEN = "/api/v1/conversations"
OURS, FOREIGN = "http://testserver", "https://elsewhere.example"


@pytest.mark.parametrize(("headers", "status"), [
    ({"X-CSRF-Token": "{csrf}"}, 201),
    ({"X-CSRF-Token": "{csrf}", "Origin": OURS, "Sec-Fetch-Site": "same-origin"}, 201),
    ({}, 403),
    ({"X-CSRF-Token": ""}, 403),
    ({"X-CSRF-Token": "{csrf}x"}, 403),
    ({"X-CSRF-Token": "\u00e9"}, 403),
    ({"X-CSRF-Token": "{csrf}", "Origin": FOREIGN}, 403),
    ({"X-CSRF-Token": "{csrf}", "Origin": "null"}, 403),
    ({"X-CSRF-Token": "{csrf}", "Sec-Fetch-Site": "cross-site"}, 403),
    ({"X-CSRF-Token": "{csrf}", "Sec-Fetch-Site": "same-site"}, 403),
])
async def test_a_session_cookie_needs_its_token_and_our_own_page(world: World, headers: dict[str, str], status: int) -> None:
    browser, csrf = await world.browser("user")
    filled = [(name.encode(), value.replace("{csrf}", csrf).encode("latin-1")) for name, value in headers.items()]
    answer = await browser.post(OPEN, headers=filled, json={})
    assert answer.status_code == status
    assert status == 201 or answer.json()["code"] == "bad_csrf"


async def test_another_sessions_token_does_not_do(world: World) -> None:
    browser, _ = await world.browser("user")
    _, theirs = await world.browser("user2")
    assert (await browser.post(OPEN, json={}, headers={"X-CSRF-Token": theirs})).status_code == 403


async def test_reading_with_a_cookie_needs_no_token(world: World) -> None:
    browser, _ = await world.browser("user")
    assert (await browser.get("/api/v1/tickets", headers={"Sec-Fetch-Site": "cross-site"})).status_code == 200


async def test_a_bearer_token_needs_no_csrf_and_comes_before_cookies(world: World) -> None:
    browser, _ = await world.browser("user")
    token = await world.desk.signin.issue_token("user2", world.clock())
    theirs = await browser.post(OPEN, json={}, headers={"Authorization": f"Bearer {token}"})
    assert theirs.status_code == 201
    assert (await browser.get(f"{OPEN}/{theirs.json()['id']}")).status_code == 404


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer x", "Basic dXNlcjpwYXNz", "bearer \u00e9", "x"])
async def test_wrong_credentials_are_no_stranger(world: World, header: str) -> None:
    browser, _ = await world.browser("user")
    answer = await browser.get("/api/v1/tickets", headers=[(b"Authorization", header.encode("latin-1"))])
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_token_ends(world: World) -> None:
    user = await world.signed_in("user")
    assert (await user.get("/api/v1/tickets")).status_code == 200
    world.clock.pass_(days=31)
    assert (await user.get("/api/v1/tickets")).status_code == 401


async def test_a_stale_session_cookie_leaves_the_guest_that_one_is(world: World) -> None:
    client = world.caller()
    opened = (await client.post(f"{OPEN}/guest", json={"account": "user"})).json()
    client.cookies.set("yavar_session", "of-yesterday")
    assert (await client.get(f"{OPEN}/{opened['id']}")).status_code == 200


async def test_cookies_hold_only_their_own_kind_of_session(world: World) -> None:
    secret, _ = await world.desk.signin.sign_in("user", "an old password of theirs", world.clock())
    _, guests = await world.desk.signin.open_guest("user", "en", world.clock())
    for name, value in (("yavar_guest", secret), ("yavar_session", guests)):
        client = world.caller()
        client.cookies.set(name, value)
        assert (await client.get("/api/v1/knowledge/search", params={"q": "vpn"})).status_code == 401


@pytest.mark.parametrize(("headers", "status"), [
    ({}, 200),
    ({"Origin": OURS}, 200),
    ({"Origin": FOREIGN}, 403),
    ({"Origin": "null"}, 403),
    ({"Sec-Fetch-Site": "cross-site"}, 403),
])
async def test_a_guests_cookie_is_only_used_from_our_own_page(world: World, headers: dict[str, str], status: int) -> None:
    client = world.caller()
    opened = (await client.post(f"{OPEN}/guest", json={"account": "user"})).json()
    assert (await client.post(f"{OPEN}/{opened['id']}/messages", json={"text": "hello"}, headers=headers)).status_code == status


async def test_the_guests_cookie_is_kept_from_scripts_and_other_sites(world: World) -> None:
    answer = await world.caller().post(f"{OPEN}/guest", json={"account": "user"})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"yavar_guest={answer.json()['token']};")
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= {part.strip() for part in cookie.split(";")}
    assert "Secure" not in cookie
    world.house.url = "https://help.example.org"
    assert "Secure" in (await world.caller().post(f"{OPEN}/guest", json={"account": "user"})).headers["set-cookie"]


async def test_the_public_address_counts_as_our_own(world: World) -> None:
    world.house.url = "https://help.example.org"
    browser, csrf = await world.browser("user")
    headers = {"X-CSRF-Token": csrf, "Origin": "https://help.example.org"}
    assert (await browser.post(OPEN, json={}, headers=headers)).status_code == 201
