"""Signing in and out, bearer tokens, and a guest's claim of an account."""

import asyncio
from datetime import datetime, timedelta

from desk.codes import digest
from desk.conversations import Conversation
from desk.errors import NotFound, NotSignedIn
from desk.identity import LOCK_AFTER, LOCK_FOR
from desk.passwords import Passwords
from desk.people import Account, Caller, Lang, Role
from desk.sessions import Lifetimes, Session
from desk.store import Store

GUEST_LASTS = timedelta(hours=2)
TOKEN_LASTS = timedelta(days=30)


class SignIn:
    def __init__(self, store: Store, passwords: Passwords, *, lifetimes: Lifetimes | None = None, admins_only: bool = False) -> None:
        """`admins_only`: everybody else signs in at the company; the administrators' passwords are for when that is down."""
        self._store = store
        self._passwords = passwords
        self.lifetimes = lifetimes or Lifetimes()
        self._admins_only = admins_only

    async def sign_in(self, name: str, password: str, now: datetime, *, device: str = "") -> tuple[str, Account]:
        """A browser session's secret. Wrong name, wrong password and locked look the same and cost the same."""
        async with self._store.read() as tx:
            account = await tx.people.by_name(name)
            known = await tx.people.credentials(account.id) if account else None
        tried = known.password_hash if known else None
        right = await asyncio.to_thread(self._passwords.matches, tried, password)
        right = right and not (self._admins_only and account and account.role is not Role.ADMIN)
        async with self._store.begin() as tx:
            known = await tx.people.credentials(account.id) if account else None   # again: guesses made side by side each count
            if account and known and not known.locked(now):
                if right and known.password_hash == tried:
                    await tx.people.set_lock(account.id, failed=0, until=None)
                    secret, _ = await tx.people.open_session("browser", account=account.id, conversation=None, now=now,
                                                             lasts=self.lifetimes.absolute, device=device)
                    return secret, account
                failed = known.failed + 1
                until = now + LOCK_FOR if failed >= LOCK_AFTER else None
                await tx.people.set_lock(account.id, failed=0 if until else failed, until=until)
        raise NotSignedIn()

    async def sign_out(self, caller: Caller) -> None:
        async with self._store.begin() as tx:
            await tx.people.end_session(caller.session)

    async def issue_token(self, name: str, now: datetime) -> str:
        async with self._store.begin() as tx:
            account = await tx.people.by_name(name)
            if account is None:
                raise NotFound(f"There is no account named `{name}`. `yavar doctor` lists the accounts.")
            secret, _ = await tx.people.open_session("token", account=account.id, conversation=None, now=now, lasts=TOKEN_LASTS)
            await tx.audit.add("house", "token.issued", subject=account.id, now=now)
        return secret

    async def caller(self, secret: str, now: datetime) -> Caller | None:
        async with self._store.read() as tx:
            return await tx.people.caller(secret, now, self.lifetimes)

    async def seen(self, caller: Caller, now: datetime) -> None:
        """Somebody used this session: it is not idle."""
        if caller.unnoticed:
            async with self._store.begin() as tx:
                await tx.people.seen(caller.session, now)

    async def sessions(self, account: str, now: datetime) -> list[Session]:
        """The account's open browsers and tokens, the latest seen first."""
        async with self._store.read() as tx:
            found = await tx.people.sessions_of(account, now)
        return [each for each in found if not self.lifetimes.over(each.kind, each.last_seen_at, now)]

    async def end(self, actor: Account, account: str, session: str, now: datetime) -> None:
        """End one session of that account; NotFound if it has none of that id, whoever else may have."""
        async with self._store.begin() as tx:
            if not await tx.people.end_one_of(account, session):
                raise NotFound()
            await tx.audit.add(actor.id, "session.ended", subject=account, now=now)

    async def end_all(self, actor: Account, account: str, now: datetime, *, but: str = "") -> int:
        """End every session and token of that account, but the one named; says how many."""
        async with self._store.begin() as tx:
            if await tx.people.by_id(account) is None:
                raise NotFound()
            ended = await tx.people.end_sessions(account, but=but)
            await tx.audit.add(actor.id, "sessions.ended", subject=account, now=now, count=ended)
        return ended

    async def open_guest(self, name: str, lang: Lang, now: datetime) -> tuple[Conversation, str]:
        """A guest's conversation and its session's secret; the same for any name, so that nobody learns which exist."""
        async with self._store.begin() as tx:
            account = await tx.people.by_name(name)
            conversation = await tx.conversations.open(
                account=None, claim=account.id if account else None, claim_key=digest(name.strip().lower(), "claim"), lang=lang, now=now)
            secret, _ = await tx.people.open_session("guest", account=None, conversation=conversation.id, now=now, lasts=GUEST_LASTS)
        return conversation, secret
