"""Signing in and out, bearer tokens, and a guest's claim of an account."""

import asyncio
from datetime import datetime, timedelta

from desk.codes import digest
from desk.conversations import Conversation
from desk.errors import NotFound, NotSignedIn
from desk.identity import LOCK_AFTER, LOCK_FOR
from desk.passwords import Passwords
from desk.people import Account, Caller, Lang
from desk.store import Store

BROWSER_LASTS = timedelta(hours=12)
GUEST_LASTS = timedelta(hours=2)
TOKEN_LASTS = timedelta(days=30)


class SignIn:
    def __init__(self, store: Store, passwords: Passwords) -> None:
        self._store = store
        self._passwords = passwords

    async def sign_in(self, name: str, password: str, now: datetime) -> tuple[str, Account]:
        """A browser session's secret. Wrong name, wrong password and locked look the same and cost the same."""
        async with self._store.read() as tx:
            account = await tx.people.by_name(name)
            known = await tx.people.credentials(account.id) if account else None
        tried = known.password_hash if known else None
        right = await asyncio.to_thread(self._passwords.matches, tried, password)
        async with self._store.begin() as tx:
            known = await tx.people.credentials(account.id) if account else None   # again: guesses made side by side each count
            if account and known and not known.locked(now):
                if right and known.password_hash == tried:
                    await tx.people.set_lock(account.id, failed=0, until=None)
                    secret, _ = await tx.people.open_session("browser", account=account.id, conversation=None, now=now, lasts=BROWSER_LASTS)
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
            return await tx.people.caller(secret, now)

    async def open_guest(self, name: str, lang: Lang, now: datetime) -> tuple[Conversation, str]:
        """A guest's conversation and its session's secret; the same for any name, so that nobody learns which exist."""
        async with self._store.begin() as tx:
            account = await tx.people.by_name(name)
            conversation = await tx.conversations.open(
                account=None, claim=account.id if account else None, claim_key=digest(name.strip().lower(), "claim"), lang=lang, now=now)
            secret, _ = await tx.people.open_session("guest", account=None, conversation=conversation.id, now=now, lasts=GUEST_LASTS)
        return conversation, secret
