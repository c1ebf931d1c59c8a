"""What is known of attached files, in SQL. Their bytes are elsewhere."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import RowMapping, delete, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from desk.attachments import Attachment, Checked
from desk.codes import new_id
from desk.errors import NotFound
from desk.store.tables import attachments


def _attachment(row: RowMapping) -> Attachment:
    return Attachment(**row)


class Attachments:
    def __init__(self, connection: AsyncConnection) -> None:
        self._sql = connection

    async def add(self, file: Checked, *, account: str, conversation: str | None, ticket: int | None, now: datetime) -> Attachment:
        row = Attachment(id=new_id(), account=account, conversation=conversation, ticket=ticket, sha256=file.sha256, name=file.name,
                         media_type=file.media_type, size=len(file.content), created_at=now)
        await self._sql.execute(insert(attachments).values({name: getattr(row, name) for name in Attachment.__dataclass_fields__}))
        return row

    async def get(self, attachment: str) -> Attachment:
        row = (await self._sql.execute(select(attachments).where(attachments.c.id == attachment))).mappings().first()
        if row is None:
            raise NotFound()
        return _attachment(row)

    async def of(self, *, conversation: str | None = None, ticket: int | None = None) -> list[Attachment]:
        """Those of a conversation, of a ticket, or of both together; the oldest first."""
        wanted = [column == value for column, value in ((attachments.c.conversation, conversation), (attachments.c.ticket, ticket))
                  if value is not None]
        if not wanted:
            return []
        rows = await self._sql.execute(select(attachments).where(or_(*wanted)).order_by(attachments.c.created_at, attachments.c.id))
        return [_attachment(row) for row in rows.mappings()]

    async def count(self, account: str, since: datetime) -> int:
        """How many a person has sent since then."""
        wanted = select(func.count()).where(attachments.c.account == account, attachments.c.created_at > since)
        return int((await self._sql.execute(wanted)).scalar_one())

    async def forget(self, attachment: str) -> None:
        await self._sql.execute(delete(attachments).where(attachments.c.id == attachment))

    async def known(self, hashes: Iterable[str]) -> set[str]:
        """Which of these contents some row still names."""
        return set((await self._sql.execute(select(attachments.c.sha256).where(attachments.c.sha256.in_(tuple(hashes))))).scalars())
