"""The audit chain, the outbox and the small marks of the house in SQL."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from desk.audit import GENESIS, Entry, chain
from desk.codes import new_id
from desk.store.tables import audit, marks, outbox


class Audit:
    def __init__(self, connection: AsyncConnection) -> None:
        self._sql = connection
        self.added: list[tuple[str, dict[str, Any]]] = []   # in this transaction

    async def add(self, actor: str, action: str, *, subject: str | None = None, now: datetime, **detail: Any) -> None:
        last = (await self._sql.execute(select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1))).first()
        seq, previous = (last.seq + 1, last.hash) if last else (1, GENESIS)
        await self._sql.execute(insert(audit).values(
            seq=seq, at=now, actor=actor, action=action, subject=subject, detail=detail, previous=previous,
            hash=chain(previous, seq, now, actor, action, subject, detail)))
        self.added.append((action, detail))

    async def all(self) -> list[Entry]:
        return [Entry(**row) for row in (await self._sql.execute(select(audit).order_by(audit.c.seq))).mappings()]


class Outbox:
    """Mail to be sent. Bodies are sealed: a code must not be readable in the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._sql = connection

    async def put(self, *, account: str | None, kind: str, address: str, subject: str, sealed_body: str, key: str | None,
                  now: datetime) -> bool:
        try:
            async with self._sql.begin_nested():
                await self._sql.execute(insert(outbox).values(
                    id=new_id(), at=now, account=account, kind=kind, address=address, subject=subject, body=sealed_body, key=key,
                    attempts=0, sent_at=None if address else now))   # without an address nothing is sent: the row only costs the same time
        except IntegrityError:
            return False
        return True

    async def unsent(self, since: datetime | None = None, limit: int = 20) -> list[dict[str, Any]]:
        """What waits to be sent and is not older than `since`, the least tried first."""
        wanted = select(outbox).where(outbox.c.sent_at.is_(None)).order_by(outbox.c.attempts, outbox.c.at).limit(limit)
        if since:
            wanted = wanted.where(outbox.c.at > since)
        return [dict(row) for row in (await self._sql.execute(wanted)).mappings()]

    async def of(self, account: str, limit: int = 20) -> list[dict[str, Any]]:
        wanted = select(outbox).where(outbox.c.account == account, outbox.c.address != "").order_by(outbox.c.at.desc()).limit(limit)
        return [dict(row) for row in (await self._sql.execute(wanted)).mappings()]

    async def count(self, account: str, kind: str, since: datetime) -> int:
        wanted = select(func.count()).where(outbox.c.account == account, outbox.c.kind == kind, outbox.c.at > since)
        return int((await self._sql.execute(wanted)).scalar_one())

    async def sent(self, mail: str, now: datetime) -> None:
        await self._sql.execute(update(outbox).where(outbox.c.id == mail).values(sent_at=now))

    async def failed(self, mail: str) -> None:
        await self._sql.execute(update(outbox).where(outbox.c.id == mail).values(attempts=outbox.c.attempts + 1))


class Marks:
    def __init__(self, connection: AsyncConnection) -> None:
        self._sql = connection

    async def get(self, name: str) -> str | None:
        return (await self._sql.execute(select(marks.c.value).where(marks.c.name == name))).scalar_one_or_none()

    async def set(self, name: str, value: str) -> None:
        await self._sql.execute(delete(marks).where(marks.c.name == name))
        await self._sql.execute(insert(marks).values(name=name, value=value))
