"""`yavar person …`: everything held on a person as one file, and its erasure from the database, the checkpoints and the folders."""

import json
import os
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from agent.checkpoints import open_checkpoints
from desk.people import Account
from desk.services.rights import Held, Rights
from desk.store import Store
from desk.store.compact import compact, compact_file
from desk.vault import Vault
from yavar.backup import opened
from yavar.settings import Settings

ATTACHMENTS = "attachments"
CHECKPOINTS = "turns.db"


@asynccontextmanager
async def rights_of(settings: Settings) -> AsyncIterator[tuple[Rights, Store]]:
    store = opened(settings)
    try:
        await store.migrate()
        yield Rights(store, Vault(settings.house_secret)), store
    finally:
        await store.close()


async def export(settings: Settings, name: str, file: Path, now: datetime) -> str:
    """A zip with `person.json`, each conversation as it was said, and the person's files."""
    async with rights_of(settings) as (rights, _):
        account, tables = await rights.export(name, now)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out, zipfile.ZipFile(
            out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("person.json", json.dumps({"exported_at": now, "tables": tables}, default=_plain, ensure_ascii=False, indent=1))
        for conversation in tables.get("conversations", ()):
            archive.writestr(f"conversations/{conversation['id']}.txt", _transcript(conversation["id"], tables))
        for sha256, shown in _files(tables):
            for path in _paths(settings.home, sha256):
                archive.write(path, f"files/{sha256[:12]}-{shown}")
    rows = ", ".join(f"{table} {len(rows)}" for table, rows in sorted(tables.items()))
    return f"{file}: everything held on {account.name} ({rows}). Hashes of passwords, codes and tokens are held too and never given out."


async def erase(settings: Settings, name: str, now: datetime, *, dry_run: bool) -> str:
    async with rights_of(settings) as (rights, store):
        if dry_run:
            return _told(await rights.look(name), "Would be erased")
        held = await rights.erase(name, now)
        await _forget(settings, held)
        whole = await compact(store.url)
    told = _told(held, "Erased")
    return told if whole else f"{told}\nThe database was busy: run it again without the server to take erased words out of its free pages."


async def hold(settings: Settings, name: str, reason: str, now: datetime) -> str:
    async with rights_of(settings) as (rights, _):
        account: Account = await rights.hold(name, reason, now)
    return f"{account.name} is under legal hold: nothing of theirs is erased and nothing ages out."


async def release(settings: Settings, name: str, now: datetime) -> str:
    async with rights_of(settings) as (rights, _):
        account: Account = await rights.release(name, now)
    return f"{account.name} is no longer under legal hold."


async def _forget(settings: Settings, held: Held) -> None:
    """What lies beside the desk's tables: thoughts of turns, and files that nobody else has."""
    checkpoints = await open_checkpoints(settings.home / CHECKPOINTS, settings.database)
    for turn in held.turns:
        await checkpoints.forget(turn)
    await checkpoints.close()
    if not settings.shared:
        compact_file(settings.home / CHECKPOINTS)
    for sha256 in held.files:
        for path in _paths(settings.home, sha256):
            path.unlink()


def _told(held: Held, what: str) -> str:
    lines = [f"{what}: {held.account.name}", *(f"  {table}: {n}" for table, n in sorted(held.rows.items()))]
    lines += [f"  named by others in {table}: {n}" for table, n in sorted(held.mentions.items())]
    if held.files:
        lines.append(f"  files: {len(held.files)}")
    if held.articles:
        lines.append("Articles that name them are the house's own words; change these by hand: " + ", ".join(held.articles))
    lines.append("The audit trail keeps an id that names nobody, and tickets stay without a word. Backups still hold the person: "
                 "let them age out, and erase again after restoring one.")
    return "\n".join(lines)


def _transcript(conversation: str, tables: dict[str, list[dict[str, Any]]]) -> str:
    said = [message for message in tables.get("messages", ()) if message["conversation"] == conversation]
    return "\n\n".join(f"[{message['at']:%Y-%m-%d %H:%M}Z] {message['author']}:\n{message['text']}" for message in said) + "\n"


def _files(tables: dict[str, list[dict[str, Any]]]) -> set[tuple[str, str]]:
    return {(row["sha256"], Path(str(row.get("name", "file"))).name) for rows in tables.values() for row in rows if row.get("sha256")}


def _paths(home: Path, sha256: str) -> list[Path]:
    return [path for path in (home / ATTACHMENTS).rglob(f"{sha256}*") if path.is_file()]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value)
