"""Signing in with the company's account: the way there and back, and what its statement makes of an account here."""

import unicodedata
from datetime import datetime

from desk.codes import new_token
from desk.company import Claims, Departure, Rules
from desk.errors import AccountDisabled, IllegalMove, NoRole, SignInStale
from desk.people import PRIVILEGED, Account, Lang, Role
from desk.sessions import Lifetimes
from desk.store import Store, Tx
from desk.vault import Vault

LONGEST_NAME = 120
LONGEST_DISPLAY = 200
LONGEST_EMAIL = 254


class Company:
    def __init__(self, store: Store, vault: Vault, rules: Rules, lifetimes: Lifetimes) -> None:
        self._store = store
        self._vault = vault
        self.rules = rules
        self._lifetimes = lifetimes

    async def depart(self, departure: Departure, now: datetime) -> str:
        """Note the way to the provider; the answer is the browser's half, without which nobody comes back."""
        browser = new_token()
        async with self._store.begin() as tx:
            await tx.identities.depart(departure, browser, self._vault.seal(departure.verifier), now)
        return browser

    async def come_back(self, state: str, browser: str, now: datetime) -> Departure:
        """What this browser left with. Each way back is walked once."""
        async with self._store.begin() as tx:
            left = await tx.identities.come_back(state, browser, now)
        if left is None:
            raise SignInStale()
        nonce, verifier = left
        return Departure(state=state, nonce=nonce, verifier=self._vault.open(verifier))

    async def arrive(self, claims: Claims, lang: Lang, now: datetime, *, device: str = "") -> tuple[str, Account]:
        """A browser session's secret for the one whom the provider names; the account is made at the first time."""
        try:
            return await self._arrive(claims, lang, now, device)
        except IllegalMove:        # somebody arrived with the same identity at the same moment
            return await self._arrive(claims, lang, now, device)

    async def _arrive(self, claims: Claims, lang: Lang, now: datetime, device: str) -> tuple[str, Account]:
        async with self._store.begin() as tx:
            role = self._role(claims)
            account = await self._account(tx, claims, role, lang, now)
            if account and role and not account.disabled:
                account = await self._refresh(tx, account, claims, role, now)
                secret, _ = await tx.people.open_session("browser", account=account.id, conversation=None, now=now,
                                                         lasts=self._lifetimes.absolute, device=device)
                await tx.audit.add(account.id, "signin.company", subject=account.id, now=now, issuer=claims.issuer)
                return secret, account
            if account and not role:
                await self._without_role(tx, account, now)
        if account and account.disabled:
            raise AccountDisabled()
        raise NoRole()

    def _role(self, claims: Claims) -> Role | None:
        try:
            return self.rules.role_of(claims.groups)
        except NoRole:
            return None

    async def _account(self, tx: Tx, claims: Claims, role: Role | None, lang: Lang, now: datetime) -> Account | None:
        """By issuer and subject alone; else connected by a verified address, if that may be; else made, for one who has a role."""
        known = await tx.identities.newcomer(claims.issuer, claims.subject)
        if known:
            return await tx.people.by_id(known)
        account = await self._same_address(tx, claims)
        action = "identity.linked"
        if account is None and role:
            action = "account.added"
            account = await tx.people.add(
                name=await _free_name(tx, claims), display=_display(claims), email=claims.email[:LONGEST_EMAIL], role=role,
                lang=claims.lang or lang, timezone=claims.timezone or "UTC", password_hash=None, totp_secret="", now=now)
        if account:
            await tx.identities.add(claims.issuer, claims.subject, account.id, now)
            await tx.audit.add("house", action, subject=account.id, now=now, issuer=claims.issuer)
        return account

    async def _same_address(self, tx: Tx, claims: Claims) -> Account | None:
        """The one account with this verified address, if it may be connected.

        Never one that works at the desk: its role is the house's own, and whoever sets addresses at the provider must not gain it.
        """
        if not (self.rules.link_email and claims.email_verified and claims.email):
            return None
        found = [account for account in await tx.people.known_as(claims.email) if account.email.lower() == claims.email.lower()]
        if len(found) != 1 or found[0].role in PRIVILEGED or await tx.identities.has_one(found[0].id, claims.issuer):
            return None
        return found[0]

    async def _refresh(self, tx: Tx, account: Account, claims: Claims, role: Role, now: datetime) -> Account:
        """What the provider says today; the language stays as its owner chose it here."""
        if role is not account.role:
            await tx.people.end_sessions(account.id)
            await tx.audit.add("house", "role.changed", subject=account.id, now=now, was=str(account.role), role=str(role))
        proved = claims.email_verified and claims.email
        said = {"role": role, "display": _display(claims), "email": claims.email[:LONGEST_EMAIL] if proved else account.email,
                "timezone": claims.timezone or account.timezone}
        await tx.people.change(account.id, **said)
        found = await tx.people.by_id(account.id)
        assert found is not None
        return found

    async def _without_role(self, tx: Tx, account: Account, now: datetime) -> None:
        """Turned away, and whatever is open elsewhere ends."""
        await tx.people.end_sessions(account.id)
        if account.role is not Role.USER:
            await tx.people.change(account.id, role=Role.USER)
            await tx.audit.add("house", "role.changed", subject=account.id, now=now, was=str(account.role), role=str(Role.USER))


async def _free_name(tx: Tx, claims: Claims) -> str:
    """The provider's name for the person, or one like it that is nobody's name or address yet."""
    wanted = (claims.name or claims.email or claims.subject).strip().lower()
    wanted = "".join(char for char in wanted if unicodedata.category(char)[0] not in "CZ")[:LONGEST_NAME - 8] or "person"
    name, number = wanted, 1
    while await tx.people.known_as(name):
        number += 1
        name = f"{wanted}-{number}"
    return name


def _display(claims: Claims) -> str:
    return (claims.display.strip() or claims.name or claims.email or claims.subject)[:LONGEST_DISPLAY]
