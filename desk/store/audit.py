"""The audit chain, the outbox and the small marks of the house in SQL."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from desk.audit import GENESIS, Entry, chain
from desk.codes import new_id
from desk.store.locks import held, turnstile
from desk.store.tables import audit, marks, outbox

SETTING_UP = 120                       # seconds to wait for another process that sets the house up
SENDING = timedelta(minutes=2)         # in which the one who took a mail sends it; after that another tries


class Audit:
    """The chain is one for the whole house: entries wait until the transaction's end, so that it is held for a moment only."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._sql = connection
        self._waiting: list[dict[str, Any]] = []
        self.added: list[tuple[str, dict[str, Any]]] = []   # in this transaction

    async def add(self, actor: str, action: str, *, subject: str | None = None, now: datetime, **detail: Any) -> None:
        self._waiting.append({"at": now, "actor": actor, "action": action, "subject": subject, "detail": detail})

    async def write(self) -> None:
        """Chain what was added. The last thing of a transaction: whoever holds the chain asks for nothing more."""
        if not self._waiting:
            return
        await turnstile(self._sql, "audit")
        last = (await self._sql.execute(select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1))).first()
        seq, previous = (last.seq, last.hash) if last else (0, GENESIS)
        for entry in self._waiting:
            seq, before = seq + 1, previous
            previous = chain(before, seq, **entry)
            await self._sql.execute(insert(audit).values(seq=seq, previous=before, hash=previous, **entry))
            self.added.append((entry["action"], entry["detail"]))
        self._waiting.clear()

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

    async def take(self, now: datetime, since: datetime, limit: int = 20) -> list[dict[str, Any]]:
        """What waits to be sent and is not older than `since`, the least tried first; for a while it is the taker's alone."""
        free = outbox.c.taken_until.is_(None) | (outbox.c.taken_until < now)
        wanted = select(outbox).where(outbox.c.sent_at.is_(None), outbox.c.at > since, free).order_by(
            outbox.c.attempts, outbox.c.at).limit(limit).with_for_update(skip_locked=True)
        found = [dict(row) for row in (await self._sql.execute(wanted)).mappings()]
        await self._sql.execute(update(outbox).where(outbox.c.id.in_([row["id"] for row in found])).values(taken_until=now + SENDING))
        return found

    async def of(self, account: str, limit: int = 20) -> list[dict[str, Any]]:
        wanted = select(outbox).where(outbox.c.account == account, outbox.c.address != "").order_by(outbox.c.at.desc()).limit(limit)
        return [dict(row) for row in (await self._sql.execute(wanted)).mappings()]

    async def count(self, account: str, kind: str, since: datetime) -> int:
        await turnstile(self._sql, f"mail:{account}")      # held by who is about to send one more
        wanted = select(func.count()).where(outbox.c.account == account, outbox.c.kind == kind, outbox.c.at > since)
        return int((await self._sql.execute(wanted)).scalar_one())

    async def sent(self, mail: str, now: datetime) -> None:
        await self._sql.execute(update(outbox).where(outbox.c.id == mail).values(sent_at=now))

    async def failed(self, mail: str) -> None:
        await self._sql.execute(update(outbox).where(outbox.c.id == mail).values(
            attempts=outbox.c.attempts + 1, taken_until=None))


class Marks:
    def __init__(self, connection: AsyncConnection) -> None:
        self._sql = connection

    async def get(self, name: str) -> str | None:
        wanted = held(self._sql, select(marks.c.value).where(marks.c.name == name))
        found: str | None = (await self._sql.execute(wanted)).scalar_one_or_none()
        return found

    async def alone(self, name: str) -> None:
        """From here to the transaction's end nobody else is here under that name: for what is set up once."""
        await turnstile(self._sql, f"mark:{name}", patience=SETTING_UP)

    async def set(self, name: str, value: str) -> None:
        await self.alone(name)
        await self._sql.execute(delete(marks).where(marks.c.name == name))
        await self._sql.execute(insert(marks).values(name=name, value=value))
