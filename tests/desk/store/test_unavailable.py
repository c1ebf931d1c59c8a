"""A database that cannot be reached or written to is told as that, leaves nothing half done, and is used again once it is back."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from desk.conversations import Author
from desk.errors import Unavailable
from desk.services import Desk
from desk.store import Store
from tests.databases import cut_off
from tests.desk.conftest import Clock, Someone


async def say(store: Store, person: Someone, clock: Clock, *, cut: str = "") -> None:
    async with store.begin() as tx:
        await tx.conversations.say(person.conversation.id, Author.USER, "one", "en", clock())
        if cut:
            cut_off(cut)
        await tx.conversations.say(person.conversation.id, Author.USER, "two", "en", clock())


async def said(store: Store, person: Someone) -> list[str]:
    async with store.read() as tx:
        return [message.text for message in await tx.conversations.messages(person.conversation.id)]


@pytest.mark.parametrize("kind", ["postgresql"])
async def test_a_connection_cut_off_half_way_leaves_nothing(desk: Desk, sara: Someone, clock: Clock, database_url: str) -> None:
    with pytest.raises(Unavailable):
        await say(desk.store, sara, clock, cut=database_url)
    assert await said(desk.store, sara) == []
    await say(desk.store, sara, clock)
    assert await said(desk.store, sara) == ["one", "two"]


@pytest.mark.parametrize("kind", ["postgresql"])
async def test_connections_that_ended_while_nobody_used_them_are_not_noticed(desk: Desk, sara: Someone, clock: Clock,
                                                                             database_url: str) -> None:
    cut_off(database_url)
    await say(desk.store, sara, clock)
    assert await said(desk.store, sara) == ["one", "two"]


async def test_a_database_that_takes_no_writes_still_reads(desk: Desk, sara: Someone, clock: Clock, kind: str, database_url: str) -> None:
    read_only = Store(_read_only(kind, database_url))
    for store, words in ((read_only, []), (desk.store, ["one", "two"])):
        if store is read_only:
            with pytest.raises(Unavailable):
                await say(store, sara, clock)
        else:
            await say(store, sara, clock)
        assert await said(store, sara) == words
    await read_only.close()


def _read_only(kind: str, url: str) -> str:
    """The same database for whoever connects from now on; who is connected may still write."""
    if kind == "sqlite":
        return f"sqlite+aiosqlite:///file:{Path(url.partition(':///')[2])}?mode=ro&uri=true"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', "
                                "current_database()); END $$"))
    engine.dispose()
    return url


async def test_a_server_that_nobody_runs_is_unavailable() -> None:
    nobody = Store("postgresql+psycopg://nobody@127.0.0.1:9/yavar")
    with pytest.raises(Unavailable):
        await nobody.migrate()
    await nobody.close()
