"""`yavar user`: who there is, and what an operator changes about them. Straight on the database, each change audited."""

from desk.codes import new_token
from desk.errors import BadInput, NotFound
from desk.passwords import Passwords
from desk.people import Account, Role
from desk.store import Tx
from yavar.clock import utcnow
from yavar.settings import Settings
from yavar.stores import opened

BY = "operator"
LENGTH = 16                    # characters of a password that is made here


async def listed(settings: Settings) -> str:
    async with opened(settings) as store, store.read() as tx:
        people = await tx.people.all()
    if not people:
        return "There are no accounts. Add one with `yavar user add NAME --role admin`."
    widths = [max(len(row[at]) for row in map(_row, people)) for at in range(4)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(_row(one), widths, strict=True)).rstrip() for one in people)


def _row(one: Account) -> tuple[str, str, str, str]:
    return one.name, str(one.role), one.lang, "disabled" if one.disabled else ""


async def shown(settings: Settings, name: str) -> str:
    async with opened(settings) as store, store.read() as tx:
        one = await _one(tx, name)
        known = await tx.people.credentials(one.id)
        talks = len(await tx.conversations.owned_by(one.id))
        tickets = await tx.tickets.owned_by(one.id, open_only=True)
    locked = bool(known and known.locked(utcnow()))
    facts = {"name": one.name, "shown as": one.display, "e-mail": one.email, "role": one.role, "language": one.lang,
             "time zone": one.timezone, "state": f"disabled since {one.disabled_at:%Y-%m-%d %H:%M} UTC" if one.disabled_at else
             "locked after wrong passwords" if locked else "may sign in",
             "password": f"set {known.password_changed_at:%Y-%m-%d %H:%M} UTC" if known else "none here",
             "authenticator": "enrolled" if known and known.totp_secret else "none",
             "conversations": talks, "open tickets": len(tickets)}
    return "\n".join(f"{fact:<14} {value}" for fact, value in facts.items())


async def disable(settings: Settings, name: str) -> str:
    """Nobody can sign in with it, and every session and token of it ends."""
    async with opened(settings) as store, store.begin() as tx:
        one = await _one(tx, name)
        await _spare_the_last_admin(tx, one)
        if not one.disabled:
            await tx.people.disable(one.id, utcnow())
            await tx.audit.add(BY, "account.disabled", subject=one.id, now=utcnow())
    return f"{one.name} is disabled; every session and token of it has ended."


async def enable(settings: Settings, name: str) -> str:
    async with opened(settings) as store, store.begin() as tx:
        one = await _one(tx, name)
        if one.disabled:
            await tx.people.change(one.id, disabled_at=None)
            await tx.audit.add(BY, "account.enabled", subject=one.id, now=utcnow())
    return f"{one.name} may sign in."


async def password(settings: Settings, name: str) -> str:
    """A new password, printed once. It opens a lock and ends every session; the authenticator stays as it is."""
    fresh = new_token()[:LENGTH]
    async with opened(settings) as store, store.begin() as tx:
        one = await _one(tx, name)
        if await tx.people.credentials(one.id) is None:
            raise BadInput(f"`{one.name}` has no password here: it signs in with the company's account.")
        await tx.people.set_password(one.id, Passwords().hash(fresh), utcnow())
        await tx.people.end_sessions(one.id)
        await tx.audit.add(BY, "account.password", subject=one.id, now=utcnow())
    return f"password: {fresh}"


async def role(settings: Settings, name: str, wanted: str) -> str:
    allowed = sorted(set(Role) - {Role.GUEST})
    if wanted not in allowed:
        raise BadInput(f"`{wanted}` is no role. Choose one of {', '.join(allowed)}.")
    async with opened(settings) as store, store.begin() as tx:
        one = await _one(tx, name)
        if Role(wanted) is not Role.ADMIN:
            await _spare_the_last_admin(tx, one)
        if one.role != wanted:
            await tx.people.change(one.id, role=Role(wanted))
            await tx.audit.add(BY, "account.role", subject=one.id, now=utcnow(), role=wanted, before=str(one.role))
    return f"{one.name} is {wanted}."


async def _one(tx: Tx, name: str) -> Account:
    found = await tx.people.known_as(name)
    exact = [one for one in found if one.name == name.strip().lower()] or found
    if len(exact) != 1:
        raise NotFound(f"There is no account named `{name}`. `yavar user list` lists them.")
    return exact[0]


async def _spare_the_last_admin(tx: Tx, one: Account) -> None:
    admins = [each for each in await tx.people.all() if each.role is Role.ADMIN and not each.disabled]
    if [each.id for each in admins] == [one.id]:
        raise BadInput(f"`{one.name}` is the only administrator. Make somebody else one first: `yavar user role NAME admin`.")
