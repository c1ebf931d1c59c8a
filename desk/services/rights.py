"""A person's rights over what is held on them: to have it, to have it erased; and the legal hold that stands before erasure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desk.errors import BadInput, NotFound, UnderHold
from desk.people import Account, Role
from desk.store import Store, Tx
from desk.store.holdings import Whose
from desk.vault import Vault

UNREADABLE = frozenset({"code"})       # mail whose words are a secret of the moment


@dataclass(frozen=True, kw_only=True)
class Held:
    """What is held on a person, or what was erased; how many rows of each table."""

    account: Account
    rows: dict[str, int]
    mentions: dict[str, int]   # rows of others that name the person
    articles: list[str]        # published ones that do
    turns: list[str]
    files: list[str]           # hashes of files that nobody else's row names


class Rights:
    def __init__(self, store: Store, vault: Vault) -> None:
        self._store = store
        self._vault = vault

    async def export(self, name: str, now: datetime) -> tuple[Account, dict[str, list[dict[str, Any]]]]:
        """Everything held on the person, by table; mail is opened, except for codes."""
        async with self._store.begin() as tx:
            account = await _person(tx, name)
            found = await tx.rights.read(Whose.of(account))
            await tx.audit.add("house", "person.exported", subject=account.id, now=now)
        for mail in found.get("outbox", ()):
            mail["body"] = None if mail["kind"] in UNREADABLE else self._readable(mail["body"])
        for callback in found.get("callbacks", ()):
            callback["phone"] = self._readable(callback["phone"])
        return account, found

    def _readable(self, sealed: str) -> str | None:
        try:
            return self._vault.open(sealed) if sealed else ""
        except ValueError:             # sealed by another secret: it is held, and cannot be read by anybody here
            return None

    async def look(self, name: str) -> Held:
        """What an erasure would do."""
        async with self._store.read() as tx:
            account = await _person(tx, name)
            await self._may_go(tx, account)
            whose = Whose.of(account)
            return Held(account=account, rows=await tx.rights.count(whose), mentions=await tx.rights.mentions(account, remove=False),
                        articles=await tx.rights.articles_naming(account), turns=await tx.rights.turns(whose),
                        files=await tx.rights.files(whose))

    async def erase(self, name: str, now: datetime) -> Held:
        """All of it in one transaction; what is kept for others holds an id that names nobody."""
        async with self._store.begin() as tx:
            account = await _person(tx, name)
            await self._may_go(tx, account)
            whose = Whose.of(account)
            turns, files = await tx.rights.turns(whose), await tx.rights.files(whose)
            rows = await tx.rights.erase(whose)
            mentions = await tx.rights.mentions(account, remove=True)
            still = await tx.rights.files_left(files)
            await tx.audit.add("house", "person.erased", subject=account.id, now=now, rows=sum(rows.values()),
                               mentions=sum(mentions.values()))
            return Held(account=account, rows=rows, mentions=mentions, articles=await tx.rights.articles_naming(account), turns=turns,
                        files=[each for each in files if each not in still])

    async def hold(self, name: str, reason: str, now: datetime) -> Account:
        if not reason.strip() or len(reason) > 400:
            raise BadInput("Say in up to 400 characters why the person is under hold: --reason \"case 12/2026\".")
        async with self._store.begin() as tx:
            account = await _person(tx, name)
            await tx.holds.place(account.id, reason.strip(), now)
            await tx.audit.add("house", "person.held", subject=account.id, now=now)
        return account

    async def release(self, name: str, now: datetime) -> Account:
        async with self._store.begin() as tx:
            account = await _person(tx, name)
            if not await tx.holds.lift(account.id):
                raise BadInput(f"`{account.name}` is under no legal hold.")
            await tx.audit.add("house", "person.released", subject=account.id, now=now)
        return account

    @staticmethod
    async def _may_go(tx: Tx, account: Account) -> None:
        reason = await tx.holds.of(account.id)
        if reason is not None:
            raise UnderHold(f"`{account.name}` is under legal hold ({reason}), so nothing of theirs may be erased. "
                            f"`yavar person release {account.name}` ends the hold.")
        if account.role is Role.ADMIN and sum(each.role is Role.ADMIN for each in await tx.people.all()) == 1:
            raise BadInput(f"`{account.name}` is the only administrator. Add another one first: `yavar account add NAME --role admin`.")
        if taken := await tx.handoffs.taken_by(account.id):
            raise BadInput(f"`{account.name}` speaks in {len(taken)} conversations at the desk. Return or resolve them first: "
                           "nobody may be left with no one.")


async def _person(tx: Tx, name: str) -> Account:
    account = await tx.people.by_name(name)
    if account is None:
        raise NotFound(f"There is no account named `{name}`. `yavar doctor` lists the accounts.")
    return account
