"""A message as features: character n-grams of its spelling, of its consonants, and the concepts that it touches.

Spelling carries what an embedding blurs (product names, dialect, typos). Consonants let `vasl nemishe` meet «وصل نمیشه» and
`ma byefta7` meet «ما بيفتح». Concepts say in one vocabulary what three languages say in three.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import combinations
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from knowledge.normalise import ZWNJ, fold

SPELLING_BITS, SOUND_BITS = 16, 14
SIZES = range(2, 6)
LONGEST = 2000                 # characters that are read; an order to the machine may stand at either end of a long text

REPEATED = re.compile(r"(.)\1{2,}")
DIGIT = re.compile(r"\d")
WORD = re.compile(r"[\w']+")
ARABIC_SCRIPT = re.compile("[\u0600-\u06ff]")
JOINED = re.compile("^([وفبلکعه]?(?:ال|لل)|[وفبلکه])(?=..)")        # conjunction, preposition and article, written onto an Arabic word

DIGRAPHS = (("kh", "خ"), ("sh", "ش"), ("ch", "ش"), ("gh", "غ"), ("th", "ث"), ("dh", "ذ"), ("ph", "ف"), ("چ", "ش"))
SOUNDS = str.maketrans(
    dict.fromkeys("aeiouwyvاویءعئؤ'’3", "")
    | dict(zip("بپتطثسصجحهخدذزضظژرشغقفکگلمن", "bbttsssjhhxdzzzzzrcqqfkklmn", strict=True))
    | {"2": "q", "5": "x", "6": "t", "7": "h", "8": "q", "9": "q", "p": "b", "g": "k"}      # digits for letters, as in `7ad` and `9albi`
)


@dataclass(frozen=True)
class Features:
    """Which features occur; each at most once, in rising order."""

    spelling: NDArray[np.int64]
    sound: NDArray[np.int64]
    concepts: NDArray[np.int64]    # single ones first, then pairs


def features(text: str) -> Features:
    plain = tidy(text)
    return Features(_hashed(grams(plain), SPELLING_BITS), _hashed(grams(sound(text)), SOUND_BITS), _indices(concepts(plain)))


def tidy(text: str) -> str:
    """One spelling: folded letters, ZWNJ as a space, every digit 0, a letter drawn out written once.

    >>> tidy("Pleeease  کمکم کنید تیکت ۱۲۳۴")
    'please کمکم کنید تیکت 0000'
    """
    return " ".join(DIGIT.sub("0", REPEATED.sub(r"\1", fold(_both_ends(text)).replace(ZWNJ, " "))).split())


def sound(text: str) -> str:
    """The consonants in Latin letters, whatever the script.

    >>> sound("vasl nemishe"), sound("وصل نمی‌شه")
    ('sl nmc', 'sl nm ch')
    """
    plain = re.sub(r"(?<!\w)\d+(?!\w)", " ", fold(_both_ends(text)).replace(ZWNJ, " "))
    for pair, letter in DIGRAPHS:
        plain = plain.replace(pair, letter)
    return " ".join(re.sub(r"[^\w ]", " ", re.sub(r"(.)\1+", r"\1", plain.translate(SOUNDS))).split())


def grams(text: str) -> set[str]:
    """The 2- to 5-grams inside each word, its blank edges included."""
    found: set[str] = set()
    for word in text.split():
        edged = f" {word} "
        for size in SIZES:
            found.update(edged[at:at + size] for at in range(max(1, len(edged) - size + 1)))
    return found


def concepts(tidied: str) -> list[int]:
    """Numbers of the concepts that a tidied text touches, in rising order."""
    book = _book()
    words = WORD.findall(tidied)
    return sorted({number for at in range(len(words)) for number in book.starting(words, at)})


def how_many_concepts() -> int:
    """Length of the concept block: the single ones and all pairs."""
    single = len(_book().names)
    return single + single * (single - 1) // 2


def _both_ends(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST // 2] + " " + text[-LONGEST // 2:]


def _hashed(found: Iterable[str], bits: int) -> NDArray[np.int64]:
    return np.unique(np.fromiter((crc32(gram.encode()) >> (32 - bits) for gram in found), dtype=np.int64))


def _indices(touched: Sequence[int]) -> NDArray[np.int64]:
    single = len(_book().names)
    pairs = (single + low * (2 * single - low - 1) // 2 + high - low - 1 for low, high in combinations(touched, 2))
    return np.array([*touched, *pairs], dtype=np.int64)


@dataclass(frozen=True)
class Phrase:
    words: tuple[str, ...]
    open_ended: tuple[bool, ...]   # the word stands for all that begin with it
    concept: int
    arabic: bool                   # the words may carry what Arabic writes onto a word


class Book:
    """The concept list, found by first word."""

    def __init__(self, concepts: dict[str, dict[str, list[str]]]) -> None:
        self.names = tuple(concepts)
        self._whole: dict[str, list[Phrase]] = {}
        self._begun: dict[str, list[Phrase]] = {}
        for number, entries in enumerate(concepts.values()):
            for lang, texts in entries.items():
                for text in texts:
                    self._add(_phrase(text, number, lang))

    def starting(self, words: Sequence[str], at: int) -> Iterator[int]:
        """Concepts of the phrases that begin at a word."""
        for form, stripped in _forms(words[at]):
            for phrase in self._whole.get(form, ()):
                if (phrase.arabic or not stripped) and _goes_on(phrase, words, at):
                    yield phrase.concept
            for length in range(1, len(form) + 1):
                for phrase in self._begun.get(form[:length], ()):
                    if (phrase.arabic or not stripped) and _goes_on(phrase, words, at):
                        yield phrase.concept

    def _add(self, phrase: Phrase) -> None:
        shelf = self._begun if phrase.open_ended[0] else self._whole
        shelf.setdefault(phrase.words[0], []).append(phrase)


def _phrase(text: str, concept: int, lang: str) -> Phrase:
    parts = re.findall(r"[\w']+\*?", tidy(text))
    return Phrase(tuple(part.rstrip("*") for part in parts), tuple(part.endswith("*") for part in parts), concept,
                  lang == "ar" and bool(ARABIC_SCRIPT.search(text)))


def _forms(word: str) -> list[tuple[str, bool]]:
    bare = JOINED.sub("", word)
    return [(word, False)] if bare == word else [(word, False), (bare, True)]


def _goes_on(phrase: Phrase, words: Sequence[str], at: int) -> bool:
    if at + len(phrase.words) > len(words):
        return False
    for offset in range(1, len(phrase.words)):
        wanted, open_ended = phrase.words[offset], phrase.open_ended[offset]
        if not any((form.startswith(wanted) if open_ended else form == wanted) and (phrase.arabic or not stripped)
                   for form, stripped in _forms(words[at + offset])):
            return False
    return True


@cache
def _book() -> Book:
    return Book(tomllib.loads(files("guardrails").joinpath("signals", "concepts.toml").read_text("utf-8")))
