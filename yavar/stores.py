"""The house's database, for a command that needs nothing else of the house."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from desk.store import Store
from yavar.settings import Settings


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Store]:
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    store = Store(settings.database)
    try:
        await store.migrate()
        yield store
    finally:
        await store.close()
