"""The frame of the application: readiness, headers, description, counts."""

import asyncio
from pathlib import Path

import httpx
import pytest

from agent.house import House
from api.app import make_app
from tests.api.scripted import Clock, World, build


async def test_the_process_lives_before_the_house_is_open(database_url: str, tmp_path: Path) -> None:
    opening = asyncio.Event()

    async def slowly(house: House) -> None:
        await opening.wait()

    house = await build(database_url, tmp_path, Clock(), on_open=slowly)
    app = make_app(lambda: house)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver")
    assert (await client.get("/healthz")).status_code == 200
    assert (await client.get("/readyz")).status_code == 503
    async with app.router.lifespan_context(app):
        assert (await client.get("/healthz")).json() == {"status": "ok"}
        for path in ("/readyz", "/api/v1/tickets"):
            early = await client.get(path)
            assert (early.status_code, early.json()["code"], early.headers["retry-after"]) == (503, "not_ready", "2")
        opening.set()
        await asyncio.sleep(0.01)
        assert (await client.get("/readyz")).json() == {"status": "ready"}
        assert (await client.get("/api/v1/tickets")).status_code == 401
    assert not house.ready


async def test_a_house_that_does_not_open_says_so(database_url: str, tmp_path: Path) -> None:
    async def never(house: House) -> None:
        raise OSError("disk full")

    failures: list[BaseException] = []
    house = await build(database_url, tmp_path, Clock(), on_open=never)
    app = make_app(lambda: house, failed=failures.append)
    async with app.router.lifespan_context(app):
        await asyncio.sleep(0.01)
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver")
        assert (await client.get("/readyz")).status_code == 503
    assert [str(error) for error in failures] == ["disk full"]


@pytest.mark.parametrize(("path", "status"), [
    ("/healthz", 200), ("/api/v1/tickets", 401), ("/nowhere", 404), ("/api/v1/openapi.json", 200),
])
async def test_every_answer_carries_the_security_headers(world: World, path: str, status: int) -> None:
    answer = await world.caller().get(path)
    assert answer.status_code == status
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-request-id"]


async def test_no_nonce_is_used_twice(world: World) -> None:
    policies = {(await world.caller().get("/healthz")).headers["content-security-policy"] for _ in range(5)}
    assert len(policies) == 5


async def test_a_request_id_is_taken_over_if_it_is_one(world: World) -> None:
    for given, kept in (("trace-1234", True), ("x" * 65, False), ("new\tline no", False)):
        answer = await world.caller().get("/healthz", headers={"X-Request-ID": given})
        assert (answer.headers["x-request-id"] == given) is kept


async def test_the_log_has_no_query_and_no_body(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    user = await world.signed_in("user")
    await user.get("/api/v1/knowledge/search", params={"q": "canary-query"})
    await user.post("/api/v1/tickets", json={"title": "canary-title"})
    logged = capsys.readouterr().out
    assert "/api/v1/knowledge/search" in logged
    assert "canary" not in logged
    assert user.headers["authorization"].split()[1] not in logged


async def test_the_description_is_served_without_a_script(world: World) -> None:
    schema = (await world.caller().get("/api/v1/openapi.json")).json()
    assert schema["info"]["title"] == "Yavar"
    assert "HTTPValidationError" not in schema["components"]["schemas"]
    page = await world.caller().get("/api/v1/docs")
    assert page.status_code == 200
    assert "POST /api/v1/conversations/{conversation}/messages" in page.text
    assert "<script" not in page.text
    assert "//" not in page.text.replace("http://", "").partition("<body>")[0].replace("<!doctype html>", "")


async def test_what_happens_is_counted(world: World) -> None:
    user = await world.signed_in("user")
    path = f"/api/v1/conversations/{await world.opened(user)}"
    await user.post(f"{path}/messages", json={"text": "hello", "client_id": "1"})
    await user.post(f"{path}/messages", json={"text": "hello", "client_id": "1"})
    await user.post(f"{path}/messages", json={"text": "a person"})
    await user.get("/api/v1/tickets/7")
    world.clock.pass_(minutes=1)
    text = (await world.caller().get("/metrics")).text
    assert "yavar_queue_waiting 1.0" in text and "yavar_queue_oldest_seconds 60.0" in text
    assert 'yavar_errors_total{code="not_found"} 1.0' in text
