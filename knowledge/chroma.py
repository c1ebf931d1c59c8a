"""The vector index: Chroma on disk, one collection per access class. The only file that knows Chroma.

It is a cache of what SQL holds and may be deleted while nobody has it open. A vector's key carries the hash of its text, so that bringing a
collection up to date is the difference of two sets, and a run that was cut short is finished by the next one.
"""

import fcntl
import shutil
import sqlite3
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import IndexBusy

if TYPE_CHECKING:
    from chromadb import Collection as Shelf
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateCollectionConfiguration

BATCH = 1_000
MOST = 16                      # processes of one house on one machine
# vectors have unit length, so that the inner product is the cosine
SHAPE: "CreateCollectionConfiguration" = {"hnsw": {"space": "ip", "ef_construction": 100, "ef_search": 200}}

Vector = NDArray[np.float32]


class VectorIndex:
    """One writer per folder, held by a lock file; searches may come from any thread of that process.

    A shared home has a folder for each of the processes that have it open at the same time.
    """

    def __init__(self, home: Path, embedder: str, *, shared: bool = False) -> None:
        self._homes = [home, *(home / f"of-{number}" for number in range(2, MOST + 1))] if shared else [home]
        self._home = home
        self._embedder = f"{crc32(embedder.encode()):08x}"
        self._client: Client | None = None
        self._lock: IO[str] | None = None
        self._shelves: dict[str, Shelf] = {}
        self._searched: dict[str, Shelf] = {}

    def open(self) -> None:
        """Take the folder. Raises IndexBusy if another process has it."""
        if self._client is not None:
            return
        self._home, self._lock = _first_free(self._homes)
        # imported here: it takes over a second, which the command line and most tests never need
        from chromadb import PersistentClient
        from chromadb.config import Settings
        settings = Settings(anonymized_telemetry=False, _env_file=None)  # type: ignore[call-arg]
        self._client = cast("Client", PersistentClient(path=self._home / "chroma", settings=settings))

    def close(self) -> None:
        self._searched = {}
        self._shelves = {}
        if self._client is not None:
            self._client.close()
            self._client = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def discard(self) -> None:
        """Delete the whole index; the next `sync` makes it anew. Raises IndexBusy if another process has it."""
        self.close()
        home, lock = _first_free(self._homes)
        with lock:
            shutil.rmtree(home / "chroma", ignore_errors=True)

    def keep_only(self, audiences: Collection[str]) -> None:
        """Drop the collections of other access classes and of other embedders."""
        client = self._opened()
        kept = {self._name(audience) for audience in audiences}
        self._searched = {audience: shelf for audience, shelf in self._searched.items() if audience in audiences}
        for shelf in client.list_collections():
            if shelf.name not in kept:
                client.delete_collection(shelf.name)
        self._shelves = {audience: shelf for audience, shelf in self._shelves.items() if audience in audiences}

    def sync(self, audience: str, vectors: Mapping[str, Vector], mark: str) -> None:
        """Make a collection hold exactly these vectors; nothing is done where it has seen this mark already."""
        shelf = self._shelf(audience)
        if (shelf.metadata or {}).get("mark") == mark and shelf.count() == len(vectors):
            return self._show(audience, vectors)
        held = set(shelf.get(include=[])["ids"])
        for some in _batches(sorted(held - vectors.keys())):
            shelf.delete(ids=some)
        for some in _batches([key for key in vectors if key not in held]):
            shelf.upsert(ids=some, embeddings=np.stack([vectors[key] for key in some]))
        self._show(audience, vectors)
        shelf.modify(metadata={"mark": mark})

    def put(self, audience: str, vectors: Mapping[str, Vector], mark: str) -> None:
        shelf = self._shelf(audience)
        if vectors:
            shelf.upsert(ids=list(vectors), embeddings=np.stack(list(vectors.values())))
        self._show(audience, vectors)
        shelf.modify(metadata={"mark": mark})

    def nearest(self, audience: str, vector: Vector, count: int) -> list[str]:
        """Keys of the nearest vectors, nearest first; none while the class holds none yet."""
        shelf = self._searched.get(audience)
        return _nearest(shelf, vector, count) if shelf else []

    def _show(self, audience: str, vectors: Mapping[str, Vector]) -> None:
        """Let searches at a collection that holds something.

        Chroma makes a collection's graph at the first question after the first vector; a second question at that moment fails
        ("Nothing found on disk"). So the writer asks it once, alone.
        """
        if audience not in self._searched and vectors:
            _nearest(self._shelves[audience], next(iter(vectors.values())), 1)
            self._searched[audience] = self._shelves[audience]

    def _opened(self) -> "Client":
        if self._client is None:
            raise RuntimeError("the index is closed: open it first")
        return self._client

    def _shelf(self, audience: str) -> "Shelf":
        if audience not in self._shelves:
            self._shelves[audience] = self._opened().get_or_create_collection(
                self._name(audience), embedding_function=None, configuration=SHAPE, metadata={"mark": ""})
        return self._shelves[audience]

    def _name(self, audience: str) -> str:
        return f"{audience}.{self._embedder}"


def kept_in(home: Path, embedder: str) -> Mapping[str, tuple[str, frozenset[str]]]:
    """Of each access class the mark that its collection has seen, and its keys; read from a copy, whoever has the folder open.

    Nothing where there is no index. Raises whatever Chroma raises where it cannot be read.
    """
    file = home / "chroma" / "chroma.sqlite3"
    if not file.is_file():
        return {}
    from chromadb import PersistentClient  # at first use, as above
    from chromadb.config import Settings
    ending = f".{crc32(embedder.encode()):08x}"
    with tempfile.TemporaryDirectory(prefix="yavar-") as folder:
        copy = Path(folder) / file.name
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as whole, closing(sqlite3.connect(copy)) as into:
            whole.backup(into)
        client = PersistentClient(path=folder, settings=Settings(anonymized_telemetry=False, _env_file=None))  # type: ignore[call-arg]
        try:
            return {shelf.name.removesuffix(ending): ((shelf.metadata or {}).get("mark", ""), frozenset(shelf.get(include=[])["ids"]))
                    for shelf in client.list_collections() if shelf.name.endswith(ending)}
        finally:
            cast("Client", client).close()


def _nearest(shelf: "Shelf", vector: Vector, count: int) -> list[str]:
    return shelf.query(query_embeddings=vector[np.newaxis], n_results=count, include=[])["ids"][0]


def _first_free(homes: Sequence[Path]) -> tuple[Path, IO[str]]:
    for home in homes[:-1]:
        home.mkdir(parents=True, exist_ok=True)
        with suppress(IndexBusy):
            return home, _locked(home / "chroma.lock")
    homes[-1].mkdir(parents=True, exist_ok=True)
    return homes[-1], _locked(homes[-1] / "chroma.lock")


def _locked(path: Path) -> IO[str]:
    file = path.open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise IndexBusy(str(path.parent)) from error
    return file


def _batches(keys: Sequence[str]) -> Iterator[list[str]]:
    for at in range(0, len(keys), BATCH):
        yield list(keys[at:at + BATCH])
