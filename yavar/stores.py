"""The house's database, for a command that needs nothing else of the house."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from desk.errors import BadInput
from desk.store import Store
from desk.store.revisions import newest
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


def _missing(url: str) -> bool:
    """A SQLite file that is not there would be made by looking for it."""
    return url.startswith("sqlite") and not Path(url.partition(":///")[2]).is_file()


@asynccontextmanager
async def looked_at(settings: Settings) -> AsyncIterator[Store]:
    """For who only reads: nothing is made and nothing is migrated. Raises BadInput where there is no house, or one of an older schema."""
    if _missing(settings.database):
        raise BadInput("There is no house here yet. Check YAVAR_HOME and YAVAR_DATABASE_URL.")
    store = Store(settings.database)
    try:
        async with store.read() as tx:
            found = await tx.archive.revision()
        if found != newest():
            raise BadInput(f"The database has the schema {found or 'of no house'}, and {newest()} is wanted. Run `yavar upgrade` first.")
        yield store
    finally:
        await store.close()
