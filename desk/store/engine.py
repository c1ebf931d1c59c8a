"""Opens the database: one transaction at a time that says at its start whether it writes."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.exc import DataError, DBAPIError, TimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from desk.errors import BadInput, Unavailable

PATIENCE = 10                  # seconds to wait for another writer
FORGOTTEN = 60                 # seconds after which a transaction that does nothing is ended: a process that hangs holds up nobody
# A snapshot, as SQLite gives: what is read together belongs together.
SNAPSHOT = {"isolation_level": "REPEATABLE READ"}
# What of SQLite's errors lies in the file or its disk, and what of PostgreSQL's in the server: by the first letters of their codes.
SQLITE_DOWN = ("SQLITE_READONLY", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_CANTOPEN", "SQLITE_PERM")
POSTGRES_DOWN = ("08", "25006", "40", "53", "55P03", "57", "58")


def open_engine(url: str) -> AsyncEngine:
    if not url.startswith("sqlite"):
        limits = f"-c lock_timeout={PATIENCE}s -c idle_in_transaction_session_timeout={FORGOTTEN}s"
        return create_async_engine(url, pool_pre_ping=True, pool_size=8, max_overflow=8, hide_parameters=True,
                                   connect_args={"connect_timeout": PATIENCE, "options": limits})
    engine = create_async_engine(url, pool_size=8, max_overflow=16, hide_parameters=True, connect_args={"timeout": PATIENCE})
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None        # the driver's own BEGIN comes too late: lost updates
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", f"busy_timeout={PATIENCE * 1000}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    reads = connection.get_execution_options().get("reads", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


@asynccontextmanager
async def writing(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    with _told():
        async with engine.begin() as connection:
            yield connection


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    with _told():
        async with engine.connect() as connection:
            await connection.execution_options(reads=True, **(SNAPSHOT if engine.dialect.name == "postgresql" else {}))
            async with connection.begin():
                yield connection


@contextmanager
def _told() -> Iterator[None]:
    """What the database cannot do now is Unavailable, what no column can hold is BadInput; a wrong statement stays what it is."""
    try:
        yield
    except DataError as error:
        raise BadInput() from error
    except TimeoutError as error:
        raise Unavailable() from error
    except DBAPIError as error:
        if _is_down(error):
            raise Unavailable() from error
        raise


def _is_down(error: DBAPIError) -> bool:
    if error.connection_invalidated:
        return True
    name, state = getattr(error.orig, "sqlite_errorname", None), getattr(error.orig, "sqlstate", None)
    if name:
        return str(name).startswith(SQLITE_DOWN)
    # libpq gives no state where it reached nobody
    return str(state).startswith(POSTGRES_DOWN) if state else type(error.orig).__name__ == "OperationalError"
