"""The store: the only place that knows SQLAlchemy. One transaction at a time, nouns as its attributes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncConnection

from desk.store.audit import Audit, Marks, Outbox
from desk.store.conversations import Conversations
from desk.store.engine import open_engine, reading, writing
from desk.store.identities import Identities
from desk.store.identity import Flows
from desk.store.knowledge import Shelf
from desk.store.migrate import upgrade
from desk.store.people import People
from desk.store.tickets import Handoffs, Tickets
from desk.store.turns import Effects, Turns


class Tx:
    """One transaction: everything done through it is committed together, or not at all."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @cached_property
    def people(self) -> People:
        return People(self._connection)

    @cached_property
    def identities(self) -> Identities:
        return Identities(self._connection)

    @cached_property
    def conversations(self) -> Conversations:
        return Conversations(self._connection)

    @cached_property
    def turns(self) -> Turns:
        return Turns(self._connection)

    @cached_property
    def effects(self) -> Effects:
        return Effects(self._connection)

    @cached_property
    def tickets(self) -> Tickets:
        return Tickets(self._connection)

    @cached_property
    def handoffs(self) -> Handoffs:
        return Handoffs(self._connection)

    @cached_property
    def flows(self) -> Flows:
        return Flows(self._connection)

    @cached_property
    def audit(self) -> Audit:
        return Audit(self._connection)

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(self._connection)

    @cached_property
    def shelf(self) -> Shelf:
        return Shelf(self._connection)

    @cached_property
    def marks(self) -> Marks:
        return Marks(self._connection)


class Store:
    def __init__(self, url: str) -> None:
        self.url = url
        self._engine = open_engine(url)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Tx]:
        """A transaction that may write."""
        async with writing(self._engine) as connection:
            yield Tx(connection)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """A transaction that only reads; it holds up nobody."""
        async with reading(self._engine) as connection:
            yield Tx(connection)

    async def migrate(self) -> bool:
        """Bring the schema up to date; True if there was none before."""
        async with writing(self._engine) as connection:
            return await connection.run_sync(upgrade)

    async def close(self) -> None:
        await self._engine.dispose()
