"""A library of its own for an exam: the shipped articles, or anybody's passages, and the passages themselves for the peers."""

import hashlib
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from desk.people import Lang
from desk.store import Store
from evals.squad import Passage
from knowledge.articles import indexed, read_folder
from knowledge.committed import VECTORS, read_vectors
from knowledge.embedder import Embedder, Vectors
from knowledge.library import Library
from knowledge.stock import ARTICLES, stock

SOURCE = "exam"
AUDIENCE = "everyone"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A passage as any index would read it."""

    id: str                    # that of the library's passage
    lang: Lang
    topic: str
    heading: str
    read: str


def entries_of(passages: Sequence[Passage], lang: Lang) -> list[Entry]:
    return [Entry(id=f"{each.id}.0", lang=lang, topic=each.id, heading="", read=indexed(each.title, "", each.text)) for each in passages]


def shipped_entries() -> list[Entry]:
    return [Entry(id=f"{article.id}.{section.ordinal}", lang=article.lang, topic=article.topic, heading=section.heading,
                  read=indexed(article.title, section.heading, section.text))
            for article in read_folder(ARTICLES) for section in article.sections]


async def vectors_of(entries: Sequence[Entry], embedder: Embedder) -> Vectors:
    """Those of the shipped articles are committed; others are embedded."""
    known = read_vectors(VECTORS, embedder.id)
    hashes = [_digest(entry.read) for entry in entries]
    missing = [entry.read for entry, hash_ in zip(entries, hashes, strict=True) if hash_ not in known]
    fresh = dict(zip(missing, await embedder.passages(missing), strict=True))
    return np.stack([known[hash_].astype(np.float32) if hash_ in known else fresh[entry.read]
                     for entry, hash_ in zip(entries, hashes, strict=True)])


@asynccontextmanager
async def shipped(embedder: Embedder) -> AsyncIterator[Library]:
    async with _library(embedder) as (store, library):
        await stock(store, embedder=embedder.id)
        await library.open()
        while await library.embed_missing():
            pass
        yield library


@asynccontextmanager
async def holding(passages: Sequence[Passage], lang: Lang, embedder: Embedder) -> AsyncIterator[Library]:
    async with _library(embedder) as (store, library):
        await put(store, passages, lang, embedder)
        await library.open()
        yield library


async def put(store: Store, passages: Sequence[Passage], lang: Lang, embedder: Embedder) -> None:
    """Each passage is a document of one section, with its vector."""
    entries = entries_of(passages, lang)
    vectors = await vectors_of(entries, embedder)
    async with store.begin() as tx:
        for passage, entry, vector in zip(passages, entries, vectors, strict=True):
            hash_ = _digest(entry.read)
            document = {"id": passage.id, "source": SOURCE, "path": passage.id, "topic": passage.id, "lang": lang, "title": passage.title,
                        "audience": AUDIENCE, "owner": SOURCE, "reviewed": date(2026, 1, 1).isoformat(), "tier": "reviewed",
                        "text": passage.text, "hash": hash_}
            section = {"id": entry.id, "document": passage.id, "ordinal": 0, "heading": "", "text": passage.text, "hash": hash_,
                       "embedder": embedder.id, "vector": vector.astype("<f2").tobytes()}
            await tx.shelf.put(document, [section])


@asynccontextmanager
async def _library(embedder: Embedder) -> AsyncIterator[tuple[Store, Library]]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        store = Store(f"sqlite+aiosqlite:///{folder}/library.db")
        await store.migrate()
        library = Library(store, embedder, Path(folder))
        try:
            yield store, library
        finally:
            await library.close()
            await store.close()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
