"""A library over a shelf of one's own, with a fake embedder."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from desk.store import Store
from knowledge.articles import indexed
from knowledge.embedder import HashingEmbedder
from knowledge.library import Hit, Library

EVERYBODY = frozenset({"public", "everyone", "agents"})


@pytest.fixture
def embedder() -> HashingEmbedder:
    return HashingEmbedder()


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    store = Store(database_url)
    await store.migrate()
    yield store
    await store.close()


@pytest.fixture
async def library(store: Store, embedder: HashingEmbedder, tmp_path: Path) -> AsyncIterator[Library]:
    library = Library(store, embedder, tmp_path)
    await library.open()
    yield library
    await library.close()


Put = Callable[..., Awaitable[str]]


@pytest.fixture
def put(store: Store) -> Put:
    """Put a document of some sections on the shelf: each a text, or a heading and a text. Its id."""
    async def put(topic: str, *sections: str | tuple[str, str], lang: str = "en", audience: str = "everyone", title: str = "",
                  source: str = "wiki", tier: str = "reviewed", path: str = "") -> str:
        path = path or f"{topic}/{lang}.md"
        document: dict[str, Any] = {
            "id": hashlib.sha256(f"{source}/{path}".encode()).hexdigest()[:24], "source": source, "path": path, "topic": topic,
            "lang": lang, "title": title or topic, "audience": audience, "owner": "desk", "reviewed": "2026-11-20", "tier": tier,
            "text": str(sections),
            "hash": hashlib.sha256(repr(sections).encode()).hexdigest()}
        passages = []
        for ordinal, section in enumerate(sections):
            heading, text = section if isinstance(section, tuple) else ("", section)
            its_hash = hashlib.sha256(indexed(document["title"], heading, text).encode()).hexdigest()
            passages.append({"id": f"{document['id']}.{ordinal}", "document": document["id"], "ordinal": ordinal, "heading": heading,
                             "text": text, "hash": its_hash, "embedder": None, "vector": None})
        async with store.begin() as tx:
            await tx.shelf.put(document, passages)
        return str(document["id"])
    return put


Ask = Callable[..., Awaitable[list[Hit]]]


@pytest.fixture
def ask(library: Library, embedder: HashingEmbedder) -> Ask:
    async def ask(question: str, **options: Any) -> list[Hit]:
        options.setdefault("may_see", EVERYBODY)
        return await library.search(question, vector=await embedder.query(question), **options)
    return ask


async def embed_all(library: Library, batch: int = 8) -> int:
    whole = 0
    while some := await library.embed_missing(batch):
        whole += some
    return whole
