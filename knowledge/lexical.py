"""The lexical half of the search: word BM25 and character 3- to 5-gram TF-IDF over one access class, in memory.

Postings are term-major, so that a question touches only its own terms. Weights that depend on the whole population (inverse document
frequency, lengths of passages) belong to a `View` of the classes that one may see: what one may not see weighs nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from knowledge.counting import Count, count
from knowledge.grams import Terms, hashed_grams, hashed_words
from knowledge.normalise import asked
from knowledge.smallwords import small_words
from knowledge.stems import stem

K1 = 1.2
B = 0.75
MANY = 5_000                        # from this size on, terms in more than a tenth of all passages are left out of the sums:
COMMON = 0.1                        # they decide nothing and hold most of the postings that a question touches
CHUNK = 1 << 21                     # postings weighed at a time, so that a large class needs no second copy of itself
_DAMPED = np.concatenate([[0.0], 1.0 + np.log(np.arange(1, 256))]).astype(np.float32)     # of a count: 1 + ln n

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]


@dataclass(frozen=True)
class Lexical:
    """Postings of one access class, passages in the order given."""

    words: csr_array                # terms by passages, counts
    grams: csr_array
    lengths: Floats                 # words in each passage

    @classmethod
    def of(cls, counted: Count) -> "Lexical":
        return cls(counted.words.by_term(), counted.grams.by_term(), counted.lengths)

    @property
    def size(self) -> int:
        return int(self.lengths.size)


Index = Callable[[Sequence[str]], Lexical]


def index(texts: Sequence[str]) -> Lexical:
    return Lexical.of(count(texts))


def _telling(question: str) -> list[tuple[str, ...]]:
    """The words of a question that tell its subject; all of them if none does."""
    spelled = asked(question)
    return [forms for forms in spelled if forms[0] not in small_words()] or spelled


def _stems(spelled: Iterable[str]) -> Terms:
    return hashed_words(stem(word) for word in spelled)


@dataclass(frozen=True)
class Scores:
    bm25: Floats                    # of every passage of the view, classes one after another
    grams: Floats                   # cosine, 0..1
    words_known: float = 1.0        # which share of the question's words, by weight, any passage has at all: 0..1
    grams_known: float = 1.0        # and of its grams


class View:
    """The classes that one may see, weighed together."""

    def __init__(self, classes: Sequence[Lexical]) -> None:
        self._classes = tuple(classes)
        self.size = sum(one.size for one in classes)

    def prepare(self) -> None:
        """Compute now what the first question would have to wait for."""
        if self._classes:
            _ = self._word_idf, self._gram_norms, self._mean_length

    def scores(self, question: str) -> Scores:
        telling = _telling(question)
        spelled = [form for forms in telling for form in forms]
        words, grams = [_stems(forms)[0] for forms in telling], hashed_grams(spelled)
        return Scores(self._bm25(_stems(spelled)), self._cosines(grams), self._words_known(words), self._grams_known(grams))

    def likeness(self, question: str) -> Floats:
        """The spelling alone: the cosine of its grams with each passage's, 0..1."""
        return self._cosines(hashed_grams([form for forms in _telling(question) for form in forms]))

    def covered(self, question: str, passages: Sequence[int]) -> Floats:
        """Which share of the question's words, by weight, each passage has (0..1). A word that no passage has counts in full."""
        spelled = [_stems(forms)[0] for forms in _telling(question)]
        if not spelled:
            return np.zeros(len(passages), dtype=np.float32)
        weights = self._weights(spelled)
        having = self._having(np.concatenate(spelled), passages)
        starts = np.cumsum([0, *(terms.size for terms in spelled[:-1])])
        return np.asarray(weights @ np.logical_or.reduceat(having, starts) / weights.sum(), dtype=np.float32)

    def _weights(self, spelled: Sequence[Ints]) -> Floats:
        """Of each word, by its commonest spelling."""
        return np.array([self._word_idf[terms].min() for terms in spelled], dtype=np.float32)

    def _words_known(self, spelled: Sequence[Ints]) -> float:
        return _share(self._weights(spelled), np.array([self._word_held[terms].any() for terms in spelled], dtype=np.bool_))

    def _grams_known(self, asked_for: Terms) -> float:
        return _share(self._gram_idf[asked_for[0]] ** 2, self._gram_held[asked_for[0]] > 0)

    def _having(self, terms: Ints, passages: Sequence[int]) -> NDArray[np.bool_]:
        """Terms by passages: which has which."""
        places = {row: place for place, row in enumerate(passages)}
        having = np.zeros((terms.size, len(passages)), dtype=np.bool_)
        start = 0
        for one in self._classes:
            hit = one.words[terms]
            here = np.flatnonzero(np.isin(hit.indices + start, passages))
            of_term = np.searchsorted(hit.indptr, here, side="right") - 1
            having[of_term, [places[int(row)] for row in hit.indices[here] + start]] = True
            start += one.size
        return having

    def _bm25(self, asked_for: Terms) -> Floats:
        terms = asked_for[0][self._rare(self._word_held[asked_for[0]])]
        weights = self._word_idf[terms] * (K1 + 1)
        parts = []
        for one in self._classes:
            hit = one.words[terms]
            often = hit.data.astype(np.float32)
            damp = (K1 * (1 - B) + K1 * B / self._mean_length * one.lengths)[hit.indices]
            gained = np.repeat(weights, np.diff(hit.indptr)) * often / (often + damp)
            parts.append(np.bincount(hit.indices, gained, minlength=one.size))
        return np.concatenate(parts).astype(np.float32)

    def _cosines(self, asked_for: Terms) -> Floats:
        idf = self._gram_idf[asked_for[0]]
        wanted = _DAMPED[asked_for[1]] * idf
        length = float(np.linalg.norm(wanted)) or 1.0
        rare = self._rare(self._gram_held[asked_for[0]])
        terms, weights = asked_for[0][rare], (wanted * idf)[rare]
        parts = []
        for one, norms in zip(self._classes, self._gram_norms, strict=True):
            hit = one.grams[terms]
            gained = np.repeat(weights, np.diff(hit.indptr)) * _DAMPED[hit.data]
            parts.append(np.bincount(hit.indices, gained, minlength=one.size) / norms)
        return (np.concatenate(parts) / length).astype(np.float32)

    def _rare(self, held: Ints) -> NDArray[np.bool_]:
        return (held > 0) & (held <= (self.size * COMMON if self.size > MANY else self.size))

    @cached_property
    def _mean_length(self) -> float:
        return max(1.0, sum(float(one.lengths.sum()) for one in self._classes) / max(1, self.size))

    @cached_property
    def _word_held(self) -> Ints:
        return _held([one.words for one in self._classes])

    @cached_property
    def _gram_held(self) -> Ints:
        return _held([one.grams for one in self._classes])

    @cached_property
    def _word_idf(self) -> Floats:
        return self._by_holding(lambda held: np.log1p((self.size - held + 0.5) / (held + 0.5), dtype=np.float32))[self._word_held]

    @cached_property
    def _gram_idf(self) -> Floats:
        return self._by_holding(lambda held: np.log((1 + self.size) / (1 + held), dtype=np.float32) + np.float32(1))[self._gram_held]

    def _by_holding(self, weigh: Callable[[Ints], Floats]) -> Floats:
        """A weight for each number of passages that may have a term: few numbers, where there are a million terms."""
        return weigh(np.arange(self.size + 1, dtype=np.int32))

    @cached_property
    def _gram_norms(self) -> list[Floats]:
        return [_norms(one.grams, self._gram_idf) for one in self._classes]


def _share(weights: Floats, known: NDArray[np.bool_]) -> float:
    return float(weights[known].sum() / weights.sum()) if weights.size else 0.0


def _held(postings: Sequence[csr_array]) -> Ints:
    """In how many passages each term stands."""
    held: Ints = np.sum([np.diff(one.indptr) for one in postings], axis=0, dtype=np.int32)
    return held


def _norms(postings: csr_array, idf: Floats) -> Floats:
    """The length of each passage as a vector of weighted grams."""
    ends = np.asarray(postings.indptr)
    squares = np.zeros(postings.shape[1])
    at = 0
    while at < idf.size:
        to = max(at + 1, int(np.searchsorted(ends, ends[at] + CHUNK, side="right")) - 1)
        some = slice(ends[at], ends[to])
        weights = np.repeat(idf[at:to], np.diff(ends[at:to + 1])) * _DAMPED[postings.data[some]]
        squares += np.bincount(postings.indices[some], weights * weights, minlength=squares.size)
        at = to
    return np.maximum(np.sqrt(squares), 1e-9).astype(np.float32)
