"""The tables in code are the tables that the migrations make, on both databases, and an upgrade keeps every row."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Boolean, Column, DateTime, Engine, Integer, LargeBinary, MetaData, create_engine
from sqlalchemy.pool import NullPool

from desk.store import Store
from desk.store.migrate import config
from desk.store.tables import metadata
from tests.databases import rows_of

FIRST = "0001"


@pytest.fixture
def empty_url(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path}/yavar.db"
    else:
        with request.getfixturevalue("postgres").database("template0") as url:
            yield url


@pytest.fixture
def engine(empty_url: str) -> Iterator[Engine]:
    engine = create_engine(empty_url.replace("+aiosqlite", ""), poolclass=NullPool)
    yield engine
    engine.dispose()


async def test_migrations_and_metadata_agree(empty_url: str, engine: Engine) -> None:
    store = Store(empty_url)
    assert await store.migrate() is True
    await store.close()
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
        assert compare_metadata(context, metadata) == []


async def test_a_second_migration_finds_nothing_to_do(empty_url: str) -> None:
    store = Store(empty_url)
    assert await store.migrate() is True
    assert await store.migrate() is False
    await store.close()


async def test_of_many_who_migrate_at_once_one_does(empty_url: str) -> None:
    stores = [Store(empty_url) for _ in range(5)]
    assert sorted(await asyncio.gather(*(store.migrate() for store in stores))) == [False] * 4 + [True]
    for store in stores:
        await store.close()


async def test_an_upgrade_from_the_first_schema_keeps_every_row(empty_url: str, engine: Engine) -> None:
    with engine.begin() as connection:
        command.upgrade(config(connection), FIRST)
        first = MetaData()
        first.reflect(connection)
        tables = [table for table in first.sorted_tables if table.name != "alembic_version"]
        for table in tables:
            connection.execute(table.insert().values({column.name: _value(column) for column in table.columns}))
    before = rows_of(empty_url)
    store = Store(empty_url)
    assert await store.migrate() is False
    await store.close()
    after = rows_of(empty_url)
    for table in tables:
        (old,), (new,) = before[table.name], after[table.name]
        assert new[:len(old)] == old, table.name


def _value(column: Column[Any]) -> Any:
    """Something that the column takes; the same for whatever refers to it."""
    if isinstance(column.type, DateTime):
        return datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
    if isinstance(column.type, Boolean):
        return False
    if isinstance(column.type, JSON):
        return {"kept": ["as", "it", "is", "رمز"]}
    if isinstance(column.type, LargeBinary):
        return b"\x00\x01\xff"
    if isinstance(column.type, Integer):
        return 7
    return "x"


def test_history_is_one_line() -> None:
    scripts = ScriptDirectory.from_config(config())
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1
