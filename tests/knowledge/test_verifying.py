"""What is whole is called whole; whatever was damaged is named with its remedy, and the remedy mends it."""

import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from desk.store import Store
from knowledge.embedder import HashingEmbedder
from knowledge.library import WORDS, Library
from knowledge.verifying import Verdict, verify
from tests.knowledge.conftest import Put, embed_all

Verify = Callable[[], Awaitable[Verdict]]


@pytest.fixture
def database_url(either_url: str) -> str:
    return either_url


@pytest.fixture
def look(store: Store, embedder: HashingEmbedder, tmp_path: Path) -> Verify:
    async def look() -> Verdict:
        return await verify(store, embedder, [tmp_path])
    return look


@pytest.fixture
async def shelf(put: Put, library: Library) -> None:
    for topic in ("vpn", "wifi", "printer"):
        await put(topic, f"The {topic} is on the second floor.", ("Restart", f"Restart the {topic} and wait."))
    await put("pager", "For those on call.", audience="agents")
    await embed_all(library)


def run(url: str, statement: str) -> None:
    engine = create_engine(url.replace("+aiosqlite", ""), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def whats(verdict: Verdict) -> str:
    return " · ".join(fault.what for fault in verdict.faults)


async def test_what_is_whole_is_whole_while_somebody_has_it_open_and_afterwards(shelf: None, look: Verify, library: Library) -> None:
    for _ in range(2):
        found = await look()
        assert (found.documents, found.passages, found.waiting, found.behind, list(found.faults)) == (4, 7, 0, 0, [])
        await library.close()


async def test_what_is_new_waits_and_is_no_fault(shelf: None, put: Put, look: Verify) -> None:
    await put("scanner", "The scanner is new.")
    found = await look()
    assert (found.documents, found.waiting, found.behind, list(found.faults)) == (5, 1, 1, [])


async def test_an_index_that_lost_or_kept_what_it_should_not_is_mended_by_a_rebuild(
        shelf: None, look: Verify, library: Library, tmp_path: Path) -> None:
    index = library._index._shelves["everyone"]
    ids = index.get(include=[])["ids"]
    index.delete(ids=ids[:2])
    index.upsert(ids=["of:nobody"], embeddings=np.ones((1, 64), dtype=np.float32))
    found = await look()
    assert "lacks 2 passages for `everyone` and has 1" in whats(found) and "rebuild" in found.faults[0].remedy
    await library.rebuild()
    assert not (await look()).faults
    await library.close()
    (tmp_path / "chroma" / "chroma.sqlite3").write_bytes(b"no database at all")
    assert "cannot be read" in whats(await look())
    await library.rebuild()
    assert not (await look()).faults


async def test_an_index_without_its_database_is_behind_and_no_fault(shelf: None, look: Verify, library: Library, tmp_path: Path) -> None:
    await library.close()
    (tmp_path / "chroma" / "chroma.sqlite3").unlink()
    found = await look()
    assert found.behind == 1 and not found.faults


async def test_counted_words_that_say_something_else_are_mended_by_a_rebuild(
        shelf: None, look: Verify, library: Library, tmp_path: Path) -> None:
    files = sorted((tmp_path / WORDS).glob("*.npz"))
    assert files
    files[0].write_bytes(files[0].read_bytes()[:-40])
    if len(files) > 1:
        other = np.load(files[1])
        np.savez(files[1].with_suffix(""), **{name: other[name] + (name == "words_counts") for name in other.files})
    assert "counted words" in whats(await look())
    await library.rebuild()
    assert not (await look()).faults


@pytest.mark.parametrize(("statement", "told"), [
    ("UPDATE passages SET text = 'poisoned' WHERE ordinal = 1", "were changed in the database"),
    ("UPDATE passages SET begins = 3, ends = 5 WHERE ordinal = 0", "not where they say"),
    ("UPDATE documents SET tier = 'synced'", "sources that are no more: wiki"),
    ("DELETE FROM passages WHERE document IN (SELECT id FROM documents WHERE topic = 'pager')", ""),
    ("UPDATE documents SET tier = 'synced' WHERE topic = 'pager'; DELETE FROM passages WHERE document IN "
     "(SELECT id FROM documents WHERE topic = 'pager')", "have no passages"),
])
async def test_what_was_changed_in_the_database_is_told(shelf: None, look: Verify, database_url: str, statement: str, told: str) -> None:
    for one in statement.split(";"):
        run(database_url, one)
    assert told in whats(await look())


async def test_an_index_of_another_embedder_is_not_looked_at(shelf: None, store: Store, tmp_path: Path) -> None:
    found = await verify(store, HashingEmbedder(32), [tmp_path])
    assert (found.waiting, list(found.faults)) == (7, [])


async def test_verifying_changes_nothing(shelf: None, look: Verify, library: Library, tmp_path: Path) -> None:
    await library.close()
    file = tmp_path / "chroma" / "chroma.sqlite3"
    with closing(sqlite3.connect(file)) as index:
        before = list(index.iterdump())
    await look()
    with closing(sqlite3.connect(file)) as index:
        assert list(index.iterdump()) == before
