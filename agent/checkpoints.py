"""Where a turn's thinking is kept until the turn ends: a file of its own, so that it never waits for the desk's."""

from pathlib import Path

import aiosqlite
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver


async def open_checkpoints(file: Path) -> AsyncSqliteSaver:
    connection = await aiosqlite.connect(file)
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=10000"):
        await connection.execute(f"PRAGMA {pragma}")
    saver = AsyncSqliteSaver(connection)
    await saver.setup()
    return saver
