"""People: who they are, what role they have, and the one who is calling now."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

Lang = Literal["en", "ar", "fa"]
LANGS: tuple[Lang, ...] = ("en", "ar", "fa")


class Role(StrEnum):
    GUEST = "guest"            # claims an account, has no rights
    USER = "user"
    OBSERVER = "observer"
    EVALUATOR = "evaluator"
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


AT_THE_DESK = frozenset({Role.AGENT, Role.SUPERVISOR, Role.ADMIN})
PRIVILEGED = AT_THE_DESK       # their credentials are only reset by a person, with call-back


@dataclass(frozen=True, kw_only=True)
class Account:
    id: str
    name: str                  # what one signs in with
    display: str
    email: str
    role: Role
    lang: Lang
    timezone: str = "UTC"
    disabled_at: datetime | None = None   # set when the directory no longer knows the person

    @property
    def disabled(self) -> bool:
        return self.disabled_at is not None


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What a directory says of a person beside the account itself."""

    account: str
    source: str
    manager: str | None = None
    department: str | None = None
    site: str | None = None
    vip: bool = False
    devices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Caller:
    """The one behind a request, as the session says; never as text says."""

    session: str               # hash of the session's or token's secret
    role: Role
    account: Account | None    # None for a guest
    conversation: str | None = None   # a guest's only conversation
    csrf: str = ""
    by_cookie: bool = False
    unnoticed: bool = False    # seen a while ago: this request is worth a note

    @property
    def is_guest(self) -> bool:
        return self.account is None


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What proves a person. Never leaves the desk."""

    account: str
    password_hash: str
    password_changed_at: datetime
    failed: int = 0
    locked_until: datetime | None = None
    totp_secret: str = ""      # encrypted
    totp_last_step: int = 0    # no step at or before this one is accepted again

    def locked(self, now: datetime) -> bool:
        return self.locked_until is not None and self.locked_until > now
