"""Takes what was deleted out of the files too: a deleted row's words would otherwise stay in free pages until something overwrites them."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

PATIENCE = 30                  # seconds to wait for those who read and write


async def compact(url: str) -> bool:
    """True if nothing of it is left in the database's files; False if somebody was in the way all the time."""
    if url.startswith("sqlite"):
        return await asyncio.to_thread(compact_file, Path(url.partition(":///")[2]))
    engine = create_async_engine(url, hide_parameters=True, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            await connection.execute(text("VACUUM"))
    finally:
        await engine.dispose()
    return True


def compact_file(file: Path) -> bool:
    try:
        with closing(sqlite3.connect(file, timeout=PATIENCE, isolation_level=None)) as connection:
            connection.execute("VACUUM")
            busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return not busy
    except sqlite3.OperationalError:
        return False
