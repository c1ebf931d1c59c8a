"""Accounts, credentials and sessions in SQL."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from desk.codes import digest, new_id, new_token
from desk.people import Account, Caller, Credentials, Lang, Profile, Role
from desk.sessions import NOTICED, Lifetimes, Session
from desk.store.locks import held
from desk.store.tables import accounts, conversations, credentials, profiles, sessions


def _account(row: RowMapping) -> Account:
    return Account(id=row["id"], name=row["name"], display=row["display"], email=row["email"],
                   role=Role(row["role"]), lang=row["lang"], timezone=row["timezone"], disabled_at=row["disabled_at"])


def _session(row: RowMapping) -> Session:
    return Session(id=row["hash"], kind=row["kind"], account=row["account"], device=row["device"], created_at=row["created_at"],
                   last_seen_at=row["last_seen_at"] or row["created_at"], expires_at=row["expires_at"])


def _profile(row: RowMapping) -> Profile:
    return Profile(account=row["account"], source=row["source"], manager=row["manager"], department=row["department"],
                   site=row["site"], vip=row["vip"], devices=tuple(row["devices"]))


class People:
    def __init__(self, connection: AsyncConnection) -> None:
        self._sql = connection

    async def add(self, *, name: str, display: str, email: str, role: Role, lang: Lang, password_hash: str | None,
                  totp_secret: str, now: datetime, timezone: str = "UTC") -> Account:
        """A new account; one without a password hash signs in at its company and has no credentials here."""
        row = {"id": new_id(), "name": name, "display": display, "email": email, "role": role, "lang": lang,
               "timezone": timezone, "created_at": now}
        await self._sql.execute(insert(accounts).values(row))
        if password_hash is not None:
            await self._sql.execute(insert(credentials).values(
                account=row["id"], password_hash=password_hash, password_changed_at=now, totp_secret=totp_secret))
        found = await self.by_id(str(row["id"]))
        assert found is not None
        return found

    async def by_id(self, account: str) -> Account | None:
        row = (await self._sql.execute(select(accounts).where(accounts.c.id == account))).mappings().first()
        return _account(row) if row else None

    async def by_name(self, name: str) -> Account | None:
        """The account that one signs in with by its name, or by an e-mail address that is one person's alone; whatever the case.

        A disabled account is nobody's.
        """
        low = name.strip().lower()
        found = [_account(row) for row in (await self._sql.execute(select(accounts).where(
            or_(accounts.c.name == low, func.lower(accounts.c.email) == low), accounts.c.disabled_at.is_(None)))).mappings()]
        named = [account for account in found if account.name == low]
        if named:
            return named[0]
        return found[0] if len(found) == 1 else None

    async def known_as(self, name: str) -> list[Account]:
        """Every account with that name or address, disabled ones too: none of them may be taken for another."""
        low = name.strip().lower()
        wanted = select(accounts).where(or_(accounts.c.name == low, func.lower(accounts.c.email) == low))
        return [_account(row) for row in (await self._sql.execute(wanted)).mappings()]

    async def change(self, account: str, **values: Any) -> None:
        """Set columns of the account: display, email, timezone, role, disabled_at."""
        if values:
            await self._sql.execute(update(accounts).where(accounts.c.id == account).values(**values))

    async def profile(self, account: str) -> Profile | None:
        row = (await self._sql.execute(select(profiles).where(profiles.c.account == account))).mappings().first()
        return _profile(row) if row else None

    async def profiles(self) -> dict[str, Profile]:
        """What directories said when they were last synced, by account."""
        found = (await self._sql.execute(select(profiles))).mappings()
        return {row["account"]: _profile(row) for row in found}

    async def put_profile(self, profile: Profile, now: datetime) -> None:
        values = {"source": profile.source, "manager": profile.manager, "department": profile.department, "site": profile.site,
                  "vip": profile.vip, "devices": list(profile.devices), "synced_at": now}
        done = await self._sql.execute(update(profiles).where(profiles.c.account == profile.account).values(**values))
        if done.rowcount == 0:
            await self._sql.execute(insert(profiles).values(account=profile.account, **values))

    async def disable(self, account: str, now: datetime) -> None:
        """No session, no token and no guest's claim of this account goes on."""
        await self.change(account, disabled_at=now)
        await self.end_sessions(account)
        claimed = select(conversations.c.id).where(conversations.c.claim == account)
        await self._sql.execute(delete(sessions).where(sessions.c.conversation.in_(claimed)))

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
                           lasts: timedelta, device: str = "") -> tuple[str, str]:
        """A new session's secret (shown once, stored as a hash) and its CSRF token."""
        secret, csrf = new_token(), new_token()
        await self._sql.execute(insert(sessions).values(
            hash=digest(secret), kind=kind, account=account, conversation=conversation, csrf=csrf, device=device,
            created_at=now, last_seen_at=now, expires_at=now + lasts))
        return secret, csrf

    async def caller(self, secret: str, now: datetime, lifetimes: Lifetimes | None = None) -> Caller | None:
        return await self.caller_of(digest(secret), now, lifetimes)

    async def caller_of(self, session: str, now: datetime, lifetimes: Lifetimes | None = None) -> Caller | None:
        """The one whose session it is; None if it ended, was idle too long, or if the account is disabled."""
        row = (await self._sql.execute(select(sessions).where(sessions.c.hash == session, sessions.c.expires_at > now))).mappings().first()
        if row is None or (lifetimes or Lifetimes()).over(row["kind"], row["last_seen_at"] or row["created_at"], now):
            return None
        account = await self.by_id(row["account"]) if row["account"] else None
        if account and account.disabled:
            return None
        return Caller(session=row["hash"], role=account.role if account else Role.GUEST, account=account,
                      conversation=row["conversation"], csrf=row["csrf"],
                      unnoticed=(row["last_seen_at"] or row["created_at"]) + NOTICED <= now)

    async def seen(self, session: str, now: datetime) -> None:
        await self._sql.execute(update(sessions).where(sessions.c.hash == session).values(last_seen_at=now))

    async def sessions_of(self, account: str, now: datetime) -> list[Session]:
        """Those that are open, the latest seen first."""
        wanted = select(sessions).where(sessions.c.account == account, sessions.c.expires_at > now)
        found = [_session(row) for row in (await self._sql.execute(wanted)).mappings()]
        return sorted(found, key=lambda session: session.last_seen_at, reverse=True)

    async def end_one_of(self, account: str, session: str) -> bool:
        """End a session of that account and of nobody else; False if there is none."""
        done = await self._sql.execute(delete(sessions).where(sessions.c.account == account, sessions.c.hash == session))
        return bool(done.rowcount)

    async def end_session(self, session: str) -> None:
        await self._sql.execute(delete(sessions).where(sessions.c.hash == session))

    async def end_sessions(self, account: str, *, but: str = "") -> int:
        """End all of them but one; says how many."""
        return (await self._sql.execute(delete(sessions).where(sessions.c.account == account, sessions.c.hash != but))).rowcount

    async def end_guest_sessions(self, conversation: str) -> None:
        await self._sql.execute(delete(sessions).where(sessions.c.conversation == conversation))
