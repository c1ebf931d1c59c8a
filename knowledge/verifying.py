"""Whether the shelf is whole, and whether its caches say what it says. Nothing is changed; whoever has them open goes on."""

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desk.drafts import WAITING
from desk.store import Store
from knowledge.articles import indexed
from knowledge.chroma import kept_in
from knowledge.counted import Counted
from knowledge.counting import count
from knowledge.embedder import Embedder
from knowledge.holdings import arrange, key
from knowledge.lexical import Lexical
from knowledge.library import WORDS
from knowledge.sources.documents import TIER
from knowledge.space import Space

NAMED = 5                      # documents that a fault names
MEND_SHELF = "For a source of yours run `yavar knowledge sync NAME --anew`; for shipped articles restore a backup."
MEND_CACHE = "Stop the server, run `yavar knowledge rebuild`, and start it again."
MEND_LEFT = "Run `yavar knowledge remove NAME` for it."


@dataclass(frozen=True, kw_only=True)
class Fault:
    what: str
    remedy: str


@dataclass(frozen=True, kw_only=True)
class Verdict:
    documents: int
    passages: int
    waiting: int               # passages that have no vector yet: found by their words alone
    behind: int                # indexes that have not seen the last change: whoever has one open brings it up to date
    faults: Sequence[Fault]


async def verify(store: Store, embedder: Embedder, homes: Sequence[Path]) -> Verdict:
    """`homes` are the folders of indexes over this shelf."""
    async with store.read() as tx:
        generation = await tx.shelf.generation()
        documents, rows, phrasings = await tx.shelf.documents(), await tx.shelf.passages(), await tx.shelf.phrasings()
        sources = {source.name for source in await tx.sources.all()}
    faults = [*_of_documents(documents, rows, sources)]
    behind = 0
    for home in homes:
        found, is_behind = await asyncio.to_thread(_of_index, home, embedder.id, rows, generation)
        counted = await asyncio.to_thread(_of_words, home, embedder, rows, phrasings, generation)
        faults += [*found, *counted]
        behind += is_behind
    waiting = sum(row["vector"] is None or row["embedder"] != embedder.id for row in rows)
    return Verdict(documents=len(documents), passages=len(rows), waiting=waiting, behind=behind, faults=faults)


def _of_documents(documents: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]], sources: set[str]) -> list[Fault]:
    texts = {document["id"]: document["text"] for document in documents}
    changed = {row["document"] for row in rows if row["hash"] != _hash(row)}
    moved = {row["document"] for row in rows
             if row["begins"] is not None and texts[row["document"]][row["begins"]:row["ends"]] != row["text"]}
    synced = [document for document in documents if document["tier"] == TIER]
    bare = {document["id"] for document in synced} - {row["document"] for row in rows}
    left = {document["source"] for document in synced} - sources
    paths = {document["id"]: f"{document['source']}:{document['path']}" for document in documents}
    told = (("were changed in the database", changed), ("have passages that are not where they say", moved), ("have no passages", bare))
    faults = [Fault(what=f"{len(which)} documents {what}: {_some(paths[one] for one in which)}", remedy=MEND_SHELF)
              for what, which in told if which]
    if left:
        faults.append(Fault(what=f"There are documents of sources that are no more: {_some(left)}", remedy=MEND_LEFT))
    return faults


def _of_index(home: Path, embedder: str, rows: Sequence[Mapping[str, Any]], generation: str) -> tuple[list[Fault], bool]:
    """An index that has not seen the last change is no fault: it is compared once it has."""
    try:
        kept = kept_in(home, embedder)
    except Exception as error:         # of a file that may hold anything
        return [Fault(what=f"The index in {home} cannot be read ({type(error).__name__})", remedy=MEND_CACHE)], False
    wanted: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row["tier"] not in WAITING:
            wanted[row["audience"]].update([key(row["id"], row["hash"])] if row["vector"] and row["embedder"] == embedder else [])
    if not kept or any(mark != generation for mark, _ in kept.values()):
        return [], bool(wanted)
    faults = []
    for audience in sorted(kept.keys() | wanted.keys()):
        _, held = kept.get(audience, ("", frozenset()))
        lacking, extra = len(wanted[audience] - held), len(held - wanted[audience])
        if lacking or extra:
            faults.append(Fault(what=f"The index in {home} lacks {lacking} passages for `{audience}` and has {extra} that are no more",
                                remedy=MEND_CACHE))
    return faults, False


def _of_words(home: Path, embedder: Embedder, rows: Sequence[Mapping[str, Any]], phrasings: Sequence[Mapping[str, Any]],
              generation: str) -> list[Fault]:
    counted, wrong = Counted(home / WORDS), list[bool]()

    def look(texts: Sequence[str]) -> Lexical:
        wrong.append(counted.differs(texts))
        return Lexical.of(count(texts))

    arrange(rows, phrasings, generation, embedder.id, Space.plain(embedder.dim), look)
    if not any(wrong):
        return []
    return [Fault(what=f"{sum(wrong)} files of counted words in {home / WORDS} are not what the passages say", remedy=MEND_CACHE)]


def _hash(row: Mapping[str, Any]) -> str:
    return hashlib.sha256(indexed(row["title"], row["heading"], row["text"]).encode()).hexdigest()


def _some(names: Iterable[str]) -> str:
    found = sorted(names)
    return ", ".join(found[:NAMED]) + (" …" if len(found) > NAMED else "")
