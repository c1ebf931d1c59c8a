"""Where a turn's thinking is kept until the turn ends: apart from the desk's tables, so that neither waits for the other."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import OperationalError as SqliteDown

import aiosqlite
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from psycopg import AsyncConnection
from psycopg import OperationalError as PostgresDown
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from desk.store.postgres import address, in_schema, own_schema

SCHEMA = "thinking"
DOWN = (PostgresDown, PoolTimeout, SqliteDown)     # nothing is wrong with the turn: it is run again
PATIENCE = 10.0                                    # seconds to wait for a connection


@dataclass(frozen=True)
class Checkpoints:
    saver: BaseCheckpointSaver[str]
    close: Callable[[], Awaitable[None]]

    async def turns(self) -> set[str]:
        """Of which turns something is kept: those that run, and those whose end was cut short."""
        return {kept.config["configurable"]["thread_id"] async for kept in self.saver.alist(None)}

    async def forget(self, turn: str) -> None:
        await self.saver.adelete_thread(turn)


async def open_checkpoints(file: Path, database: str) -> Checkpoints:
    """In a file of its own beside a house on SQLite, in a schema of its own where the house is on PostgreSQL."""
    return await (_on_sqlite(file) if database.startswith("sqlite") else _on_postgres(database))


async def _on_sqlite(file: Path) -> Checkpoints:
    connection = await aiosqlite.connect(file)
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=10000"):
        await connection.execute(f"PRAGMA {pragma}")
    saver = AsyncSqliteSaver(connection)
    await saver.setup()
    return Checkpoints(saver, connection.close)


async def _on_postgres(database: str) -> Checkpoints:
    """Each connection is checked before it is lent: after a restart of the database the next turn finds a fresh one."""
    pool: AsyncConnectionPool[AsyncConnection[DictRow]] = AsyncConnectionPool(
        address(database), min_size=1, max_size=8, open=False, timeout=PATIENCE, check=AsyncConnectionPool.check_connection,
        kwargs={"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row, **in_schema(SCHEMA)})
    async with own_schema(database, SCHEMA):
        await pool.open(wait=True, timeout=PATIENCE)
        saver = AsyncPostgresSaver(pool)
        await saver.setup()
    return Checkpoints(saver, pool.close)
