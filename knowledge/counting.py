"""Counts the words and grams of texts, text by text: what postings are made of."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from knowledge.grams import GRAM_BITS, WORD_BITS, grams_of, word_hash
from knowledge.normalise import words
from knowledge.stems import stem

AT_ONCE = 256                  # texts counted at a time
RECURRING = 1 << 15            # words whose stem is remembered meanwhile

Ints = NDArray[np.int32]


@dataclass(frozen=True)
class Rows:
    """Which terms stand how often in each text."""

    terms: Ints                # of one text after another
    counts: NDArray[np.uint8]  # of each of them, at most 255
    ends: Ints                 # where each text ends, after a 0
    bits: int                  # of a term

    def by_term(self) -> csr_array:
        """Terms by texts."""
        return csr_array((self.counts, self.terms, self.ends), shape=(len(self.ends) - 1, 1 << self.bits)).T.tocsr()


@dataclass(frozen=True)
class Count:
    words: Rows
    grams: Rows
    lengths: NDArray[np.float32]   # words in each text


def count(texts: Iterable[str]) -> Count:
    by_word, by_gram, lengths = _Growing(WORD_BITS), _Growing(GRAM_BITS), array("f")
    hashed = lru_cache(RECURRING)(lambda word: word_hash(stem(word)))
    rest = iter(texts)
    while some := [words(text) for text in islice(rest, AT_ONCE)]:
        sizes = [len(spelled) for spelled in some]
        lengths.extend(sizes)
        by_word.add(np.fromiter((hashed(word) for spelled in some for word in spelled), dtype=np.int32),
                    np.repeat(np.arange(len(some)), sizes), len(some))
        by_gram.add(*grams_of(some), len(some))
    return Count(by_word.rows(), by_gram.rows(), np.array(lengths, dtype=np.float32))


class _Growing:
    """Rows that grow in place: at 50 000 passages a list of arrays would need twice the memory."""

    def __init__(self, bits: int) -> None:
        self._bits = bits
        self._terms, self._counts, self._ends = array("i"), array("B"), array("i", [0])

    def add(self, hashes: Ints, rows: NDArray[np.intp], count: int) -> None:
        """So many more texts: each of their terms, and in which of them it stands."""
        held = np.sort((rows.astype(np.int64) << self._bits) | hashes)
        first = np.flatnonzero(np.diff(held, prepend=-1))
        often = np.diff(first, append=held.size)
        ends = self._ends[-1] + np.cumsum(np.bincount(held[first] >> self._bits, minlength=count))
        self._terms.frombytes((held[first] & ((1 << self._bits) - 1)).astype(np.int32).tobytes())
        self._counts.frombytes(np.minimum(often, 255).astype(np.uint8).tobytes())
        self._ends.frombytes(ends.astype(np.int32).tobytes())

    def rows(self) -> Rows:
        return Rows(np.asarray(self._terms), np.asarray(self._counts), np.asarray(self._ends), self._bits)
