"""Accounts, credentials and sessions in SQL."""

from datetime import datetime, timedelta

from sqlalchemy import RowMapping, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from desk.codes import digest, new_id, new_token
from desk.people import Account, Caller, Credentials, Lang, Role
from desk.store.locks import held
from desk.store.tables import accounts, credentials, sessions


def _account(row: RowMapping) -> Account:
    return Account(id=row["id"], name=row["name"], display=row["display"], email=row["email"],
                   role=Role(row["role"]), lang=row["lang"], timezone=row["timezone"])


class People:
    def __init__(self, connection: AsyncConnection) -> None:
        self._sql = connection

    async def add(self, *, name: str, display: str, email: str, role: Role, lang: Lang, password_hash: str,
                  totp_secret: str, now: datetime) -> Account:
        row = {"id": new_id(), "name": name, "display": display, "email": email, "role": role, "lang": lang,
               "timezone": "UTC", "created_at": now}
        await self._sql.execute(insert(accounts).values(row))
        await self._sql.execute(insert(credentials).values(
            account=row["id"], password_hash=password_hash, password_changed_at=now, totp_secret=totp_secret))
        found = await self.by_id(str(row["id"]))
        assert found is not None
        return found

    async def by_id(self, account: str) -> Account | None:
        row = (await self._sql.execute(select(accounts).where(accounts.c.id == account))).mappings().first()
        return _account(row) if row else None

    async def by_name(self, name: str) -> Account | None:
        """The account that one signs in with by its name or e-mail address, whatever the case."""
        low = name.strip().lower()
        wanted = select(accounts).where(or_(accounts.c.name == low, accounts.c.email == low))
        row = (await self._sql.execute(wanted)).mappings().first()
        return _account(row) if row else None

    async def all(self) -> list[Account]:
        return [_account(row) for row in (await self._sql.execute(select(accounts).order_by(accounts.c.created_at))).mappings()]

    async def set_lang(self, account: str, lang: Lang) -> None:
        await self._sql.execute(update(accounts).where(accounts.c.id == account).values(lang=lang))

    async def credentials(self, account: str) -> Credentials | None:
        """In a transaction that may write they are held: guesses made side by side are counted one after another."""
        wanted = held(self._sql, select(credentials).where(credentials.c.account == account))
        row = (await self._sql.execute(wanted)).mappings().first()
        return Credentials(**row) if row else None

    async def set_password(self, account: str, password_hash: str, now: datetime) -> None:
        await self._sql.execute(update(credentials).where(credentials.c.account == account).values(
            password_hash=password_hash, password_changed_at=now, failed=0, locked_until=None))

    async def set_lock(self, account: str, *, failed: int, until: datetime | None) -> None:
        await self._sql.execute(update(credentials).where(credentials.c.account == account).values(failed=failed, locked_until=until))

    async def use_totp_step(self, account: str, step: int) -> bool:
        """True for the first to use a step; a step at or before the last one used is never accepted again."""
        done = await self._sql.execute(update(credentials).where(
            credentials.c.account == account, credentials.c.totp_last_step < step).values(totp_last_step=step))
        return done.rowcount == 1

    async def open_session(self, kind: str, *, account: str | None, conversation: str | None, now: datetime,
                           lasts: timedelta) -> tuple[str, str]:
        """A new session's secret (shown once, stored as a hash) and its CSRF token."""
        secret, csrf = new_token(), new_token()
        await self._sql.execute(insert(sessions).values(
            hash=digest(secret), kind=kind, account=account, conversation=conversation, csrf=csrf, created_at=now, expires_at=now + lasts))
        return secret, csrf

    async def caller(self, secret: str, now: datetime) -> Caller | None:
        return await self.caller_of(digest(secret), now)

    async def caller_of(self, session: str, now: datetime) -> Caller | None:
        row = (await self._sql.execute(select(sessions).where(sessions.c.hash == session, sessions.c.expires_at > now))).mappings().first()
        if row is None:
            return None
        account = await self.by_id(row["account"]) if row["account"] else None
        return Caller(session=row["hash"], role=account.role if account else Role.GUEST, account=account,
                      conversation=row["conversation"], csrf=row["csrf"])

    async def end_session(self, session: str) -> None:
        await self._sql.execute(delete(sessions).where(sessions.c.hash == session))

    async def end_sessions(self, account: str, *, but: str = "") -> None:
        await self._sql.execute(delete(sessions).where(sessions.c.account == account, sessions.c.hash != but))

    async def end_guest_sessions(self, conversation: str) -> None:
        await self._sql.execute(delete(sessions).where(sessions.c.conversation == conversation))
