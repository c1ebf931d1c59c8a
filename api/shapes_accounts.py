"""What is answered on people's accounts and where they are signed in."""

from datetime import datetime

from pydantic import Field

from api.shapes import Shape
from desk.people import Lang, Role


class SessionShown(Shape):
    id: str = Field(description="Names the session; opens nothing")
    kind: str
    device: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    current: bool = Field(description="True for the one that asks")


class SessionList(Shape):
    sessions: list[SessionShown]


class Ended(Shape):
    ended: int


class AccountShown(Shape):
    id: str
    name: str
    display: str
    email: str
    role: Role
    lang: Lang
    timezone: str
    disabled: bool


class AccountList(Shape):
    accounts: list[AccountShown]


class AccountWhole(AccountShown):
    company: bool = Field(description="True for one who signs in at the company")
    source: str | None = Field(description="The directory that the person was synced from")
    manager: str | None
    department: str | None
    site: str | None
    vip: bool
    devices: list[str]
