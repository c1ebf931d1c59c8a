"""While the database takes no writes: a clear refusal in the caller's language, reading goes on, and nothing is half done."""

from collections.abc import Callable

import pytest

from tests.api.scripted import World
from tests.databases import only_read

WORDS = {"en": "Nothing was changed", "ar": "لم يتغيّر شيء", "fa": "چیزی تغییر نکرده است"}


@pytest.fixture
def database_url(postgres_url: str) -> str:
    return postgres_url


@pytest.mark.parametrize("lang", list(WORDS))
async def test_what_cannot_be_kept_is_refused_until_it_can(world: World, stored: Callable[[], object], lang: str) -> None:
    user = await world.signed_in("user", **{"Accept-Language": lang})
    conversation = await world.opened(user)
    path, sent = f"/api/v1/conversations/{conversation}", {"text": "hello", "client_id": "one"}
    before = stored()
    only_read(world.desk.store.url)
    refused = await user.post(f"{path}/messages", json=sent)
    assert refused.status_code == 503 and refused.headers["retry-after"] and refused.json()["code"] == "unavailable"
    assert WORDS[lang] in refused.text
    assert (await user.get(path)).status_code == 200
    assert stored() == before
    only_read(world.desk.store.url, False)
    assert [(await user.post(f"{path}/messages", json=sent)).status_code for _ in range(2)] == [200, 200]
    assert [message["text"] for message in (await user.get(path)).json()["messages"]].count("hello") == 1


async def test_a_session_that_cannot_be_noted_as_used_reads_on(world: World) -> None:
    user, (browser, csrf) = await world.signed_in("user"), await world.browser("user")
    conversation = await world.opened(user)
    world.clock.pass_(hours=1)
    only_read(world.desk.store.url)
    for client in (user, browser):
        assert (await client.get(f"/api/v1/conversations/{conversation}")).status_code == 200
        assert (await client.post("/api/v1/conversations", json={}, headers={"X-CSRF-Token": csrf})).status_code == 503
    assert (await browser.get("/tickets")).status_code == 200
    only_read(world.desk.store.url, False)
    assert (await browser.get("/tickets")).status_code == 200
    known = await world.desk.signin.caller(browser.cookies["yavar_session"], world.clock())
    assert known and not known.unnoticed           # and is noted as soon as that can be done
