"""Who looks at a conversation is woken by what any process records in it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from agent.live import Listener, Live
from desk.conversations import Author
from desk.store import Store
from tests.databases import cut_off

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LONG = 20.0                    # seconds; far more than it takes


@asynccontextmanager
async def process(url: str) -> AsyncIterator[tuple[Store, Live]]:
    store, live = Store(url), Live()
    await store.migrate()
    notices = store.notices()
    assert notices is not None
    async with live.listen("anything") as listener:
        following = asyncio.create_task(live.follow(notices))
        assert await woken(listener)             # the first notice is that nothing is known yet: it wakes everybody
    try:
        yield store, live
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        await store.close()


async def opened(store: Store) -> str:
    async with store.begin() as tx:
        return (await tx.conversations.open(account=None, lang="en", now=NOW)).id


async def say(store: Store, conversation: str) -> None:
    async with store.begin() as tx:
        await tx.conversations.say(conversation, Author.USER, "hello", "en", NOW)


async def woken(listener: Listener) -> bool:
    sign = await listener.next(LONG)
    return sign is not None and sign[0] == "wake"


async def test_another_process_wakes_who_looks_on(postgres_url: str) -> None:
    async with process(postgres_url) as (here, _), process(postgres_url) as (_, there):
        conversation, other = await opened(here), await opened(here)
        async with there.listen(conversation) as listener, there.listen(other) as not_meant:
            await say(here, conversation)
            assert await woken(listener)
            await say(here, other)
            assert await woken(not_meant)
            assert await listener.next(0) is None


async def test_who_looks_on_is_woken_after_the_connection_was_cut(postgres_url: str) -> None:
    async with process(postgres_url) as (here, _), process(postgres_url) as (_, there):
        conversation = await opened(here)
        async with there.listen(conversation) as listener:
            cut_off(postgres_url)
            await say(here, conversation)
            assert await woken(listener)         # by the new connection, whatever was missed
            async with here.read() as tx:
                assert len(await tx.conversations.events(conversation, 0)) == 1


async def test_what_is_rolled_back_wakes_nobody(postgres_url: str) -> None:
    async with process(postgres_url) as (here, _), process(postgres_url) as (_, there):
        conversation, after = await opened(here), await opened(here)
        async with there.listen(conversation) as listener, there.listen(after) as later:
            with pytest.raises(RuntimeError, match="no"):
                await _say_and_fail(here, conversation)
            await say(here, after)
            assert await woken(later)
            assert await listener.next(0) is None


async def _say_and_fail(store: Store, conversation: str) -> None:
    async with store.begin() as tx:
        await tx.conversations.say(conversation, Author.USER, "hello", "en", NOW)
        raise RuntimeError("no")


async def test_on_sqlite_there_is_nobody_to_follow(tmp_path_factory: pytest.TempPathFactory) -> None:
    store = Store(f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('live')}/yavar.db")
    assert store.notices() is None
    await store.close()
