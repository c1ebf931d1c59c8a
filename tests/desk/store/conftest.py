"""What is tested of the store is tested on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import a_database


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database_url(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    yield from a_database(kind, tmp_path, request)
