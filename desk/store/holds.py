"""Legal holds in SQL."""

from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from desk.store.tables import holds


class Holds:
    def __init__(self, connection: AsyncConnection) -> None:
        self._sql = connection

    async def of(self, account: str) -> str | None:
        """Why the person is under hold; None for one who is not."""
        return (await self._sql.execute(select(holds.c.reason).where(holds.c.account == account))).scalar_one_or_none()

    async def place(self, account: str, reason: str, now: datetime) -> None:
        await self.lift(account)
        await self._sql.execute(insert(holds).values(account=account, reason=reason, placed_at=now))

    async def lift(self, account: str) -> bool:
        """True if there was one."""
        return (await self._sql.execute(delete(holds).where(holds.c.account == account))).rowcount == 1
