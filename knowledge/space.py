"""Spreads an embedder's vectors out before questions are compared with questions.

The multilingual vectors lie in a narrow cone, those of one language together. Taking off each language's mean and flattening the spectrum
half way lets the subject decide rather than the language.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desk.people import LANGS, Lang

FLATTEN = 0.5                  # 0 leaves the spectrum, 1 makes it white
FEWEST = 1_000                 # vectors from which a space is worth fitting

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Space:
    means: Mapping[Lang, Floats]
    matrix: Floats

    @classmethod
    def fit(cls, vectors: Floats, langs: list[Lang]) -> "Space":
        """From vectors of questions in all languages, the row's language beside each."""
        of = np.array(langs)
        means = {lang: vectors[of == lang].mean(axis=0) if (of == lang).any() else vectors.mean(axis=0) for lang in LANGS}
        centred = vectors - np.stack([means[lang] for lang in langs])
        _, spread, axes = np.linalg.svd(centred, full_matrices=False)
        scale = np.maximum(spread / np.sqrt(len(vectors)), 1e-6) ** -FLATTEN
        return cls(means, (axes.T * scale).astype(np.float32))

    @classmethod
    def plain(cls, dim: int) -> "Space":
        """Where nothing was fitted for an embedder."""
        return cls({lang: np.zeros(dim, dtype=np.float32) for lang in LANGS}, np.eye(dim, dtype=np.float32))

    @property
    def dim(self) -> int:
        return len(self.matrix)

    def place(self, vectors: Floats, lang: Lang) -> Floats:
        """Vectors of one language, (n, dim) or (dim,), placed and of unit length."""
        placed = (vectors - self.means[lang]) @ self.matrix
        return np.asarray(placed / np.maximum(np.linalg.norm(placed, axis=-1, keepdims=True), 1e-9), dtype=np.float32)

    def save(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        means = {f"mean_{lang}": mean.astype("<f4") for lang, mean in self.means.items()}
        np.savez(file, allow_pickle=False, matrix=self.matrix.astype("<f2"), **means)

    @classmethod
    def load(cls, file: Path) -> "Space | None":
        if not file.exists():
            return None
        with np.load(file) as saved:
            return cls({lang: saved[f"mean_{lang}"].astype(np.float32) for lang in LANGS}, saved["matrix"].astype(np.float32))
