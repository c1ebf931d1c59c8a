"""How often and how a ticket was urged, in SQL."""

from datetime import datetime

from sqlalchemy import RowMapping, exists, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from desk.codes import digest, new_id
from desk.store.tables import comments, tickets, urgings
from desk.tickets import OPEN_STATUSES
from desk.urging import Urging, Way


def _urging(row: RowMapping) -> Urging:
    return Urging(ticket=row["ticket"], account=row["account"], way=Way(row["way"]), reason=row["reason"], at=row["at"])


class Urgings:
    def __init__(self, connection: AsyncConnection) -> None:
        self._sql = connection

    async def add(self, urging: Urging) -> bool:
        """False if the ticket was urged that way today already: of two at once, one is kept."""
        key = digest(str(urging.ticket), urging.way, urging.at.date().isoformat())
        try:
            async with self._sql.begin_nested():
                await self._sql.execute(insert(urgings).values(
                    id=new_id(), ticket=urging.ticket, account=urging.account, way=urging.way, reason=urging.reason, at=urging.at, key=key))
        except IntegrityError:
            return False
        return True

    async def of(self, ticket: int) -> list[Urging]:
        wanted = select(urgings).where(urgings.c.ticket == ticket).order_by(urgings.c.at)
        return [_urging(row) for row in (await self._sql.execute(wanted)).mappings()]

    async def count(self, account: str, way: Way, since: datetime) -> int:
        wanted = select(func.count()).where(urgings.c.account == account, urgings.c.way == way, urgings.c.at > since)
        return int((await self._sql.execute(wanted)).scalar_one())

    async def unheard(self, limit: int = 50) -> list[Urging]:
        """Of open tickets, what nobody of the desk has written after: reopened and raised ones before nudged ones, the newest first."""
        heard = exists().where(comments.c.ticket == urgings.c.ticket, comments.c.author == "person", comments.c.at > urgings.c.at)
        wanted = select(urgings).join(tickets, tickets.c.number == urgings.c.ticket).where(tickets.c.status.in_(OPEN_STATUSES), ~heard)
        rows = (await self._sql.execute(wanted.order_by(urgings.c.way.desc(), urgings.c.at.desc()).limit(limit))).mappings()
        return [_urging(row) for row in rows]
