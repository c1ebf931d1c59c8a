"""Freezing an account that may be in wrong hands: nobody signs in with its password, and who is signed in elsewhere is out."""

from datetime import datetime, timedelta

from desk.directory import Directory
from desk.people import Account
from desk.store import Tx

FROZEN_FOR = timedelta(days=365)       # unless somebody unlocks it, with two factors


class Freezing:
    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    async def freeze(self, tx: Tx, person: Account, now: datetime, *, but: str) -> int:
        """Lock the person's own account and end every session of it but the named one; says how many ended. To do it again is safe."""
        await self._directory.lock(tx, person.id, now + FROZEN_FOR)
        ended = await tx.people.end_sessions(person.id, but=but)
        await tx.audit.add(person.id, "account.frozen", subject=person.id, now=now, count=ended)
        return ended
