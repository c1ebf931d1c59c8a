"""The world of the HTTP tests."""

import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from api.app import make_app
from tests.api.scripted import PEOPLE, Clock, World, add_people, build


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    clock = Clock()
    house = await build(tmp_path, clock)
    await add_people(house, PEOPLE)
    app = make_app(lambda: house)
    async with app.router.lifespan_context(app):
        await app.state.opening
        yield World(app, house, clock)


@pytest.fixture
def stored(world: World) -> Callable[[], dict[str, list[tuple[object, ...]]]]:
    """Everything in the database but sessions: what must not change when something is refused."""
    def read() -> dict[str, list[tuple[object, ...]]]:
        with sqlite3.connect(world.file) as sql:
            tables = [row[0] for row in sql.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            rows = {name: sorted(sql.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr) for name in tables if name != "sessions"}  # noqa: S608
        sql.close()
        return rows
    return read
