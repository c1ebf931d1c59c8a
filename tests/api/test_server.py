"""Over a real socket: what only a server shows."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import uvicorn

from agent.house import House
from api.app import make_app
from tests.api.scripted import PEOPLE, Clock, World, add_people, build

JSON = {"Content-Type": "application/json"}


class Served(World):
    server: uvicorn.Server
    address: str

    def caller(self, token: str | None = None, **headers: str) -> httpx.AsyncClient:
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return httpx.AsyncClient(base_url=self.address, headers=headers, timeout=10, trust_env=False)


@pytest.fixture
async def served(database_url: str, tmp_path: Path) -> AsyncIterator[Served]:
    clock = Clock()
    opened = asyncio.Event()

    async def on_open(house: House) -> None:
        asyncio.get_running_loop().call_soon(opened.set)

    house = await build(database_url, tmp_path, clock, on_open=on_open)
    await add_people(house, PEOPLE)
    app = make_app(lambda: house)
    world = Served(app, house, clock)
    world.server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=5))
    world.server.capture_signals = _no_signals   # type: ignore[method-assign,assignment]
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        world.address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        serving = asyncio.create_task(world.server.serve(sockets=[listening]))
        await asyncio.wait_for(opened.wait(), 10)
        yield world
        app.state.streams.stop()
        world.server.should_exit = True
        await asyncio.wait_for(serving, 10)


class _no_signals:
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


@pytest.mark.parametrize("chunked", [False, True])
async def test_the_sender_of_a_mebibyte_hears_why_it_is_refused(served: Served, chunked: bool) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(64):
            yield b"x" * 16 * 1024
    async with await served.signed_in("user") as user:
        conversation = await served.opened(user)
        for _ in range(3):
            content = chunks() if chunked else b"x" * 1024 * 1024
            answer = await user.post(f"/api/v1/conversations/{conversation}/messages", content=content, headers=JSON)
            assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_events_arrive_while_they_happen_and_a_stream_ends_at_shutdown(served: Served) -> None:
    async with await served.signed_in("user") as user:
        conversation = await served.opened(user)
        lines: list[str] = []
        async with user.stream("GET", f"/api/v1/conversations/{conversation}/events") as stream:
            reading = stream.aiter_lines()
            while not lines or lines[-1] != "id: 2":
                lines.append(await asyncio.wait_for(anext(reading), 30))
                if lines[-1] == "retry: 2000":
                    async with await served.signed_in("user") as elsewhere:
                        await elsewhere.post(f"/api/v1/conversations/{conversation}/messages", json={"text": "hello"})
            served.app.state.streams.stop()
            async with asyncio.timeout(30):
                lines += [line async for line in reading]
        assert "event: delta" in lines
        assert [line for line in lines if line.startswith("id: ")] == ["id: 1", "id: 2"]


@pytest.mark.parametrize("accept", ["text/event-stream", "application/json"])
async def test_a_turn_goes_on_when_its_listener_leaves(served: Served, accept: str) -> None:
    async with await served.signed_in("user") as user:
        conversation = await served.opened(user)
        with pytest.raises(httpx.ReadTimeout):
            await user.post(f"/api/v1/conversations/{conversation}/messages", json={"text": "wait"}, headers={"Accept": accept},
                            timeout=0.5)
        await asyncio.sleep(0.1)
        served.assistant.gate.set()
        for _ in range(100):
            await asyncio.sleep(0.02)
            if served.assistant.answered:
                break
        found = (await user.get(f"/api/v1/conversations/{conversation}")).json()
    assert [each["text"] for each in found["messages"]] == ["wait", "You said: wait"]
