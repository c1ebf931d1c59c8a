"""Who may read the metrics, what they tell, and that they hold no word of anybody's."""

from datetime import timedelta

import httpx
import pytest

from tests.api.scripted import World

TOKEN = "a token of this test only"


def from_elsewhere(world: World, host: str, **headers: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(world.app, client=(host, 4711)), base_url="http://testserver", headers=headers)


@pytest.mark.parametrize(("host", "headers", "status"), [
    ("127.0.0.1", {}, 200),
    ("::1", {}, 200),
    ("10.0.0.7", {}, 403),
    ("127.0.0.1", {"X-Forwarded-For": "10.0.0.7"}, 403),       # a proxy on this machine speaks for others
    ("10.0.0.7", {"X-Forwarded-For": "127.0.0.1"}, 403),
    ("somewhere", {}, 403),
])
async def test_without_a_token_only_this_machine_may(world: World, host: str, headers: dict[str, str], status: int) -> None:
    answer = await from_elsewhere(world, host, **headers).get("/metrics")
    assert answer.status_code == status
    assert ("yavar_turns" in answer.text) is (status == 200)


@pytest.mark.parametrize(("host", "shown", "status"), [
    ("10.0.0.7", f"Bearer {TOKEN}", 200),
    ("127.0.0.1", f"Bearer {TOKEN}", 200),
    ("127.0.0.1", None, 401),                                   # with a token set, it alone counts
    ("10.0.0.7", "Bearer another", 401),
    ("10.0.0.7", f"Basic {TOKEN}", 401),
    ("10.0.0.7", "Bearer", 401),
])
async def test_with_a_token_it_alone_counts(world: World, host: str, shown: str | None, status: int) -> None:
    world.house.metrics_token = TOKEN
    answer = await from_elsewhere(world, host, **({"Authorization": shown} if shown else {})).get("/metrics")
    assert answer.status_code == status
    assert TOKEN not in answer.text


async def test_a_user_s_token_is_no_key_to_the_metrics(world: World) -> None:
    world.house.metrics_token = TOKEN
    for role in ("user", "admin"):
        assert (await (await world.signed_in(role)).get("/metrics")).status_code == 401


async def test_the_queue_is_told_by_length_and_age(world: World) -> None:
    user = await world.signed_in("user")
    empty = (await world.caller().get("/metrics")).text
    assert "yavar_queue_waiting 0.0" in empty and "yavar_queue_oldest_seconds 0.0" in empty
    await user.post(f"/api/v1/conversations/{await world.opened(user)}/messages", json={"text": "a person"})
    world.clock.now += timedelta(minutes=7)
    text = (await world.caller().get("/metrics")).text
    assert "yavar_queue_waiting 1.0" in text
    (age,) = [float(line.split()[1]) for line in text.splitlines() if line.startswith("yavar_queue_oldest_seconds ")]
    assert 420 <= age < 430


async def test_the_figures_are_told_while_the_database_is_down(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def down() -> None:
        raise OSError("disk gone")
    monkeypatch.setattr(world.house.desk.store, "read", down)
    assert "yavar_turns" in (await world.caller().get("/metrics")).text
