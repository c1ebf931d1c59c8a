"""Two replicas and a worker on one PostgreSQL are one house, and a restart of the database loses nothing."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import create_engine, text

from desk.codes import new_id
from desk.people import Role
from desk.store import Store
from tests.databases import Postgres, binaries
from tests.yavar.forks import Forks, House, until_answered
from yavar.clock import utcnow

pytestmark = [pytest.mark.prove, pytest.mark.timed, pytest.mark.timeout(900)]

AGENTS = 50
RECOVERS_WITHIN = 5.0          # seconds after the database is back
LONG = 60.0                    # seconds; a shared machine may be slow
API = "/api/v1"
APOLOGY = "did not keep it"


@pytest.fixture(scope="module")
def database() -> Iterator[tuple[Postgres, str]]:
    """A PostgreSQL of this module's own: it is restarted, and it does sync, since it is also made to crash."""
    programs = binaries()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (on Debian: apt-get install postgresql)")
    server = Postgres(programs, fast=False).start()
    try:
        server.make_template()
        with server.database() as url:
            yield server, url
    finally:
        server.stop()


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    forks = Forks()
    yield forks
    forks.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def started(database: tuple[Postgres, str], forks: Forks, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[list[House]]:
    """Two replicas that leave the jobs to a worker; both start on an empty house at the same time."""
    folder = tmp_path_factory.mktemp("replicas")
    replicas = [House(forks, folder / name, database[1]) for name in ("one", "other")]
    worker = House(forks, folder / "worker", database[1])
    worker.begin("work")
    try:
        async with replicas[0].http() as one, replicas[1].http() as other:
            await asyncio.gather(replicas[0].start(one, YAVAR_JOBS="false"), replicas[1].start(other, YAVAR_JOBS="false"))
        yield [*replicas, worker]
    finally:
        for each in (*replicas, worker):
            each.kill()


@pytest.fixture
async def replicas(started: list[House]) -> AsyncIterator[tuple[httpx.AsyncClient, httpx.AsyncClient]]:
    """The same person at both."""
    token = {"Authorization": f"Bearer {await started[0].token()}"}
    async with started[0].http() as one, started[1].http() as other:
        one.headers.update(token)
        other.headers.update(token)
        yield one, other


async def opened(http: httpx.AsyncClient) -> str:
    return f"{API}/conversations/" + str((await http.post(f"{API}/conversations", json={"lang": "en"})).json()["id"])


async def events(http: httpx.AsyncClient, conversation: str, last: str = "") -> AsyncIterator[tuple[str, str, str]]:
    """Id, kind and data of what is recorded; the stream goes on after an error as a browser's does."""
    while True:
        try:
            headers = {"Last-Event-ID": last} if last else {}
            async with http.stream("GET", f"{conversation}/events", headers=headers) as stream:
                fields: dict[str, str] = {}
                async for line in stream.aiter_lines():
                    name, _, value = line.partition(": ")
                    fields[name] = value
                    if not line and "id" in fields:
                        last = fields["id"]
                        yield fields["id"], fields.get("event", ""), fields.get("data", "")
                    if not line:
                        fields = {}
        except httpx.HTTPError:
            pass
        await asyncio.sleep(0.1)


async def first(stream: AsyncIterator[tuple[str, str, str]], words: str) -> list[tuple[str, str, str]]:
    """All events up to the one that holds these words."""
    found = []
    async with asyncio.timeout(LONG):
        async for event in stream:
            found.append(event)
            if words in event[2]:
                return found
    raise AssertionError("the stream ended")


async def test_a_stream_resumes_on_the_other_replica(replicas: tuple[httpx.AsyncClient, httpx.AsyncClient]) -> None:
    one, other = replicas
    conversation = await opened(one)
    async with aclosing(events(one, conversation)) as stream:
        await one.post(f"{conversation}/messages", json={"text": "first words"})
        seen = await first(stream, "first words")
    await one.post(f"{conversation}/messages", json={"text": "second words"})
    async with aclosing(events(other, conversation, last=seen[-1][0])) as stream:
        resumed = await first(stream, "second words")
        await one.post(f"{conversation}/messages", json={"text": "third words"})     # told there while it is said here
        resumed += await first(stream, "third words")
    ids = [int(event[0]) for event in (*seen, *resumed)]
    assert ids == list(range(1, len(ids) + 1))


async def test_of_fifty_agents_at_both_replicas_one_wins(replicas: tuple[httpx.AsyncClient, httpx.AsyncClient],
                                                         started: list[House]) -> None:
    conversation = await opened(replicas[0])
    assert (await replicas[0].post(f"{conversation}/handoff")).status_code in (200, 201, 202)
    tokens = await _agents(started[0].database)
    claims = [replicas[number % 2].post(f"{API}/desk/conversations/{conversation.rpartition('/')[2]}/claim",
                                        headers={"Authorization": f"Bearer {token}"}) for number, token in enumerate(tokens)]
    statuses = sorted(answer.status_code for answer in await asyncio.gather(*claims))
    assert statuses == [200] + [409] * (AGENTS - 1)


async def _agents(database: str) -> list[str]:
    store, tokens = Store(database), []
    async with store.begin() as tx:
        for number in range(AGENTS):
            agent = await tx.people.add(name=f"agent-{number}", display=f"Agent {number}", email=f"agent-{number}@demo.invalid",
                                        role=Role.AGENT, lang="en", password_hash="", totp_secret="", now=utcnow())
            tokens.append((await tx.people.open_session("token", account=agent.id, conversation=None, now=utcnow(),
                                                        lasts=timedelta(hours=1)))[0])
    await store.close()
    return tokens


async def test_the_index_of_every_process_follows(replicas: tuple[httpx.AsyncClient, httpx.AsyncClient], started: list[House]) -> None:
    word = "zephyrograph"
    await _put_article(started[0].database, word)
    for http in replicas:
        await _until(lambda http=http: _finds(http, word))
    await _until(lambda: _embedded(started[0]))


async def _put_article(database: str, word: str) -> None:
    its_id, words = new_id(), f"The {word} on the third floor is restarted with its green button."
    store = Store(database)
    async with store.begin() as tx:
        await tx.shelf.put(
            {"id": its_id, "source": "wiki", "path": f"{word}/en.md", "topic": word, "lang": "en", "title": word, "audience": "everyone",
             "owner": "desk", "reviewed": "2026-11-20", "tier": "reviewed", "text": words, "hash": "0" * 64},
            [{"id": f"{its_id}.0", "document": its_id, "ordinal": 0, "heading": "Restart", "text": words, "hash": "1" * 64,
              "embedder": None, "vector": None}])
    await store.close()


async def _finds(http: httpx.AsyncClient, word: str) -> bool:
    answer = await http.get(f"{API}/knowledge/search", params={"q": word})
    assert answer.status_code == 200, answer.text
    return word in answer.text


async def _embedded(house: House) -> bool:
    """By the worker: it alone takes jobs."""
    return house.sql("SELECT count(*) FROM passages WHERE vector IS NULL")[0][0] == 0


async def test_who_waits_too_long_is_told_once(replicas: tuple[httpx.AsyncClient, httpx.AsyncClient], started: list[House]) -> None:
    conversation = await opened(replicas[0])
    await replicas[0].post(f"{conversation}/handoff")
    its_id = conversation.rpartition("/")[2]
    engine = create_engine(started[0].database)
    with engine.begin() as connection:
        connection.execute(text("UPDATE handoffs SET expected_by = now() - interval '1 minute' WHERE conversation = :id"), {"id": its_id})
    engine.dispose()
    async with aclosing(events(replicas[1], conversation)) as stream:
        await first(stream, APOLOGY)
    await asyncio.sleep(3)             # in which a second one would be told
    said = started[0].sql(f"SELECT text FROM messages WHERE conversation = '{its_id}' AND author = 'system'")  # noqa: S608
    assert sum(APOLOGY in row.text for row in said) == 1


async def _until(holds: Any) -> None:
    async with asyncio.timeout(LONG):
        while not await holds():  # noqa: ASYNC110  what is waited for happens in another process
            await asyncio.sleep(0.2)


@pytest.mark.parametrize("crash", [False, True])
async def test_a_restart_of_the_database_loses_nothing(replicas: tuple[httpx.AsyncClient, httpx.AsyncClient], started: list[House],
                                                       database: tuple[Postgres, str], crash: bool) -> None:
    """Both replicas are talked to while it is away; none of them is started again."""
    one, other = replicas
    for http in (one, other):          # so that nobody's first turn is measured
        await until_answered(http, f"{await opened(http)}/messages", {"text": "how do I connect to the VPN?", "client_id": "before"})
    conversations = [await opened(http) for http in (one, other) for _ in range(3)]
    sent = {f"restart-{crash}-{number}": conversation for number, conversation in enumerate(conversations)}
    async with aclosing(events(other, conversations[0])) as stream:
        asked = [asyncio.create_task(until_answered(one if number % 2 else other, f"{conversation}/messages",
                                                    {"text": f"how do I connect to the VPN? {key}", "client_id": key}))
                 for number, (key, conversation) in enumerate(sent.items())]
        await asyncio.sleep(0.1)
        await asyncio.to_thread(database[0].halt, signal.SIGQUIT if crash else signal.SIGINT)
        late_one = {"text": f"late {crash}", "client_id": f"late {crash}"}         # to both, as after a time-out
        late = [asyncio.create_task(until_answered(http, f"{conversations[0]}/messages", late_one)) for http in (one, other)]
        await asyncio.sleep(1)
        await asyncio.to_thread(database[0].start)
        back = time.monotonic()
        await _until(lambda: _ready(one, other))
        recovered = time.monotonic() - back
        answers = await asyncio.gather(*asked, *late)
        assert answers[-1]["turn_id"] == answers[-2]["turn_id"]
        await first(stream, f"late {crash}")
    assert recovered <= RECOVERS_WITHIN
    turns = started[0].sql(f"SELECT client_id, state FROM turns WHERE client_id LIKE 'restart-{crash}-%' OR client_id = 'late {crash}'")  # noqa: S608
    assert sorted(turn.client_id for turn in turns) == sorted([*sent, f"late {crash}"])
    assert {turn.state for turn in turns} <= {"done", "handed_off"}


async def _ready(*https: httpx.AsyncClient) -> bool:
    """Each of them reads and writes."""
    answers = await asyncio.gather(*(http.post(f"{API}/conversations", json={"lang": "en"}) for http in https))
    return all(answer.status_code == 201 for answer in answers)
