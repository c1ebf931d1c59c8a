"""Who is at the desk, in SQL."""

from dataclasses import asdict

from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from desk.presence import Attendance, Presence
from desk.store.tables import presence


def _attendance(row: RowMapping) -> Attendance:
    return Attendance(**{**row, "state": Presence(row["state"])})


class Attendances:
    def __init__(self, connection: AsyncConnection) -> None:
        self._sql = connection

    async def of(self, account: str) -> Attendance | None:
        row = (await self._sql.execute(select(presence).where(presence.c.account == account))).mappings().first()
        return _attendance(row) if row else None

    async def lock(self, account: str) -> Attendance | None:
        """The same, kept as it is until the transaction's end."""
        row = (await self._sql.execute(select(presence).where(presence.c.account == account).with_for_update())).mappings().first()
        return _attendance(row) if row else None

    async def all(self) -> list[Attendance]:
        return [_attendance(row) for row in (await self._sql.execute(select(presence))).mappings()]

    async def put(self, attendance: Attendance) -> None:
        values = asdict(attendance)
        done = await self._sql.execute(update(presence).where(presence.c.account == attendance.account).values(**values))
        if done.rowcount:
            return
        try:
            async with self._sql.begin_nested():
                await self._sql.execute(insert(presence).values(**values))
        except IntegrityError:         # two first signs at once: either is as good
            await self._sql.execute(update(presence).where(presence.c.account == attendance.account).values(**values))
