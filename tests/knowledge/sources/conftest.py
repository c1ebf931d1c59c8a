"""A folder of documents, a source of it, and a way to sync that tells each language by a letter."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from desk.people import Lang
from desk.sources import Source
from desk.store import Store
from knowledge.sources.converting import Converter
from knowledge.sources.syncing import Syncing

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
Sync = Callable[..., Awaitable[Mapping[str, Any]]]


def by_letters(text: str, last: Lang | None) -> Lang:
    """Enough for these tests; the house hears better."""
    return "fa" if any(char in text for char in "یکپچگ") else "ar" if any("ء" <= char <= "ي" for char in text) else last or "en"


@pytest.fixture
def database_url(either_url: str) -> str:
    return either_url


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "handbook"
    folder.mkdir()
    return folder


@pytest.fixture
async def source(store: Store, folder: Path) -> Source:
    source = Source(name="handbook", kind="files", place=str(folder), audience="everyone", lang="auto", added_at=NOW, added_by="house")
    async with store.begin() as tx:
        assert await tx.sources.add(source)
    return source


@pytest.fixture
def sync(store: Store, source: Source) -> Sync:
    async def sync(wanted: Source = source, *, converter: Converter | None = None, **options: Any) -> Mapping[str, Any]:
        return await Syncing(store, by_letters, converter).sync(wanted, NOW, **options)
    return sync
