"""The directory: where an account's password and lock live. The house's own one writes in the caller's transaction."""

import asyncio
from datetime import datetime
from typing import Protocol

from desk.passwords import Passwords
from desk.store import Tx


class Directory(Protocol):
    async def unlock(self, tx: Tx, account: str, now: datetime) -> None: ...

    async def lock(self, tx: Tx, account: str, until: datetime) -> None: ...

    async def set_password(self, tx: Tx, account: str, password: str, now: datetime) -> None: ...


class LocalDirectory:
    """Accounts of this house: argon2id in the same database, so that the effect commits with its audit row."""

    def __init__(self, passwords: Passwords) -> None:
        self._passwords = passwords

    async def unlock(self, tx: Tx, account: str, now: datetime) -> None:
        await tx.people.set_lock(account, failed=0, until=None)

    async def lock(self, tx: Tx, account: str, until: datetime) -> None:
        await tx.people.set_lock(account, failed=0, until=until)

    async def set_password(self, tx: Tx, account: str, password: str, now: datetime) -> None:
        await tx.people.set_password(account, await asyncio.to_thread(self._passwords.hash, password), now)
