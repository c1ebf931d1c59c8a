"""Brings the accounts in line with a directory: in one transaction, or only in words."""

from datetime import datetime

from desk.company import Rules
from desk.errors import BadInput, IllegalMove
from desk.people import Account
from desk.roster import Entry, Known, Move, Source, Step, check_loss, plan, profile_of
from desk.store import Store, Tx


class Syncing:
    def __init__(self, store: Store, rules: Rules, issuer: str | None = None) -> None:
        self._store = store
        self._rules = rules
        self._issuer = issuer

    async def sync(self, source: Source, now: datetime, *, dry: bool = False, force: bool = False) -> list[Step]:
        """What was changed, or would be. Who vanished is disabled and signed out everywhere; nobody is deleted."""
        entries = await source.people()
        async with self._store.begin() as tx:
            known = await self._known(tx)
            steps = plan(source.name, entries, known, self._rules)
            if not force:
                check_loss(steps, source.name, known)
            if not dry:
                for step in steps:
                    await self._take(tx, source.name, step, now)
                if steps:
                    counts = {str(move): sum(step.move is move for step in steps) for move in Move}
                    await tx.audit.add("house", "people.synced", subject=None, now=now, source=source.name, counts=counts)
        return steps

    async def _known(self, tx: Tx) -> Known:
        return Known(accounts={account.name: account for account in await tx.people.all()}, profiles=await tx.people.profiles())

    async def _take(self, tx: Tx, source: str, step: Step, now: datetime) -> None:
        match step.move:
            case Move.ADD:
                await self._add(tx, source, step, now)
            case Move.CHANGE | Move.ENABLE:
                await self._change(tx, step, now)
            case Move.DISABLE:
                assert step.account is not None
                await tx.people.disable(step.account.id, now)
                await tx.audit.add("house", "account.disabled", subject=step.account.id, now=now, source=source)
            case Move.SKIP:
                pass

    async def _add(self, tx: Tx, source: str, step: Step, now: datetime) -> None:
        entry = step.entry
        assert entry is not None and step.role is not None
        account = await tx.people.add(
            name=entry.name, display=entry.display or entry.name, email=entry.email or "", role=step.role, lang=entry.lang or "en",
            timezone=entry.timezone or "UTC", password_hash=None, totp_secret="", now=now)
        await tx.people.put_profile(profile_of(source, entry, account.id), now)
        await tx.audit.add("house", "account.added", subject=account.id, now=now, source=source)
        await self._link(tx, entry, account, now)

    async def _change(self, tx: Tx, step: Step, now: datetime) -> None:
        entry, account = step.entry, step.account
        assert entry is not None and account is not None and step.profile is not None and step.role is not None
        if step.role is not account.role:
            await tx.people.end_sessions(account.id)
            await tx.audit.add("house", "role.changed", subject=account.id, now=now, was=str(account.role), role=str(step.role))
        await tx.people.change(account.id, display=entry.display or account.display, email=entry.email or account.email,
                               timezone=entry.timezone or account.timezone, role=step.role, disabled_at=None)
        await tx.people.put_profile(step.profile, now)
        await self._link(tx, entry, account, now)

    async def _link(self, tx: Tx, entry: Entry, account: Account, now: datetime) -> None:
        if entry.subject is None:
            return
        if self._issuer is None:
            raise BadInput("The column `subject` needs YAVAR_OIDC_ISSUER: it says who somebody is at that sign-in.")
        known = await tx.identities.account(self._issuer, entry.subject)
        if known not in (None, account.id):
            raise IllegalMove(f"The subject of `{entry.name}` belongs to another account already. Correct the column `subject`.")
        if known is None:
            await tx.identities.add(self._issuer, entry.subject, account.id, now)
