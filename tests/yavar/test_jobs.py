"""The contract of jobs, kept by both engines: at least once, one of a key at a time, again after a failure or a death, given up at last."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from desk.jobs import LEASE, TRIES, Jobs
from desk.store import Store
from yavar.durable import DurableJobs
from yavar.timers import TimerJobs

LONG = 30.0                    # seconds; far more than it takes


@dataclass
class Work:
    """What was done, and what goes wrong."""

    done: list[Any] = field(default_factory=list)
    running: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)
    fails: int = 0
    goes_on: asyncio.Event = field(default_factory=asyncio.Event)
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def note(self, facts: Mapping[str, Any]) -> None:
        self.running["note"] += 1
        self.most["note"] = max(self.most["note"], self.running["note"])
        await asyncio.sleep(0)
        self.running["note"] -= 1
        self.done.append(facts.get("word"))

    async def fail(self, facts: Mapping[str, Any]) -> None:
        self.fails -= 1
        self.done.append("tried")
        if self.fails >= 0:
            raise RuntimeError("not yet")

    async def hang(self, facts: Mapping[str, Any]) -> None:
        self.begun.set()
        await self.goes_on.wait()
        self.done.append("went on")


class Engine:
    """An engine, its processes and its time."""

    def __init__(self, url: str, stack: AsyncExitStack) -> None:
        self.url = url
        self.work = Work()
        self.now = datetime.now(UTC)
        self._stack = stack

    async def process(self) -> Jobs:
        if self.url.startswith("sqlite"):
            store = Store(self.url)
            await store.migrate()
            self._stack.push_async_callback(store.close)
            jobs: Jobs = TimerJobs(store, lambda: self.now)
        else:
            jobs = DurableJobs(self.url)
        await jobs.open({"note": self.work.note, "fail": self.work.fail, "hang": self.work.hang})
        self._stack.push_async_callback(jobs.close)
        return jobs

    def pass_(self, length: timedelta) -> None:
        """Time goes by: for PostgreSQL, whose clock is its own, what it knows of the past moves away."""
        self.now += length
        if not self.url.startswith("sqlite"):
            self._run("UPDATE procrastinate_jobs SET scheduled_at = scheduled_at - :length", length)
            self._run("UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - :length", length)

    def given_up(self) -> int:
        """Jobs that stay for the operator to see."""
        if self.url.startswith("sqlite"):
            return self._run("SELECT count(*) FROM timers WHERE given_up_at IS NOT NULL")
        return self._run("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")

    def kept(self) -> int:
        table = "timers" if self.url.startswith("sqlite") else "procrastinate_jobs"
        return self._run(f"SELECT count(*) FROM {table}")  # noqa: S608

    def forget(self) -> None:
        """The database no longer knows of jobs."""
        self._run("DROP TABLE timers" if self.url.startswith("sqlite") else "DROP SCHEMA jobs CASCADE")

    def _run(self, statement: str, length: timedelta | None = None) -> int:
        engine = create_engine(self.url.replace("+aiosqlite", ""), poolclass=NullPool)
        with engine.begin() as connection:
            if not self.url.startswith("sqlite"):
                connection.execute(text("SET LOCAL search_path = jobs"))
            result = connection.execute(text(statement), {"length": length} if length else {})
            found = int(result.scalar_one()) if result.returns_rows else result.rowcount
        engine.dispose()
        return found


@pytest.fixture
async def engine(either_url: str) -> AsyncIterator[Engine]:
    async with AsyncExitStack() as stack:
        yield Engine(either_url, stack)


@asynccontextmanager
async def running(*jobs: Jobs) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(each.work()) for each in jobs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def eventually(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(LONG):
        while not holds():  # noqa: ASYNC110  what is waited for happens in the database
            await asyncio.sleep(0.02)


async def test_what_is_put_is_run_once_with_its_facts_and_then_forgotten(engine: Engine) -> None:
    jobs = await engine.process()
    assert await jobs.put("note", {"word": "سلام"})
    await jobs.run_due()
    await jobs.run_due()
    assert engine.work.done == ["سلام"] and engine.kept() == 0


async def test_nothing_is_run_before_it_is_due(engine: Engine) -> None:
    jobs = await engine.process()
    await jobs.put("note", {"word": "later"}, due=engine.now + timedelta(hours=1))
    await jobs.put("note", {"word": "now"}, due=engine.now - timedelta(hours=1))
    await jobs.run_due()
    assert engine.work.done == ["now"]
    engine.pass_(timedelta(hours=2))
    await jobs.run_due()
    assert engine.work.done == ["now", "later"]


async def test_of_one_key_one_waits(engine: Engine) -> None:
    one, other = await engine.process(), await engine.process()
    put = await asyncio.gather(*(jobs.put("note", {"word": "once"}, key="k") for jobs in (one, other) for _ in range(10)))
    assert put.count(True) == 1
    assert await one.put("note", {"word": "another"}, key="another") and await one.put("note", {"word": "without"})
    await other.run_due()
    assert sorted(engine.work.done) == ["another", "once", "without"]
    assert await one.put("note", {"word": "once"}, key="k")       # the key is free again


async def test_many_processes_run_each_job_once(engine: Engine) -> None:
    processes = [await engine.process() for _ in range(3)]
    for number in range(20):
        await processes[0].put("note", {"word": number})
    async with running(*processes):
        await eventually(lambda: len(engine.work.done) >= 20 and engine.kept() == 0)
    assert sorted(engine.work.done) == list(range(20))


async def test_what_comes_while_its_key_runs_is_run_after_it_and_not_beside(engine: Engine) -> None:
    one, other = await engine.process(), await engine.process()
    await one.put("hang", key="k")
    first = asyncio.create_task(one.run_due())
    await asyncio.wait_for(engine.work.begun.wait(), LONG)
    engine.work.begun.clear()
    assert await other.put("hang", key="k")
    await other.run_due()
    assert not engine.work.begun.is_set()
    engine.work.goes_on.set()
    await first
    await other.run_due()
    assert engine.work.done == ["went on", "went on"]


async def test_a_job_that_fails_is_tried_again_later(engine: Engine) -> None:
    jobs = await engine.process()
    engine.work.fails = 2
    await jobs.put("fail")
    for _ in range(3):
        await jobs.run_due()
        await jobs.run_due()           # not at once
        engine.pass_(timedelta(minutes=10))
    await jobs.run_due()
    assert engine.work.done == ["tried"] * 3 and engine.kept() == 0


async def test_a_job_that_always_fails_is_given_up_and_stays_to_be_seen(engine: Engine) -> None:
    jobs = await engine.process()
    engine.work.fails = 100
    await jobs.put("fail", key="k")
    for _ in range(TRIES + 3):
        await jobs.run_due()
        engine.pass_(timedelta(hours=1))
    assert engine.work.done == ["tried"] * TRIES and engine.given_up() == 1
    assert await jobs.put("fail", key="k")          # and stands in nobody's way


async def test_the_job_of_a_process_that_died_is_another_s(engine: Engine, kind: str) -> None:
    dying, living = await engine.process(), await engine.process()
    await dying.put("hang", key="k")
    await _die_over_it(engine, dying, kind)
    engine.work.goes_on.set()
    await living.run_due()
    assert engine.work.done == []                   # it may still live
    engine.pass_(LEASE + timedelta(seconds=1))
    await living.run_due()
    assert engine.work.done == ["went on"] and engine.kept() == 0


async def _die_over_it(engine: Engine, jobs: Any, kind: str) -> None:
    """Take the job and never be heard of again, as after kill -9."""
    if kind == "sqlite":
        assert await jobs._take()
        return
    manager = jobs._app.job_manager
    worker = await manager.register_worker()
    assert await manager.fetch_job(queues=None, worker_id=worker)


async def test_a_process_that_ends_in_good_order_gives_its_job_back(engine: Engine) -> None:
    ending, next_one = await engine.process(), await engine.process()
    await ending.put("hang")
    async with running(ending):
        await asyncio.wait_for(engine.work.begun.wait(), LONG)
        engine.work.begun.clear()
    engine.pass_(timedelta(minutes=10))             # what was broken off is a failed try
    engine.work.goes_on.set()
    await next_one.run_due()
    assert engine.work.done == ["went on"]


async def test_a_process_ends_though_its_database_is_gone(engine: Engine) -> None:
    jobs = await engine.process()
    await jobs.put("hang")
    work = asyncio.create_task(jobs.work())
    await asyncio.wait_for(engine.work.begun.wait(), LONG)
    engine.forget()
    work.cancel()
    ended, _ = await asyncio.wait([work], timeout=LONG)
    assert ended and work.cancelled()
