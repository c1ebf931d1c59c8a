"""What happens at the desk, one service per concern, each change in one transaction."""

from dataclasses import dataclass

from desk.company import Rules
from desk.directory import Directory, LocalDirectory
from desk.hours import Hours
from desk.passwords import Passwords
from desk.services.company import Company
from desk.services.handing import Handing
from desk.services.signin import SignIn
from desk.services.ticketing import Ticketing
from desk.services.verifying import Verifying
from desk.sessions import Lifetimes
from desk.store import Store
from desk.vault import Vault
from desk.words import Words


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The desk, put together."""

    store: Store
    words: Words
    hours: Hours
    phone: str
    vault: Vault
    passwords: Passwords
    signin: SignIn
    company: Company
    handing: Handing
    verifying: Verifying
    ticketing: Ticketing


def open_desk(store: Store, words: Words, *, hours: Hours, phone: str, secret: str, heightened_risk: bool = False,
              passwords: Passwords | None = None, directory: Directory | None = None, rules: Rules | None = None,
              lifetimes: Lifetimes | None = None) -> Desk:
    passwords = passwords or Passwords()
    vault = Vault(secret)
    rules, lifetimes = rules or Rules(), lifetimes or Lifetimes()
    ticketing = Ticketing(hours)
    handing = Handing(store, words, hours, phone, ticketing)
    verifying = Verifying(store, words, vault, passwords, directory or LocalDirectory(passwords), handing, heightened_risk=heightened_risk)
    return Desk(store=store, words=words, hours=hours, phone=phone, vault=vault, passwords=passwords,
                signin=SignIn(store, passwords, lifetimes=lifetimes, admins_only=not rules.passwords),
                company=Company(store, vault, rules, lifetimes), handing=handing, verifying=verifying, ticketing=ticketing)
