"""The demo house: one account per role, with a known password and an authenticator that its own page shows."""

from datetime import datetime

import pyotp

from desk.passwords import Passwords
from desk.people import Lang, Role
from desk.store import Tx
from desk.vault import Vault

PASSWORD = "welcome-to-yavar"  # noqa: S105  a demo house listens on loopback only, and prints it
PHONE = "100"                  # the desk's extension, until YAVAR_DESK_PHONE names the real one
PEOPLE: tuple[tuple[str, Role, Lang], ...] = (
    ("user", Role.USER, "en"),
    ("user2", Role.USER, "fa"),
    ("agent", Role.AGENT, "en"),
    ("agent2", Role.AGENT, "ar"),
    ("supervisor", Role.SUPERVISOR, "en"),
    ("evaluator", Role.EVALUATOR, "en"),
    ("observer", Role.OBSERVER, "en"),
    ("admin", Role.ADMIN, "en"),
)


async def seed_people(tx: Tx, vault: Vault, passwords: Passwords, now: datetime) -> None:
    """The accounts that are not there yet; those that are stay as they are."""
    for name, role, lang in PEOPLE:
        if not await tx.people.known_as(name):
            await tx.people.add(name=name, display=name.capitalize(), email=f"{name}@demo.invalid", role=role, lang=lang,
                                password_hash=passwords.hash(PASSWORD), totp_secret=vault.seal(pyotp.random_base32()), now=now)
