"""Company sign-in: what a provider says of a person, and which role that gives here. Knows no protocol and no HTTP."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Protocol
from urllib.parse import urlsplit

from desk.errors import NoRole
from desk.people import Lang, Role

AWAY_FOR = timedelta(minutes=15)   # how long one may take at the provider

# Of several groups' roles the first of these counts.
HIGHEST_FIRST = (Role.ADMIN, Role.SUPERVISOR, Role.AGENT, Role.EVALUATOR, Role.OBSERVER, Role.USER)


@dataclass(frozen=True, kw_only=True)
class Claims:
    """What a provider's signed statement says of the one who signed in there."""

    issuer: str
    subject: str
    name: str                  # what the person signs in with there; may be empty
    display: str
    email: str                 # may be empty
    email_verified: bool = False
    groups: frozenset[str] = frozenset()
    lang: Lang | None = None
    timezone: str | None = None


@dataclass(frozen=True, kw_only=True)
class Departure:
    """One way to the provider and back: where to go, and what must come back unchanged."""

    url: str = ""
    state: str
    nonce: str
    verifier: str


def safe_address(url: str) -> bool:
    """True for https, and for http on this machine: a code or a token never crosses a network in the clear."""
    parts = urlsplit(url)
    if parts.scheme != "http":
        return parts.scheme == "https" and bool(parts.hostname)
    try:
        return parts.hostname == "localhost" or ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


class Provider(Protocol):
    """A company's sign-in. What can't be reached raises ProviderDown; what can't be believed raises ProviderRefused."""

    issuer: str

    async def begin(self) -> Departure: ...

    async def finish(self, code: str, departure: Departure, now: datetime, *, said_issuer: str | None = None) -> Claims: ...

    async def farewell(self) -> str | None:
        """Where one signs out of the company's account too; None if the provider has no such place."""
        ...


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What the house makes of a company's statement."""

    roles: Mapping[str, Role] = field(default_factory=dict)   # by group
    default: Role | None = Role.USER   # for those in none of these groups; None turns them away
    link_email: bool = False           # a verified address may connect an account that is here already, once
    passwords: bool = True             # False: passwords of the house are for administrators alone

    def role_of(self, groups: Iterable[str]) -> Role:
        """The highest role that one of the groups gives. Never remembered: asked anew at each sign-in."""
        given = {self.roles[group] for group in groups if group in self.roles}
        role = next((role for role in HIGHEST_FIRST if role in given), self.default)
        if role is None:
            raise NoRole()
        return role
