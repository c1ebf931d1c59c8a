"""Chroma as one would take it for a library with access classes: one collection, the class as metadata, filtered at each search."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from chromadb import Collection, PersistentClient
from chromadb.config import Settings
from numpy.typing import NDArray

BATCH = 1_000


class Filtered:
    def __init__(self, shelf: Collection) -> None:
        self._shelf = shelf

    def search(self, vector: NDArray[np.float32], may_see: frozenset[str], k: int) -> list[str]:
        allowed: Any = {"class": {"$in": sorted(may_see)}}
        found = self._shelf.query(query_embeddings=vector[np.newaxis], n_results=k, where=allowed)
        return found["ids"][0]


@contextmanager
def filtered(folder: Path, vectors: NDArray[np.float32], classes: list[str], texts: list[str]) -> Iterator[Filtered]:
    client: Any = PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False, _env_file=None))  # type: ignore[call-arg]
    try:
        shelf = client.create_collection("passages", embedding_function=None, configuration={"hnsw": {"space": "ip"}})
        for at in range(0, len(vectors), BATCH):
            some = slice(at, at + BATCH)
            shelf.add(ids=[str(row) for row in range(at, at + len(vectors[some]))], embeddings=vectors[some],
                      metadatas=[{"class": one} for one in classes[some]], documents=texts[some])
        yield Filtered(shelf)
    finally:
        client.close()
