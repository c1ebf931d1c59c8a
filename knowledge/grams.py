"""Words and character n-grams as numbers: a hashed vocabulary that needs no table and grows with nothing."""

from collections.abc import Iterable, Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

WORD_BITS = 18
GRAM_BITS = 20
SIZES = (3, 4, 5)

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)      # 2**64 / golden ratio: spreads neighbouring code points
_SEEDS = {size: np.uint64(size * 0x1000193) for size in SIZES}

Terms = tuple[NDArray[np.int32], NDArray[np.uint8]]     # hashes in rising order, how often each occurs (at most 255)


def hashed_words(words: Iterable[str]) -> Terms:
    return _counted(np.fromiter(map(word_hash, words), dtype=np.int32))


def word_hash(word: str) -> int:
    return crc32(word.encode()) >> (32 - WORD_BITS)


def hashed_grams(words: Sequence[str]) -> Terms:
    """The 3- to 5-grams inside each word, its blank edges included."""
    return _counted(grams_of([words])[0])


def grams_of(texts: Sequence[Sequence[str]]) -> tuple[NDArray[np.int32], NDArray[np.intp]]:
    """The hash of each gram of these texts, and the number of its text: many at once are hashed no slower than one."""
    spaced = ["".join(f" {word}" for word in words) for words in texts]
    text = np.frombuffer(f"{''.join(spaced)} ".encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    blank = text == ord(" ")
    hashes, places = zip(*(_windows(text, blank, size) for size in SIZES), strict=True)
    ends = np.cumsum([len(one) for one in spaced])
    return np.concatenate(hashes), np.searchsorted(ends, np.concatenate(places), side="right")


def _windows(text: NDArray[np.uint64], blank: NDArray[np.bool_], size: int) -> tuple[NDArray[np.int32], NDArray[np.intp]]:
    """The hashes of one size of grams, and where each begins."""
    count = text.size - size + 1
    if count <= 0:
        return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.intp)
    hashed = np.full(count, _SEEDS[size], dtype=np.uint64)
    across = np.zeros(count, dtype=np.bool_)      # a blank inside: the window spans two words
    for at in range(size):
        hashed = (hashed ^ text[at:at + count]) * _MULTIPLIER
        hashed ^= hashed >> np.uint64(29)
        if 0 < at < size - 1:
            across |= blank[at:at + count]
    inside = np.flatnonzero(~across)
    return (hashed[inside] >> np.uint64(64 - GRAM_BITS)).astype(np.int32), inside


def _counted(hashes: NDArray[np.int32]) -> Terms:
    distinct, counts = np.unique(hashes, return_counts=True)
    return distinct.astype(np.int32), np.minimum(counts, 255).astype(np.uint8)
