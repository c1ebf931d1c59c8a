"""The store: the only place that knows SQLAlchemy. One transaction at a time, nouns as its attributes."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from functools import cached_property
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from desk.store import revisions
from desk.store.archive import Archive
from desk.store.attachments import Attachments
from desk.store.audit import Audit, Marks, Outbox
from desk.store.callbacks import Callbacks
from desk.store.cards import Cards
from desk.store.conversations import Conversations
from desk.store.engine import open_engine, reading, writing
from desk.store.gaps import Gaps
from desk.store.holds import Holds
from desk.store.identities import Identities
from desk.store.identity import Flows
from desk.store.knowledge import Shelf
from desk.store.mending import Disruptions, Mendings
from desk.store.migrate import upgrade
from desk.store.people import People
from desk.store.postgres import notices
from desk.store.presence import Attendances
from desk.store.retention import Retention
from desk.store.rights import Rights
from desk.store.rollouts import Proposals, Rollouts
from desk.store.sources import Sources
from desk.store.tickets import Handoffs, Tickets
from desk.store.timers import Timers
from desk.store.trail import Trail
from desk.store.turns import Effects, Turns
from desk.store.urgings import Urgings


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
    def rollouts(self) -> Rollouts:
        return Rollouts(self._connection)

    @cached_property
    def proposals(self) -> Proposals:
        return Proposals(self._connection)

    @cached_property
    def tickets(self) -> Tickets:
        return Tickets(self._connection)

    @cached_property
    def handoffs(self) -> Handoffs:
        return Handoffs(self._connection)

    @cached_property
    def disruptions(self) -> Disruptions:
        return Disruptions(self._connection)

    @cached_property
    def mendings(self) -> Mendings:
        return Mendings(self._connection)

    @cached_property
    def presence(self) -> Attendances:
        return Attendances(self._connection)

    @cached_property
    def callbacks(self) -> Callbacks:
        return Callbacks(self._connection)

    @cached_property
    def urgings(self) -> Urgings:
        return Urgings(self._connection)

    @cached_property
    def attachments(self) -> Attachments:
        return Attachments(self._connection)

    @cached_property
    def flows(self) -> Flows:
        return Flows(self._connection)

    @cached_property
    def cards(self) -> Cards:
        return Cards(self._connection)

    @cached_property
    def audit(self) -> Audit:
        return Audit(self._connection)

    @cached_property
    def archive(self) -> Archive:
        return Archive(self._connection)

    @cached_property
    def trail(self) -> Trail:
        return Trail(self._connection)

    @cached_property
    def holds(self) -> Holds:
        return Holds(self._connection)

    @cached_property
    def rights(self) -> Rights:
        return Rights(self._connection)

    @cached_property
    def retention(self) -> Retention:
        return Retention(self._connection)

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(self._connection)

    @cached_property
    def shelf(self) -> Shelf:
        return Shelf(self._connection)

    @cached_property
    def sources(self) -> Sources:
        return Sources(self._connection)

    @cached_property
    def gaps(self) -> Gaps:
        return Gaps(self._connection)

    @cached_property
    def timers(self) -> Timers:
        return Timers(self._connection)

    @cached_property
    def marks(self) -> Marks:
        return Marks(self._connection)


Audited = Callable[[str, Mapping[str, Any]], None]


class Store:
    """`audited` hears the action and detail of each entry of the audit trail, once it is committed."""

    def __init__(self, url: str, *, audited: Audited | None = None) -> None:
        self.url = url
        self._audited = audited
        self._engine = open_engine(url)
        # SQLite lets one write at a time and has no line: of fifty who poll for it some wait for ever. Here they stand in one.
        self._line: AbstractAsyncContextManager[object] = asyncio.Lock() if url.startswith("sqlite") else nullcontext()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Tx]:
        """A transaction that may write."""
        async with self._line, writing(self._engine) as connection:
            tx = Tx(connection)
            yield tx
            await tx.audit.write()
        if self._audited:
            for action, detail in tx.audit.added:
                self._audited(action, detail)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """A transaction that only reads; it holds up nobody."""
        async with reading(self._engine) as connection:
            yield Tx(connection)

    def notices(self) -> AsyncGenerator[str | None] | None:
        """Ids of conversations in which any process recorded something; None on SQLite, where nobody else does."""
        return None if self.url.startswith("sqlite") else notices(self.url)

    async def migrate(self) -> bool:
        """Bring the schema up to date; True if there was none before."""
        async with writing(self._engine) as connection:
            await connection.run_sync(lambda sql: revisions.known(revisions.current(sql)))
            return await connection.run_sync(upgrade)

    async def close(self) -> None:
        await self._engine.dispose()
