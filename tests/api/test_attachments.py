"""Files over HTTP: multipart in, sandboxed out, to nobody else."""

import httpx
import pytest

from tests.api.scripted import PNG, World

API = "/api/v1"


@pytest.fixture
async def owner(world: World) -> httpx.AsyncClient:
    return await world.signed_in("user")


@pytest.mark.parametrize(("name", "content", "shown"), [
    ("screen.png", PNG, "inline"), ("گزارش.log", b"connection refused", "attachment"),
    ('a"b\r\nX-Evil: 1.pdf', b"%PDF-1.7\n", "attachment"),
])
async def test_a_file_comes_back_as_nothing_that_runs(world: World, owner: httpx.AsyncClient, name: str, content: bytes,
                                                       shown: str) -> None:
    file = await world.attached(owner, await world.opened(owner), name, content)
    for address in (f"{API}/attachments/{file}", f"/attachments/{file}"):
        answer = await owner.get(address)
        assert (answer.status_code, answer.content) == (200, content)
        assert answer.headers["x-content-type-options"] == "nosniff" and "sandbox" in answer.headers["content-security-policy"]
        assert "script-src" not in answer.headers["content-security-policy"]
        assert answer.headers["content-disposition"].startswith(f"{shown}; filename=") and "x-evil" not in answer.headers


@pytest.mark.parametrize(("name", "content", "status", "code"), [
    ("a.svg", b"<svg onload=alert(1)>", 415, "unwelcome_file"),
    ("a.png", b"<html><script>alert(1)</script>", 415, "unwelcome_file"),
    ("a.txt", b"", 422, "empty_file"),
])
async def test_an_unwelcome_file_is_a_clear_problem(world: World, owner: httpx.AsyncClient, name: str, content: bytes, status: int,
                                                   code: str) -> None:
    conversation = await world.opened(owner)
    answer = await owner.post(f"{API}/conversations/{conversation}/attachments", files=[("files", (name, content))])
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert (await owner.get(f"{API}/conversations/{conversation}")).json()["messages"] == []


async def test_too_large_too_many_and_none_at_all_are_refused(world: World, owner: httpx.AsyncClient) -> None:
    address = f"{API}/conversations/{await world.opened(owner)}/attachments"
    largest = world.desk.attaching.limits.largest
    one = await owner.post(address, files=[("files", ("a.txt", b"x" * (largest + 1)))])
    body = await owner.post(address, files=[("files", (f"{n}.txt", b"x" * (largest - 1))) for n in range(3)])
    many = await owner.post(address, files=[("files", (f"{n}.txt", b"x")) for n in range(6)])
    assert [(each.status_code, each.json()["code"]) for each in (one, body, many)] == [
        (413, "file_too_large"), (413, "too_large"), (422, "too_many_files")]
    broken = {"content": b"--", "headers": {"content-type": "multipart/form-data"}}
    for nothing in ({"json": {"files": []}}, {"data": {"files": "text"}}, broken):
        assert (await owner.post(address, **nothing)).status_code in (400, 422)


async def test_a_file_is_for_its_people_alone_and_taken_back_by_its_sender(world: World, owner: httpx.AsyncClient) -> None:
    conversation = await world.opened(owner)
    file = await world.attached(owner, conversation)
    other, agent, (guest, _) = await world.signed_in("user2"), await world.signed_in("agent"), await world.guest("user")
    for client in (other, agent):
        assert (await client.get(f"{API}/attachments/{file}")).status_code == 404
        assert (await client.get(f"/attachments/{file}")).status_code == 404
    assert (await guest.get(f"{API}/attachments/{file}")).status_code == 403
    await owner.post(f"{API}/conversations/{conversation}/handoff")
    assert (await agent.get(f"{API}/attachments/{file}")).content == PNG
    removed = [(await client.delete(f"{API}/attachments/{file}")).status_code for client in (other, agent, owner, owner)]
    assert removed == [404, 404, 204, 404]
    assert (await agent.get(f"{API}/attachments/{file}")).status_code == 404


async def test_a_large_body_elsewhere_is_still_refused(world: World, owner: httpx.AsyncClient) -> None:
    conversation = await world.opened(owner)
    for address in (f"{API}/conversations/{conversation}/messages", f"{API}/tickets", f"/chat/{conversation}/close"):
        assert (await owner.post(address, files=[("files", ("a.txt", b"x" * 100_000))])).status_code == 413
