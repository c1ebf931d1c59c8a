"""A house for one replay: the real one's articles, disruptions, rollout and people, in a throw-away database and without their secrets.

People are there by role, language and what a directory says of their place and devices; names, addresses, passwords and authenticators
are made up. No check leaves it, nothing is mailed, and it never sees the real database except to read.
"""

import shutil
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from agent.house import House
from desk.codes import new_id
from desk.conversations import Conversation
from desk.people import Caller, Lang
from desk.store import Store, Tx
from evals.work import Clock
from tools.network import Endpoint, Network, UnknownName

COPIED = ("accounts", "profiles", "documents", "passages", "phrasings", "disruptions", "rollouts")
NOBODY = "nobody-here"         # whom a guest claims to be whose claim is nobody's
FILES = ("", "-wal", "-shm")   # of one SQLite database
GENERATION = "knowledge.generation"
MakeHouse = Callable[[Path, Clock], House]


class Closed(Network):
    """No name resolves and no address is connected to."""

    async def addresses(self, endpoint: Endpoint) -> list[str]:
        raise UnknownName


@dataclass(frozen=True, kw_only=True)
class Sandbox:
    house: House
    clock: Clock
    names: Mapping[str, str]   # account → what it is called here
    database: Path

    async def put_back(self) -> None:
        """As it was furnished: what one conversation did is not there for the next."""
        await self.house.assistant.settle()
        await self.house.desk.store.close()
        for kind in FILES:
            self.database.with_name(self.database.name + kind).unlink(missing_ok=True)
        shutil.copyfile(_pristine(self.database), self.database)

    async def begin(self, original: Conversation, lang: Lang, tickets: Sequence[Mapping[str, Any]]) -> tuple[Caller, Conversation]:
        """A conversation of the same person, who has of these tickets those that were opened before it."""
        signin, now = self.house.desk.signin, self.clock()
        theirs = [each for each in tickets if each["requester"] == (original.account or "")
                  and datetime.fromisoformat(each["created_at"]) < original.created_at]
        async with self.house.desk.store.begin() as tx:
            tables = await tx.archive.tables()
            await tx.archive.put(tables, "tickets", [[each[name] for name in tables.columns("tickets")] for each in theirs])
        if original.account is None:
            opened, secret = await signin.open_guest(self.names.get(original.claim or "", NOBODY), lang, now)
        else:
            secret = await signin.issue_token(self.names[original.account], now)
        caller = await signin.caller(secret, self.clock())
        assert caller is not None      # the session was opened just now
        if caller.account is not None:
            async with self.house.desk.store.begin() as tx:
                opened = await tx.conversations.open(account=caller.account.id, lang=lang, now=self.clock())
        return caller, opened


@asynccontextmanager
async def opened(house: House, clock: Clock, names: Mapping[str, str]) -> AsyncIterator[Sandbox]:
    """A house that was furnished; its home is to be deleted by whoever made it."""
    house.mind.inventory.network = Closed()
    await house.open()
    await house.desk.store.close()
    database = Path(house.desk.store.url.partition(":///")[2])
    shutil.copyfile(database, _pristine(database))
    try:
        yield Sandbox(house=house, clock=clock, names=names, database=database)
    finally:
        await house.close()


async def tickets_of(real: Tx) -> list[dict[str, Any]]:
    """The rows of all tickets, in the state in which they are now; from which conversation they were opened is left out."""
    tables = await real.archive.tables()
    columns = tables.columns("tickets")
    return [dict(zip(columns, row, strict=True)) | {"conversation": None} async for row in real.archive.rows(tables, "tickets")]


async def furnish(real: Tx, house: House) -> dict[str, str]:
    """Copies table by table into a house that is not open yet. Returns what each account is called there."""
    store = house.desk.store
    await store.migrate()
    source = await real.archive.tables()
    names = {each.id: f"person-{number}" for number, each in enumerate(await real.people.all(), 1)}
    for table in COPIED:
        columns = source.columns(table)
        rows = [_bare(table, dict(zip(columns, row, strict=True)), names) async for row in real.archive.rows(source, table)]
        await _put(store, table, rows)
    await _put(store, "credentials", [_credentials(house, account) for account in names])
    async with store.begin() as tx:
        await tx.marks.set(GENERATION, new_id())
    return names


def _bare(table: str, row: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Without what tells who somebody is."""
    if table == "accounts":
        name = names[row["id"]]
        return row | {"name": name, "display": name, "email": f"{name}@replay.invalid", "disabled_at": None}
    if table == "profiles":
        return row | {"manager": None, "source": "replay"}
    return row


def _credentials(house: House, account: str) -> dict[str, Any]:
    """Made up, and of no use: no password has this hash, and the authenticator's secret is nobody's."""
    return {"account": account, "password_hash": "!", "password_changed_at": house.clock().isoformat(), "failed": 0, "locked_until": None,
            "totp_secret": house.desk.vault.seal(new_id()), "totp_last_step": 0}


async def _put(store: Store, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    async with store.begin() as tx:
        tables = await tx.archive.tables()
        await tx.archive.put(tables, table, [[row[name] for name in tables.columns(table)] for row in rows])


def _pristine(database: Path) -> Path:
    return database.with_suffix(".new")
