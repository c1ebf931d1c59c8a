"""SQLite's driver: what is quick is done at once, what may take long in the connection's own thread.

`aiosqlite` makes four trips to a thread for each statement, and where a machine is busy each of them waits twice: most of a turn's time was
that. Here a statement that reads or changes a few rows runs where it is asked. One that would take longer is broken off and runs in the
thread, as do commits, which may wait for the disk, and whoever must wait for another writer. A transaction begins with the first statement
in it.
"""

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable
from types import TracebackType
from typing import Any, TypeVar

import aiosqlite

AT_ONCE = 200                  # rows that come with the statement; the rest only when they are asked for
STEPS = 20_000                 # of SQLite's machine: about a millisecond
QUICK = ("SELECT", "INSERT", "UPDATE")         # by these words a statement of few steps begins, as a rule
BROKEN_OFF = frozenset({"SQLITE_INTERRUPT", "SQLITE_BUSY", "SQLITE_BUSY_RECOVERY", "SQLITE_BUSY_SNAPSHOT", "SQLITE_LOCKED"})
Row = tuple[Any, ...]
T = TypeVar("T")
Deed = Callable[[sqlite3.Connection], T]


async def connect(file: str, *, patience: float, **options: Any) -> "Connection":
    """A connection that waits up to `patience` seconds for another writer. `options` are those of `sqlite3.connect`."""
    options["check_same_thread"] = False    # here or in the thread, never in both at the same time
    connection = Connection(lambda: sqlite3.connect(file, timeout=0, **options), 64)
    connection.patience = patience
    connection._thread.daemon = True        # a process ends also where a connection was never given back
    await connection
    return connection


class Connection(aiosqlite.Connection):
    """As SQLAlchemy uses it."""

    patience = 0.0
    _pending = ""
    _writes = False

    def cursor(self) -> "Cursor":  # type: ignore[override]
        return Cursor(self)

    def begin(self, statement: str) -> None:
        """To be run before the next statement."""
        self._pending, self._writes = statement, statement != "BEGIN"

    async def commit(self) -> None:
        self._pending = ""
        if self.in_transaction:
            if self._writes:
                await self.at_leisure(sqlite3.Connection.commit)
            else:
                self._conn.commit()

    async def rollback(self) -> None:
        self._pending = ""
        if self.in_transaction:
            self._conn.rollback()

    def at_once(self, deed: Deed[T], *, steps: int | None) -> T | None:
        """Do it here; None, with nothing done, where another writes or where it takes more than so many steps."""
        connection = self._conn
        try:
            self._begin(connection)
            if steps:
                connection.set_progress_handler(_enough, steps)
            return deed(connection)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname in BROKEN_OFF:
                return None
            raise
        finally:
            if steps:
                connection.set_progress_handler(None, 0)

    async def at_leisure(self, deed: Deed[T]) -> T:
        """Do it in the thread, and wait for whoever writes."""
        return await self._execute(self._patiently, deed)  # type: ignore[no-any-return, no-untyped-call]

    def _patiently(self, deed: Deed[T]) -> T:
        connection = self._conn
        connection.execute(f"PRAGMA busy_timeout={round(self.patience * 1000)}")
        try:
            self._begin(connection)
            return deed(connection)
        finally:
            connection.execute("PRAGMA busy_timeout=0")

    def _begin(self, connection: sqlite3.Connection) -> None:
        if self._pending:
            connection.execute(self._pending)
            self._pending = ""


def _enough() -> bool:
    return True


class Cursor:
    """What a statement found: the first rows are here, the others behind an open cursor of SQLite's."""

    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._open: sqlite3.Cursor | None = None
        self._rows: list[Row] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> "Cursor":
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    async def execute(self, statement: str, parameters: Any = ()) -> "Cursor":
        if statement.startswith("BEGIN"):
            self._connection.begin(statement)
        else:
            await self._run(lambda cursor: cursor.execute(statement, parameters), quick=statement.startswith(QUICK),
                            steps=STEPS if statement.startswith("SELECT") else None)
        return self

    async def executemany(self, statement: str, parameters: Iterable[Any]) -> "Cursor":
        await self._run(lambda cursor: cursor.executemany(statement, parameters), quick=False, steps=None)
        return self

    async def _run(self, deed: Callable[[sqlite3.Cursor], object], *, quick: bool, steps: int | None) -> None:
        def run(connection: sqlite3.Connection) -> tuple[sqlite3.Cursor, list[Row]]:
            cursor = connection.cursor()
            deed(cursor)
            return cursor, cursor.fetchmany(AT_ONCE) if cursor.description else []

        await self.close()
        done = self._connection.at_once(run, steps=steps) if quick else None
        cursor, self._rows = done if done else await self._connection.at_leisure(run)
        self._open = cursor if len(self._rows) == AT_ONCE else None
        self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid

    async def fetchmany(self, size: int | None = None) -> list[Row]:
        wanted = size or self.arraysize
        if self._open and len(self._rows) < wanted:
            await self._fetch(wanted)
        some, self._rows = self._rows[:wanted], self._rows[wanted:]
        return some

    async def fetchone(self) -> Row | None:
        rows = await self.fetchmany(1)
        return rows[0] if rows else None

    async def fetchall(self) -> list[Row]:
        if self._open:
            await self._fetch(None)
        rows, self._rows = self._rows, []
        return rows

    async def _fetch(self, size: int | None) -> None:
        """More rows, all of them where no size is given."""
        assert self._open
        cursor = self._open
        rows = await self._connection.at_leisure(lambda _: cursor.fetchall() if size is None else cursor.fetchmany(size))
        self._rows = self._rows + rows
        if size is None or len(rows) < size:
            self._open = None

    async def close(self) -> None:
        self._rows = []
        if self._open:
            self._open.close()
            self._open = None

    async def __aiter__(self) -> AsyncIterator[Row]:
        while (row := await self.fetchone()) is not None:
            yield row
