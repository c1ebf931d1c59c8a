"""Who waits for whom. SQLite lets one writer in at a time; PostgreSQL lets all of them in, and each holds what it is about to change.

Everything is asked for in one order, so that no two ever wait for each other: the conversation, what is its own (flow, handoff, ticket),
the person, a turnstile (a key, a quota, the numbers), and at the commit the audit chain. One transaction holds one conversation.
"""

import hashlib
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from desk.store.tables import conversations


def lets_many_write(sql: AsyncConnection) -> bool:
    """True in a transaction that may write beside others."""
    assert sql.sync_connection is not None
    return sql.dialect.name != "sqlite" and not sql.sync_connection.get_execution_options().get("reads", False)


def held(sql: AsyncConnection, query: Select[Any]) -> Select[Any]:
    """The query, holding the rows that it finds until the transaction's end. Rows that refer to them may still be written."""
    return query.with_for_update(key_share=True) if lets_many_write(sql) else query


async def hold_conversation(sql: AsyncConnection, its_id: Any) -> None:
    """From here on nobody else changes anything of that conversation; `its_id` is a value, or a query for it."""
    if lets_many_write(sql):
        await sql.execute(held(sql, select(conversations.c.id).where(conversations.c.id == its_id)))


async def turnstile(sql: AsyncConnection, name: str, *, patience: int | None = None) -> None:
    """One transaction at a time passes here, until it ends; for what has no row yet that could be held. `patience` in seconds."""
    if lets_many_write(sql):
        if patience:
            await sql.execute(select(func.set_config("lock_timeout", f"{patience}s", True)))
        key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        await sql.execute(select(func.pg_advisory_xact_lock(key)))
