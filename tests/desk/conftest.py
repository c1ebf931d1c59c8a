"""A real desk on a database of its own, with quick hashing and a clock that the test moves."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from argon2 import PasswordHasher

from desk.conversations import Conversation
from desk.hours import Hours
from desk.passwords import Passwords
from desk.people import Account, Caller, Role
from desk.services import Desk, open_desk
from desk.store import Store
from desk.words import words

QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
SUNDAY_NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
OLD_PASSWORD = "the one before this"
NEW_PASSWORD = "correct horse battery"


@dataclass
class Clock:
    now: datetime = SUNDAY_NOON

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class Someone:
    """A person, their session and their conversation."""

    account: Account
    caller: Caller
    conversation: Conversation
    totp: str


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    store = Store(database_url)
    await store.migrate()
    yield open_desk(store, words(), hours=Hours.parse("Mon-Sun 00:00-24:00"), phone="100", secret="of this test only", passwords=QUICK,
                    attachments=tmp_path / "attachments")
    await store.close()


async def someone(desk: Desk, clock: Clock, name: str, role: Role = Role.USER) -> Someone:
    secret = pyotp.random_base32()
    async with desk.store.begin() as tx:
        account = await tx.people.add(name=name, display=name.capitalize(), email=f"{name}@demo.invalid", role=role, lang="en",
                                      password_hash=QUICK.hash(OLD_PASSWORD), totp_secret=desk.vault.seal(secret), now=clock())
        conversation = await tx.conversations.open(account=account.id, lang="en", now=clock())
    token = await desk.signin.issue_token(name, clock())
    caller = await desk.signin.caller(token, clock())
    assert caller is not None
    return Someone(account, caller, conversation, secret)


@pytest.fixture
async def sara(desk: Desk, clock: Clock) -> Someone:
    return await someone(desk, clock, "sara")


@pytest.fixture
async def omid(desk: Desk, clock: Clock) -> Someone:
    return await someone(desk, clock, "omid")


@pytest.fixture
async def agent(desk: Desk, clock: Clock) -> Someone:
    return await someone(desk, clock, "agent", Role.AGENT)


def app_code(person: Someone, clock: Clock) -> str:
    return pyotp.TOTP(person.totp).at(clock.now)


async def mailed_code(desk: Desk, person: Someone) -> str:
    async with desk.store.read() as tx:
        mails = [mail for mail in await tx.outbox.of(person.account.id) if mail["kind"] == "code"]
    body = desk.vault.open(mails[0]["body"])
    return next(word for word in body.replace(".", " ").split() if word.isdigit() and len(word) == 8)
