"""Puts the three retrievers' scores on one scale. Cosines live in 0.75 to 0.95, BM25 has no upper end: only their z-scores can be added.

Where passages stand in several languages, the mean and spread are those of the asker's: else passages of other languages, which
have no word of the question and distant vectors, stretch both scales unevenly.

Meaning weighs as much as wording: the two lexical scores say much the same, so each counts half. And each weighs by the evidence that it
has, the share of the question that the library knows: where a question in another language shares a number or a name with a few
passages, these stand many deviations above the rest by that alone, and would push aside what the vectors found.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.lexical import Scores
from knowledge.ways import ALL_LANGUAGES, OWN_LANGUAGE, WORDING

Floats = NDArray[np.float32]
SMALLEST_SPREAD = 1e-6
OWN = 2.0                      # standard deviations' weights: of a passage's own words and vector,
WAYS = ALL_LANGUAGES + OWN_LANGUAGE + WORDING      # and of the phrasings that ask for it
CHUNK = 4_096


@dataclass(frozen=True)
class Moments:
    """Of a set of vectors, what the mean and spread of its cosines to any question follow from, without touching the vectors again."""

    count: int
    total: NDArray[np.float64]
    products: NDArray[np.float64]       # sum of the outer products

    @classmethod
    def of(cls, vectors: NDArray[np.float16]) -> "Moments":
        dim = vectors.shape[1]
        total, products = np.zeros(dim), np.zeros((dim, dim))
        for at in range(0, len(vectors), CHUNK):
            some = vectors[at:at + CHUNK].astype(np.float64)
            total += some.sum(axis=0)
            products += some.T @ some
        return cls(len(vectors), total, products)

    def __add__(self, other: "Moments") -> "Moments":
        return Moments(self.count + other.count, self.total + other.total, self.products + other.products)

    def spread(self, vector: Floats) -> tuple[float, float]:
        """Mean and standard deviation of the cosines of all these vectors to this one."""
        mean = float(self.total @ vector) / self.count
        square = float(vector @ self.products @ vector) / self.count
        return mean, max(square - mean * mean, 0.0) ** 0.5


def lexical(scores: Scores, among: NDArray[np.bool_] | None = None) -> Floats:
    """The lexical half of every passage's score; its mean and spread are those `among` some passages, or all."""
    words, grams = scores.words_known * _standing(scores.bm25, among), scores.grams_known * _standing(scores.grams, among)
    return np.asarray((words + grams) / 2, dtype=np.float32)


def semantic(cosines: Floats, moments: Moments, vector: Floats) -> Floats:
    """A passage without a vector stands at the mean: neither for nor against it."""
    if moments.count == 0:
        return np.zeros_like(cosines)
    mean, spread = moments.spread(vector)
    if spread < SMALLEST_SPREAD:
        return np.zeros_like(cosines)
    return np.asarray(np.nan_to_num((cosines - mean) / spread), dtype=np.float32)


def with_ways(scores: Floats, standing: NDArray[np.float64]) -> Floats:
    """A passage's own score and the standing of the phrasings that ask for it; one that nobody phrased a question for
    (nan) answers with its own score alone, on the same scale."""
    phrased = ~np.isnan(standing)
    alone = scores * (WAYS / OWN + 1)
    return np.asarray(np.where(phrased, scores + np.nan_to_num(standing), alone), dtype=np.float32)


def best(scores: Floats, count: int) -> Sequence[int]:
    """Rows of the highest scores, in no order."""
    if scores.size <= count:
        return range(scores.size)
    return [int(row) for row in np.argpartition(scores, -count)[-count:]]


def _standing(scores: Floats, among: NDArray[np.bool_] | None) -> Floats:
    some = scores if among is None else scores[among]
    spread = np.float32(some.std())
    return (scores - np.float32(some.mean())) / spread if spread > SMALLEST_SPREAD else np.zeros_like(scores)
