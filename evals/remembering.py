"""An embedder that embeds each text once a run: a suite, its peers and the next suite ask for the same ones."""

from collections.abc import Sequence

import numpy as np

from knowledge.embedder import Embedder, Vector, Vectors


class Remembering:
    def __init__(self, inner: Embedder) -> None:
        self._inner = inner
        self.id, self.dim = inner.id, inner.dim
        self._queries: dict[str, Vector] = {}
        self._passages: dict[str, Vector] = {}

    async def query(self, text: str) -> Vector:
        if text not in self._queries:
            self._queries[text] = await self._inner.query(text)
        return self._queries[text]

    async def passages(self, texts: Sequence[str]) -> Vectors:
        for text in texts:
            if text not in self._passages:
                self._passages[text] = (await self._inner.passages([text]))[0]
        return np.stack([self._passages[text] for text in texts]) if texts else np.zeros((0, self.dim), dtype=np.float32)
