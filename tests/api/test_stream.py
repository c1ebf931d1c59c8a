"""Streams: what is recorded has a number and is never lost or told twice; tokens are for those who look on."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from tests.api.scripted import World

Event = tuple[str, Any, int | None]
STREAM = {"Accept": "text/event-stream"}


def events(body: str) -> list[Event]:
    found: list[Event] = []
    for block in body.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line and not line.startswith(":"))
        if "event" in fields:
            found.append((fields["event"], json.loads(fields["data"]), int(fields["id"]) if "id" in fields else None))
    return found


async def followed(world: World, client: httpx.AsyncClient, conversation: str, **options: Any) -> list[Event]:
    """What the stream tells until the server stops."""
    world.app.state.streams.stop()
    answer = await client.get(f"/api/v1/conversations/{conversation}/events", **options)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["x-accel-buffering"] == "no"
    return events(answer.text)


async def test_a_turn_is_streamed_and_ends_with_the_whole_answer(world: World) -> None:
    user = await world.signed_in("user")
    path = f"/api/v1/conversations/{await world.opened(user)}/messages"
    streamed = await user.post(path, json={"text": "hello", "client_id": "1"}, headers=STREAM)
    assert streamed.headers["content-type"].startswith("text/event-stream")
    told = events(streamed.text)
    assert [(kind, data.get("text")) for kind, data, _ in told[:-1]] == [("step", "searching"), ("delta", "You said")]
    assert [kind for kind, _, _ in told].count("message") == 1
    assert told[-1][1] == (await user.post(path, json={"text": "hello", "client_id": "1"})).json()
    again = events((await user.post(path, json={"text": "hello", "client_id": "1"}, headers=STREAM)).text)
    assert again == [told[-1]]


async def test_an_error_in_a_stream_is_an_event(world: World) -> None:
    user = await world.signed_in("user", **{"Accept-Language": "fa"})
    path = f"/api/v1/conversations/{await world.opened(user)}/messages"
    kind, data, _ = events((await user.post(path, json={"text": "boom"}, headers=STREAM)).text)[-1]
    assert (kind, data["code"], data["status"]) == ("error", "internal", 500)
    assert "همکار" in data["detail"]


async def test_a_refusal_before_the_stream_is_a_plain_problem(world: World) -> None:
    user, other = await world.signed_in("user"), await world.signed_in("user2")
    path = f"/api/v1/conversations/{await world.opened(user)}"
    said = await other.post(f"{path}/messages", json={"text": "hello"}, headers=STREAM)
    for answer in (said, await other.get(f"{path}/events", headers=STREAM)):
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("by", ["header", "query"])
async def test_a_stream_resumes_where_it_was_cut(world: World, by: str) -> None:
    user = await world.signed_in("user")
    conversation = await world.opened(user)
    for text in ("one", "two"):
        await user.post(f"/api/v1/conversations/{conversation}/messages", json={"text": text})
    await user.post(f"/api/v1/conversations/{conversation}/handoff")
    whole = await followed(world, user, conversation)
    numbers = [seq for _, _, seq in whole]
    assert numbers == list(range(1, len(numbers) + 1))
    assert [kind for kind, _, _ in whole] == ["message"] * 4 + ["speaker", "message"]
    for seen in range(len(numbers) + 1):
        options: dict[str, Any] = {"headers": {"Last-Event-ID": str(seen)}} if by == "header" else {"params": {"after": seen}}
        assert await followed(world, user, conversation, **options) == whole[seen:]


@pytest.mark.parametrize("last", ["", "x", "-1", "1.5", "٣", "9" * 30])
async def test_a_strange_last_event_id_does_no_harm(world: World, last: str) -> None:
    user = await world.signed_in("user")
    conversation = await world.opened(user)
    await user.post(f"/api/v1/conversations/{conversation}/messages", json={"text": "one"})
    told = await followed(world, user, conversation, headers={"Last-Event-ID": last.encode()})
    assert len(told) == (0 if last.startswith("9") else 2)


async def test_a_stream_tells_live_what_others_do(world: World) -> None:
    user, agent = await world.signed_in("user"), await world.signed_in("agent")
    conversation = await world.opened(user)
    await user.post(f"/api/v1/conversations/{conversation}/handoff")
    following = asyncio.create_task(user.get(f"/api/v1/conversations/{conversation}/events", params={"after": 2}))
    await asyncio.sleep(0.1)
    await agent.post(f"/api/v1/desk/conversations/{conversation}/claim")
    await agent.post(f"/api/v1/desk/conversations/{conversation}/reply", json={"text": "Hello there"})
    await asyncio.sleep(0.1)
    assert not following.done()
    world.app.state.streams.stop()
    told = events((await asyncio.wait_for(following, 30)).text)
    assert [kind for kind, _, _ in told] == ["speaker", "message", "message"]
    assert [data.get("text") for _, data, _ in told][-1] == "Hello there"


async def test_a_stream_ends_with_the_session(world: World) -> None:
    world.app.state.streams.ping = 0.02
    user = await world.signed_in("user")
    conversation = await world.opened(user)
    following = asyncio.create_task(user.get(f"/api/v1/conversations/{conversation}/events"))
    await asyncio.sleep(0.1)
    assert not following.done()
    async with world.desk.store.begin() as tx:
        account = await tx.people.by_name("user")
        assert account is not None
        await tx.people.end_sessions(account.id)
    assert ": ping" in (await asyncio.wait_for(following, 30)).text


async def test_long_histories_are_told_whole(world: World) -> None:
    user = await world.signed_in("user")
    conversation = await world.opened(user)
    async with world.desk.store.begin() as tx:
        for n in range(450):
            await tx.conversations.tell(conversation, "step", {"text": str(n)}, world.clock())
    assert [data["text"] for _, data, _ in await followed(world, user, conversation)] == [str(n) for n in range(450)]
