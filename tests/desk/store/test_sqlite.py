"""SQLite's driver: rows however many, a transaction from its first statement on, nothing left behind."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from desk.errors import Unavailable
from desk.store import sqlite
from desk.store.engine import open_engine, reading, writing
from desk.store.sqlite import AT_ONCE

EVERY = text("SELECT n FROM numbers ORDER BY n")


@pytest_asyncio.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(f"sqlite+aiosqlite:///{tmp_path / 'numbers.db'}")
    async with writing(engine) as sql:
        await sql.execute(text("CREATE TABLE numbers (n INTEGER PRIMARY KEY)"))
    yield engine
    await engine.dispose()


async def fill(engine: AsyncEngine, count: int) -> None:
    async with writing(engine) as sql:
        await sql.execute(text("INSERT INTO numbers (n) VALUES (:n)"), [{"n": n} for n in range(count)])


async def fill_twice(engine: AsyncEngine) -> None:
    async with writing(engine) as sql:
        for _ in range(2):
            await sql.execute(text("INSERT INTO numbers (n) VALUES (1)"))


async def numbers(engine: AsyncEngine) -> list[int]:
    async with reading(engine) as sql:
        return list((await sql.execute(EVERY)).scalars())


@pytest.mark.parametrize("count", [0, 1, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, 2 * AT_ONCE, 2 * AT_ONCE + 7])
async def test_all_rows_come_however_they_are_asked_for(engine: AsyncEngine, count: int) -> None:
    if count:
        await fill(engine, count)
    assert await numbers(engine) == list(range(count))
    for size in (7, AT_ONCE):
        async with reading(engine) as sql, sql.stream(EVERY, execution_options={"yield_per": size}) as found:
            assert [row.n async for row in found] == list(range(count))


async def test_who_stops_reading_early_holds_up_nobody(engine: AsyncEngine) -> None:
    await fill(engine, 3 * AT_ONCE)
    async with reading(engine) as sql:
        async with sql.stream(EVERY, execution_options={"yield_per": 5}) as found:
            async for row in found:
                assert row.n == 0
                break
        assert (await sql.execute(text("SELECT max(n) FROM numbers"))).scalar_one() == 3 * AT_ONCE - 1
    async with writing(engine) as sql:
        await sql.execute(text("DELETE FROM numbers"))
    assert await numbers(engine) == []


async def test_what_is_read_together_belongs_together(engine: AsyncEngine) -> None:
    async with reading(engine) as sql:
        assert (await sql.execute(text("SELECT count(*) FROM numbers"))).scalar_one() == 0
        await fill(engine, 3)
        assert (await sql.execute(text("SELECT count(*) FROM numbers"))).scalar_one() == 0
    assert await numbers(engine) == [0, 1, 2]


async def test_a_transaction_that_fails_leaves_nothing_and_the_next_begins_anew(engine: AsyncEngine) -> None:
    with pytest.raises(IntegrityError):
        await fill_twice(engine)
    async with writing(engine):
        pass                       # nothing was asked: nothing was begun
    await fill(engine, 1)
    assert await numbers(engine) == [0]


async def test_a_write_waits_for_the_writer_before_it_and_loses_no_update(engine: AsyncEngine) -> None:
    await fill(engine, 1)

    async def add() -> None:
        async with writing(engine) as sql:
            highest = (await sql.execute(text("SELECT max(n) FROM numbers"))).scalar_one()
            await asyncio.sleep(0)
            await sql.execute(text("INSERT INTO numbers (n) VALUES (:n)"), {"n": highest + 1})

    await asyncio.gather(*(add() for _ in range(10)))
    assert await numbers(engine) == list(range(11))


async def test_one_who_cannot_write_at_all_is_told_so(engine: AsyncEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desk.store.engine.PATIENCE", 0)
    other = await sqlite.connect(str(tmp_path / "numbers.db"), patience=0)
    await (await other.cursor().execute("BEGIN IMMEDIATE")).execute("INSERT INTO numbers (n) VALUES (7)")
    impatient = open_engine(f"sqlite+aiosqlite:///{tmp_path / 'numbers.db'}")
    with pytest.raises(Unavailable):
        await fill(impatient, 1)
    await other.rollback()
    await other.close()
    await fill(impatient, 1)
    await impatient.dispose()
    assert await numbers(engine) == [0]


async def test_a_statement_that_is_wrong_says_so_and_spoils_nothing(engine: AsyncEngine) -> None:
    with pytest.raises(OperationalError, match="no such table"):
        async with writing(engine) as sql:
            await sql.execute(text("SELECT * FROM letters"))
    await fill(engine, 2)
    assert await numbers(engine) == [0, 1]
