"""The world of the HTTP tests."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from api.app import make_app
from evals.kept import Kept
from tests.api.scripted import PEOPLE, Clock, World, add_people, build
from tests.databases import rows_of


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    clock = Clock()
    house = await build(database_url, tmp_path, clock)
    await add_people(house, PEOPLE)
    app = make_app(lambda: house, runs=Kept(tmp_path / "runs"))
    async with app.router.lifespan_context(app):
        await app.state.opening
        world = World(app, house, clock)
        world.runs = tmp_path / "runs"
        yield world


@pytest.fixture
def stored(world: World) -> Callable[[], dict[str, list[tuple[object, ...]]]]:
    """Everything in the database but sessions: what must not change when something is refused."""
    def read() -> dict[str, list[tuple[object, ...]]]:
        return {name: rows for name, rows in rows_of(world.desk.store.url).items() if name != "sessions"}
    return read
