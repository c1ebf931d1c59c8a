"""The whole house as rows of plain JSON, out of either database and into either."""

from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from itertools import islice
from typing import Any

from alembic import command
from sqlalchemy import JSON, ColumnClause, DateTime, LargeBinary, MetaData, TableClause, Text, column, delete, func, insert, select, table
from sqlalchemy import types as sql
from sqlalchemy.ext.asyncio import AsyncConnection

from desk.errors import BadInput
from desk.store import revisions
from desk.store.migrate import config
from desk.store.tables import Moment

OWN = frozenset({"marks", "timers"})   # what an empty house has already
BATCH = 500                            # rows that are read or written together


class Archive:
    """Reads in one snapshot, writes in one transaction; both at the revision that the database or the backup has."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._sql = connection

    async def revision(self) -> str | None:
        return await self._sql.run_sync(revisions.current)

    async def tables(self) -> "Tables":
        revision = await self.revision()
        if revision is None:
            raise BadInput("There is no house in this database. Check YAVAR_HOME and YAVAR_DATABASE_URL.")
        return Tables(revision)

    async def rows(self, tables: "Tables", name: str) -> AsyncIterator[list[Any]]:
        """Each row of a table as plain JSON, in the order of its key."""
        whole = tables.clause(name)
        ordered = select(whole).order_by(*(whole.c[key] for key in tables.key(name)))
        async with self._sql.stream(ordered.execution_options(yield_per=BATCH)) as found:
            async for row in found:
                yield [_plain(value) for value in row]

    async def count(self, tables: "Tables", name: str) -> int:
        return int((await self._sql.execute(select(func.count()).select_from(tables.clause(name)))).scalar_one())

    async def begin_empty(self, revision: str) -> "Tables":
        """Make the schema of that revision in a database that holds nobody's data; refuse any other."""
        before = await self.revision()
        if before is not None:
            tables = Tables(before)
            held = {name: n for name in tables.names if name not in OWN and (n := await self.count(tables, name))}
            if held:
                named = ", ".join(f"{name} {n}" for name, n in sorted(held.items()))
                raise BadInput(f"This house is not empty ({named}), and a backup is never mixed with what is there. "
                               "Restore into another YAVAR_HOME or another database.")
            for name in tables.names:
                await self._sql.execute(delete(tables.clause(name)))
        if before is None or before != revision:
            await self._sql.run_sync(lambda connection: command.upgrade(config(connection), revision))
        if await self.revision() != revision:
            raise BadInput(f"The database has the schema {before}, newer than the backup's {revision}. Restore into an empty database.")
        return Tables(revision)

    async def put(self, tables: "Tables", name: str, rows: Iterable[Sequence[Any]]) -> int:
        """Insert the rows of one table; how many there were."""
        into, names, n, left = tables.clause(name), tables.columns(name), 0, iter(rows)
        while some := list(islice(left, BATCH)):
            values = [{key: _value(into.c[key], value) for key, value in zip(names, row, strict=True)} for row in some]
            await self._sql.execute(insert(into), values)
            n += len(values)
        return n

    async def forget_mark(self, name: str) -> None:
        marks = table("marks", column("name", Text()))
        await self._sql.execute(delete(marks).where(marks.c.name == name))

    async def upgrade(self) -> None:
        """Bring what was put in up to this Yavar's schema."""
        await self._sql.run_sync(lambda connection: command.upgrade(config(connection), "head"))


class Tables:
    """The tables of one revision, parents before children."""

    def __init__(self, revision: str) -> None:
        self.revision = revision

    @cached_property
    def _schema(self) -> MetaData:
        return revisions.schema(self.revision)

    @cached_property
    def names(self) -> list[str]:
        return [each.name for each in self._schema.sorted_tables]

    def columns(self, name: str) -> list[str]:
        return [each.name for each in self._schema.tables[name].columns]

    def key(self, name: str) -> list[str]:
        return [each.name for each in self._schema.tables[name].primary_key.columns]

    def clause(self, name: str) -> TableClause:
        return table(name, *(column(each.name, _kind(each.type)) for each in self._schema.tables[name].columns))


def _kind(found: sql.TypeEngine[Any]) -> sql.TypeEngine[Any]:
    """The type that both databases share."""
    if isinstance(found, DateTime):
        return Moment()
    if isinstance(found, JSON):
        return JSON(none_as_null=True)
    for shared in (LargeBinary, sql.Boolean, sql.Integer, sql.Float):
        if isinstance(found, shared):
            return shared()
    return Text()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return b64encode(value).decode("ascii") if isinstance(value, bytes) else value


def _value(into: ColumnClause[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(into.type, Moment):
        return datetime.fromisoformat(value)
    return b64decode(value) if isinstance(into.type, LargeBinary) else value
