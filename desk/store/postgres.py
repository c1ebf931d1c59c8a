"""What only PostgreSQL has and SQLAlchemy does not show: notices to other processes, and schemas for the tables that libraries make."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import make_url

CHANNEL = "yavar_conversations"        # its notices carry ids alone
LOCK = 718274
LOOK = 30.0                            # seconds of silence after which a listener looks whether its connection still stands
AGAIN = 0.5                            # seconds until it connects again
ALIVE: dict[str, Any] = {"connect_timeout": 10, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}


def address(url: str) -> str:
    """The same address for libpq."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


async def notices(url: str) -> AsyncGenerator[str | None]:
    """Ids of conversations in which something was recorded, in whichever process; None when some may have been missed. It never ends."""
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(address(url), autocommit=True, **ALIVE) as one:
                await one.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
                yield None
                while True:
                    async for notice in one.notifies(timeout=LOOK):
                        yield notice.payload
                    await one.execute("SELECT 1")
        except psycopg.OperationalError:
            await asyncio.sleep(AGAIN)


@asynccontextmanager
async def own_schema(url: str, name: str) -> AsyncIterator[psycopg.AsyncConnection]:
    """A schema apart for the tables that a library makes itself; they are made in the body, by one process at a time.

    The lock is asked for again and again: a statement that waits for it would hold up an index that is made concurrently.
    """
    async with await psycopg.AsyncConnection.connect(address(url), autocommit=True, **ALIVE) as one:
        while not await _locked(one):  # noqa: ASYNC110  the lock is another process's
            await asyncio.sleep(AGAIN)
        await one.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(name)))
        yield one


async def _locked(one: psycopg.AsyncConnection) -> bool:
    row = await (await one.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])).fetchone()
    return bool(row and row[0])


def in_schema(name: str) -> dict[str, Any]:
    """Connection arguments under which a library finds its tables there."""
    return {**ALIVE, "options": f"-c search_path={name}"}
