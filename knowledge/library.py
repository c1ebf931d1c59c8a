"""The library: finds the passages that answer a question among those that the asker may see.

SQL is the truth. In memory stands a picture of it (`holdings`), on disk the vector index (`chroma`); both are caches that `open` brings up
to date. Words are searched at once, vectors as soon as they are there.
"""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desk.people import Lang
from desk.store import Store
from desk.tracing import Tracing, Untraced
from knowledge import fusion
from knowledge.articles import indexed
from knowledge.chroma import VectorIndex
from knowledge.committed import VECTORS, space_file
from knowledge.counted import Counted
from knowledge.embedder import Embedder
from knowledge.evidence import Evidence
from knowledge.hits import Hit, hit, in_language
from knowledge.holdings import Holdings, Seen, arrange, key
from knowledge.space import Space
from knowledge.ways import Section, Way

__all__ = ["Hit", "Library"]

WORDS = "words"                # the folder of what was counted, in `home`
CANDIDATES = 64                # of each retriever; what neither of them has among its first 64 wins no sum

Vector = NDArray[np.float32]


class Library:
    """`home` is the folder of the vector index; one process at a time may have it open, or each has its own in a shared one.

    `beside` is the home of another library over the same shelf: what it has counted is not counted again.
    """

    def __init__(self, store: Store, embedder: Embedder, home: Path, *, shared: bool = False, tracing: Tracing | None = None,
                 beside: Path | None = None) -> None:
        self._store = store
        self._embedder = embedder
        self._tracing = tracing or Untraced()
        self._index = VectorIndex(home, embedder.id, shared=shared)
        self._counted = Counted(home / WORDS, beside / WORDS if beside else None)
        self._space = Space.load(space_file(VECTORS, embedder.id)) or Space.plain(embedder.dim)
        self._evidence = Evidence.shipped(embedder.id)
        self._holdings = Holdings("", {})
        self._synced = ""          # the generation that the vector index is known to have
        self._changing = asyncio.Lock()

    @property
    def embedder(self) -> str:
        """The id of the model whose vectors it keeps."""
        return self._embedder.id

    async def open(self) -> None:
        """Bring the caches up to what SQL holds. Cheap when nothing changed: call it again whenever another process may have written.

        Raises IndexBusy if another process has the index open.
        """
        async with self._changing:
            await asyncio.to_thread(self._index.open)
            await self._refresh()

    async def close(self) -> None:
        async with self._changing:
            await asyncio.to_thread(self._index.close)

    async def rebuild(self) -> None:
        """Throw away what is kept on disk and make it anew from SQL."""
        async with self._changing:
            await asyncio.to_thread(self._index.discard)
            await asyncio.to_thread(self._counted.discard)
            await asyncio.to_thread(self._index.open)
            self._synced = ""
            await self._refresh()

    async def search(self, query: str, *, vector: Vector | None, may_see: frozenset[str], lang: Lang | None = None,
                     k: int = 8) -> list[Hit]:
        """The best passages of the access classes `may_see`, best first.

        `vector` is the question's embedding; without it words alone decide. A topic that has an article in `lang` is shown in it.
        """
        seen = self._holdings.seen_by(may_see)
        if not seen.passages or not query.strip():
            return []
        with self._tracing.span("search", {"yavar.vector": vector is not None, "yavar.passages": len(seen.passages)}) as span:
            hits = await asyncio.to_thread(self._search, seen, query, vector, lang, k)
            span.tell({"yavar.hits": len(hits)})
        return hits

    async def embedding(self, query: str) -> Vector:
        """Of a question that nobody has embedded yet: a model's own words for what was asked."""
        return await self._embedder.query(query)

    def answers(self, question: str, hits: Sequence[Hit]) -> float | None:
        """Probability that the best of these hits answers what was asked; None where nothing was fitted for the embedder."""
        return self._evidence.answers(question, hits) if self._evidence else None

    def _search(self, seen: Seen, query: str, vector: Vector | None, lang: Lang | None, k: int) -> list[Hit]:
        found = seen.view.scores(query)
        among, moments = seen.measure(lang)
        by_words = fusion.lexical(found, among)
        rows = {row for row in fusion.best(by_words, CANDIDATES) if found.bm25[row] > 0 or found.grams[row] > 0}
        if vector is not None:
            for one in seen.classes:
                rows.update(seen.rows_of(one.audience, self._index.nearest(one.audience, vector, CANDIDATES)))
        ways = seen.ways.to(query, vector, lang or "en")
        rows.update(seen.rows_in(sorted(ways, key=lambda section: ways[section].standing)[-CANDIDATES:]))
        candidates = sorted(rows)
        scores = by_words[candidates]
        if vector is not None:
            scores = scores + fusion.semantic(seen.cosines(candidates, vector), moments, vector)
        led = [ways.get(seen.passages[row].section) for row in candidates]
        scores = fusion.with_ways(scores, np.array([way.standing if way else np.nan for way in led]))
        ranked = zip(candidates, scores.tolist(), strict=True)
        return self._hits(in_language(ranked, seen, lang)[:k], seen, query, vector, ways)

    @staticmethod
    def _hits(shown: list[tuple[int, float]], seen: Seen, query: str, vector: Vector | None, ways: Mapping[Section, Way]) -> list[Hit]:
        rows = [row for row, _ in shown]
        cosines = np.nan_to_num(seen.cosines(rows, vector)) if vector is not None else np.zeros(len(rows))
        covered = seen.view.covered(query, rows)
        led = [ways.get(seen.passages[row].section) for row in rows]
        return [hit(row, seen, score=score, semantic=float(cosine), lexical=float(share), asked=way.cosine if way else 0.0)
                for (row, score), cosine, share, way in zip(shown, cosines, covered, led, strict=True)]

    async def embed_missing(self, batch: int = 8) -> int:
        """Embed some passages that have no vector of this embedder yet; how many. Call it until it says 0."""
        async with self._store.read() as tx:
            missing = await tx.shelf.without_vector(self._embedder.id, batch)
        if not missing:
            return await self._embed_phrasings(batch)
        found = await self._embedder.passages([indexed(one["title"], one["heading"], one["text"]) for one in missing])
        async with self._changing:
            async with self._store.begin() as tx:
                before = await tx.shelf.generation()
                for one, vector in zip(missing, found, strict=True):
                    await tx.shelf.set_vector(one["id"], one["hash"], self._embedder.id, vector.astype("<f2").tobytes())
                after = await tx.shelf.generation()
            if before == self._synced:
                fresh = {key(one["id"], one["hash"]): vector for one, vector in zip(missing, found, strict=True)}
                await asyncio.to_thread(self._add, fresh, after)
            else:
                await self._refresh()
        return len(missing)

    async def _embed_phrasings(self, batch: int) -> int:
        async with self._store.read() as tx:
            missing = await tx.shelf.phrasings_without_vector(self._embedder.id, batch)
        for one in missing:
            vector = await self._embedder.query(one["text"])
            async with self._store.begin() as tx:
                await tx.shelf.set_phrasing_vector(one["id"], self._embedder.id, vector.astype("<f2").tobytes())
        if missing:
            async with self._changing:
                await self._refresh()
        return len(missing)

    def _add(self, fresh: dict[str, Vector], generation: str) -> None:
        self._holdings = self._holdings.with_vectors(fresh, generation)
        for audience, one in self._holdings.classes.items():
            self._index.put(audience, {name: vector for name, vector in fresh.items() if name in one.rows}, generation)
        self._synced = generation

    async def _refresh(self) -> None:
        async with self._store.read() as tx:
            generation = await tx.shelf.generation()
            if generation == self._synced:
                return
            rows, phrasings = await tx.shelf.passages(), await tx.shelf.phrasings()
        holdings = await asyncio.to_thread(arrange, rows, phrasings, generation, self._embedder.id, self._space, self._counted.index)
        await asyncio.to_thread(holdings.prepare)
        self._holdings = holdings
        await asyncio.to_thread(self._sync, self._holdings)
        await asyncio.to_thread(self._counted.forget_others)

    def _sync(self, holdings: Holdings) -> None:
        self._index.keep_only(holdings.classes.keys())
        for audience, one in holdings.classes.items():
            self._index.sync(audience, one.keyed(), holdings.generation)
        self._synced = holdings.generation
