"""SQLite's driver, with one trip to its thread for a statement.

`aiosqlite` makes four: for the cursor, for the statement, for its rows and for the end of the cursor, and where a machine is busy each of
them waits twice. Here the statement brings its first rows along, and a transaction's BEGIN travels with the first statement in it.
"""

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable
from types import TracebackType
from typing import Any

import aiosqlite

AT_ONCE = 1_000                # rows that come with the statement; the rest only when they are asked for
Row = tuple[Any, ...]


async def connect(file: str, **options: Any) -> "Connection":
    """A connection of its own thread. `options` are those of `sqlite3.connect`."""
    connection = Connection(lambda: sqlite3.connect(file, **options), 64)
    connection._thread.daemon = True        # a process ends also where a connection was never given back
    await connection
    return connection


class Connection(aiosqlite.Connection):
    """As SQLAlchemy and LangGraph use it; `BEGIN` waits for the first statement."""

    _pending = ""

    def cursor(self) -> "Cursor":  # type: ignore[override]
        return Cursor(self)

    async def begin(self, statement: str) -> None:
        self._pending = statement

    async def commit(self) -> None:
        if not self._given_up():
            await super().commit()

    async def rollback(self) -> None:
        if not self._given_up():
            await super().rollback()

    def _given_up(self) -> bool:
        """Nothing to end: no statement came after BEGIN, or all is ended already."""
        self._pending = ""
        return not self.in_transaction

    async def trip(self, deed: Callable[[sqlite3.Connection], Any]) -> Any:
        """Do this in the connection's thread, and begin the transaction first if that was put off."""
        pending, self._pending = self._pending, ""
        return await self._execute(_begun, self._conn, pending, deed)  # type: ignore[no-untyped-call]


def _begun(connection: sqlite3.Connection, pending: str, deed: Callable[[sqlite3.Connection], Any]) -> Any:
    if pending:
        connection.execute(pending)
    return deed(connection)


class Cursor:
    """What a statement found: the first rows are here, the others behind an open cursor in the thread."""

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

    async def execute(self, statement: str, parameters: Iterable[Any] = ()) -> "Cursor":
        if statement.startswith("BEGIN"):
            await self._connection.begin(statement)
            return self
        return await self._run(lambda cursor: cursor.execute(statement, parameters))  # type: ignore[arg-type]

    async def executemany(self, statement: str, parameters: Iterable[Any]) -> "Cursor":
        return await self._run(lambda cursor: cursor.executemany(statement, parameters))

    async def _run(self, deed: Callable[[sqlite3.Cursor], object]) -> "Cursor":
        await self.close()

        def run(connection: sqlite3.Connection) -> tuple[sqlite3.Cursor, list[Row]]:
            cursor = connection.cursor()
            deed(cursor)
            rows = cursor.fetchmany(AT_ONCE) if cursor.description else []
            if len(rows) < AT_ONCE:
                cursor.close()
            return cursor, rows

        cursor, rows = await self._connection.trip(run)
        self._open, self._rows = (cursor if len(rows) == AT_ONCE else None), rows
        self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
        return self

    async def fetchmany(self, size: int | None = None) -> list[Row]:
        wanted = size or self.arraysize
        while self._open and len(self._rows) < wanted:
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
        assert self._open
        cursor = self._open
        rows = await self._connection.trip(lambda _: cursor.fetchall() if size is None else cursor.fetchmany(max(size, AT_ONCE)))
        self._rows += rows
        if not rows or size is None:
            await self.close(keep=True)

    async def close(self, *, keep: bool = False) -> None:
        if not keep:
            self._rows = []
        if self._open:
            cursor, self._open = self._open, None
            await self._connection.trip(lambda _: cursor.close())

    async def __aiter__(self) -> AsyncIterator[Row]:
        while (row := await self.fetchone()) is not None:
            yield row
