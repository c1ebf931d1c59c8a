"""People as a directory lists them, and what syncing with it would change. Pure: a plan is made first, and may be looked at alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from desk.company import Rules
from desk.errors import BadInput, NoRole
from desk.people import Account, Lang, Profile, Role

MANY_GONE = 5                  # so many may vanish from a small directory without a question
SHARE_GONE = 0.25              # of a larger one


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One person as the directory has them. None: the directory does not say, and what the house knows stays."""

    name: str
    display: str | None = None
    email: str | None = None
    role: Role | None = None
    groups: frozenset[str] = frozenset()
    lang: Lang | None = None
    timezone: str | None = None
    manager: str | None = None
    department: str | None = None
    site: str | None = None
    vip: bool = False
    devices: tuple[str, ...] = ()
    subject: str | None = None  # who it is at the company's sign-in


class Source(Protocol):
    """A directory. Its name is kept with each person: who vanishes from it is disabled, and nobody else."""

    name: str

    async def people(self) -> Sequence[Entry]: ...


class Move(StrEnum):
    ADD = "add"
    CHANGE = "change"
    ENABLE = "enable"
    DISABLE = "disable"
    SKIP = "skip"              # left alone; the reason stands in `what`


@dataclass(frozen=True, kw_only=True)
class Step:
    move: Move
    name: str
    what: tuple[str, ...] = ()  # the columns that change
    account: Account | None = None
    entry: Entry | None = None
    role: Role | None = None
    profile: Profile | None = None


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the house has before the sync."""

    accounts: Mapping[str, Account]        # by name
    profiles: Mapping[str, Profile]        # by account, of any source


def plan(source: str, entries: Sequence[Entry], known: Known, rules: Rules) -> list[Step]:
    """What would change, in the order of the directory; who vanished stands at the end."""
    steps = [step for entry in entries if (step := _step(source, entry, known, rules))]
    listed = {entry.name for entry in entries} - {step.name for step in steps if step.what == ("role",) and step.move is Move.SKIP}
    gone = [account for name, account in sorted(known.accounts.items())
            if name not in listed and not account.disabled and _of(source, account, known)]
    return steps + [_disabled(account, known, gone) for account in gone]


def check_loss(steps: Iterable[Step], source: str, known: Known) -> None:
    """A directory that suddenly lists few is more likely cut short than right."""
    active = sum(1 for account in known.accounts.values() if not account.disabled and _of(source, account, known))
    gone = sum(1 for step in steps if step.move is Move.DISABLE)
    if gone > max(MANY_GONE, active * SHARE_GONE):
        raise BadInput(f"{gone} of {active} people of `{source}` are not listed any more and would be disabled. "
                       "If the list is whole all the same, sync with --force.")


def _of(source: str, account: Account, known: Known) -> bool:
    profile = known.profiles.get(account.id)
    return profile is not None and profile.source == source


def _step(source: str, entry: Entry, known: Known, rules: Rules) -> Step | None:
    try:
        role = entry.role or rules.role_of(entry.groups)
    except NoRole:
        return Step(move=Move.SKIP, name=entry.name, what=("role",))
    account = known.accounts.get(entry.name)
    if account is None:
        return Step(move=Move.ADD, name=entry.name, entry=entry, role=role)
    before = known.profiles.get(account.id)
    if before and before.source != source:
        return Step(move=Move.SKIP, name=entry.name, what=(f"it is in {before.source}",))
    if before is None and account.role is Role.ADMIN:
        role = Role.ADMIN      # the house's own administrator: a directory takes nothing from them
    profile = profile_of(source, entry, account.id)
    what = tuple(name for name, wanted, has in (
        ("display", entry.display, account.display), ("email", entry.email, account.email), ("role", role, account.role),
        ("timezone", entry.timezone, account.timezone)) if wanted is not None and wanted != has)
    what += ("profile",) if profile != before else ()
    move = Move.ENABLE if account.disabled else Move.CHANGE
    return Step(move=move, name=entry.name, what=what, account=account, entry=entry, role=role, profile=profile) \
        if what or account.disabled else None


def _disabled(account: Account, known: Known, gone: Sequence[Account]) -> Step:
    leaving = {each.id for each in gone}
    admins = [each for each in known.accounts.values() if each.role is Role.ADMIN and not each.disabled and each.id not in leaving]
    if account.role is Role.ADMIN and not admins:
        return Step(move=Move.SKIP, name=account.name, what=("the last administrator",))
    return Step(move=Move.DISABLE, name=account.name, account=account)


def profile_of(source: str, entry: Entry, account: str) -> Profile:
    return Profile(account=account, source=source, manager=entry.manager, department=entry.department, site=entry.site,
                   vip=entry.vip, devices=entry.devices)
