"""Which language a message is in: by letters and function words, fitted on the corpus, never by a name or a place.

Product names say nothing («VPN وصل نمیشه» is Persian, "ok" is anybody's), a turn of one word keeps the language of the conversation, and
a language that is not spoken here is called `other`. Arabizi is answered in Arabic, Finglish in Persian.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, cast
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from desk.people import Lang
from guardrails.signals.features import grams, tidy
from guardrails.signals.heads import Array, HeadsMissing, likelihood, write

BITS = 15
SPOKEN = ("en", "ar", "fa", "arabizi", "finglish")
ANSWERED: Mapping[str, Lang] = {"en": "en", "ar": "ar", "fa": "fa", "arabizi": "ar", "finglish": "fa"}
SURE, SURE_OF_ONE_WORD = 0.8, 0.95
# English in any company: an error message quoted in a Persian sentence makes nobody's words of these.
FUNCTION_WORDS = frozenset({
    "a", "an", "the", "my", "your", "our", "his", "her", "their", "its", "you", "he", "she", "we", "they", "it", "me", "us", "them", "this",
    "that", "is", "are", "was", "were", "be", "been", "am", "do", "does", "did", "don't", "doesn't", "didn't", "can", "can't", "cannot",
    "could", "will", "won't", "would", "should", "have", "has", "had", "not", "no", "and", "or", "but", "if", "so", "to", "of", "on", "in",
    "at", "for", "from", "with", "by", "out", "up", "too", "very", "many", "much", "more", "some", "any", "all", "what", "when", "where",
    "who", "why", "how", "which", "please", "get", "got", "there", "here", "just", "still",
})

LATIN_WORD = re.compile(r"[a-z0-9\u00c0-\u024f']*[a-z\u00c0-\u024f][a-z0-9\u00c0-\u024f']*")
ARABIC_WORD = re.compile("[\u0620-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]+")
ADDRESS = re.compile(r"\S+@\S+|https?://\S+|\\\\\S+")
ELSEWHERE = re.compile("[\u0370-\u05ff\u0700-\u074f\u0780-\u1fff\u2c00-\u2dff\u3040-\ud7af]")      # Greek to Hebrew, Indic, East Asian
NEIGHBOURS = re.compile("[ٹڈڑںےھۃێۆڵڕەڤېۍړښږټډځڅ]")      # letters of Urdu, Kurdish and Pashto that neither Arabic nor Persian has
NEIGHBOURLY = 2                # so many of them: one may be a slip of the keyboard

# Asked only of longer Latin texts: a model of all languages takes Arabizi for Kabyle and Finglish for Malay, but it knows its French.
FOREIGN = frozenset({"fr", "de", "es", "it", "pt", "tr", "nl", "pl", "sv", "da", "no", "fi", "cs", "ro", "hu", "id", "vi", "az", "ku"})
FOREIGN_WORDS, FOREIGN_BY = 4, 20.0     # words at least, and how much likelier (log) than English
OWN = 0.9                      # so sure of Arabizi or Finglish, and nobody else is asked


@dataclass(frozen=True, kw_only=True)
class Tongue:
    lang: Lang                 # of the answer
    spoken: str                # en, ar, fa, arabizi, finglish or other
    sure: bool


@dataclass(frozen=True, kw_only=True)
class Ear:
    """What was fitted on the corpus: weights of n-grams and letters, and words that more than one language uses."""

    weights: Array                 # (2 ** BITS, len(SPOKEN))
    offset: Array
    scale: Array
    shift: Array
    shared: frozenset[str]         # words that say nothing alone

    def among(self, text: str, *, letters: bool, choices: tuple[str, ...]) -> dict[str, float]:
        """Probability of each choice; they sum to 1."""
        found = marks(text, letters=letters)
        score = self.weights[found].sum(axis=0) / np.sqrt(max(1, found.size)) + self.offset
        columns = [SPOKEN.index(choice) for choice in choices]
        shares = likelihood((score * self.scale + self.shift)[columns])
        return {choice: float(share) for choice, share in zip(choices, shares, strict=True)}


@lru_cache(maxsize=256)        # a turn asks for its own message several times
def identify(text: str, last: Lang | None = None) -> Tongue:
    """`last` is the language of the conversation so far, kept by a message that doesn't say."""
    plain = ADDRESS.sub(" ", text.lower())
    if len(ELSEWHERE.findall(plain)) > sum(map(len, LATIN_WORD.findall(plain))) + sum(map(len, ARABIC_WORD.findall(plain))):
        return Tongue(lang=last or "en", spoken="other", sure=True)
    ear = shipped_ear()
    arabic = ARABIC_WORD.findall(plain)
    latin = [word for word in LATIN_WORD.findall(plain) if word not in ear.shared and len(word) > 1]
    if arabic and 2 * len(arabic) >= len(latin):
        return _of_arabic_script(" ".join(arabic), len(arabic), last, ear)
    if latin:
        return _of_latin_script(plain, latin, last, ear)
    return Tongue(lang=last or "en", spoken=last or "en", sure=False)


def marks(text: str, *, letters: bool = True) -> NDArray[np.int64]:
    """Hashed n-grams of a text, and its letters as they were typed (ی or ي) where they count."""
    typed = {f"letter {char}" for char in text if char.isalpha()} if letters else set()
    return np.unique(np.fromiter((crc32(mark.encode()) >> (32 - BITS) for mark in grams(tidy(text)) | typed), dtype=np.int64))


def _of_arabic_script(arabic: str, words: int, last: Lang | None, ear: Ear) -> Tongue:
    if len(NEIGHBOURS.findall(arabic)) >= NEIGHBOURLY:
        return Tongue(lang=last or "fa", spoken="other", sure=True)
    shares = ear.among(arabic, letters=True, choices=("ar", "fa"))
    spoken: Lang = "ar" if shares["ar"] >= shares["fa"] else "fa"
    sure = shares[spoken] >= SURE if words > 1 else shares[spoken] >= SURE_OF_ONE_WORD and tidy(arabic) not in ear.shared
    if not sure and last in ("ar", "fa"):
        spoken = last
    return Tongue(lang=spoken, spoken=spoken, sure=sure)


def _of_latin_script(plain: str, latin: list[str], last: Lang | None, ear: Ear) -> Tongue:
    shares = ear.among(" ".join(latin), letters=False, choices=("en", "arabizi", "finglish"))
    spoken = max(shares, key=shares.__getitem__)
    if len(latin) >= FOREIGN_WORDS and (spoken == "en" or shares[spoken] < OWN) and _foreign(plain):
        return Tongue(lang=last or "en", spoken="other", sure=True)
    if last and (len(latin) == 1 or shares[spoken] < SURE):
        return Tongue(lang=last, spoken=spoken if ANSWERED[spoken] == last else last, sure=False)
    return Tongue(lang=ANSWERED[spoken], spoken=spoken, sure=shares[spoken] >= SURE and len(latin) > 1)


def _foreign(plain: str) -> bool:
    ranked = dict(_all_languages().rank(plain))
    likeliest = max(ranked, key=ranked.__getitem__)
    return likeliest in FOREIGN and ranked[likeliest] - ranked["en"] >= FOREIGN_BY


@cache
def _all_languages() -> Any:
    import py3langid  # at first use: unpacking its model takes half a second

    return py3langid


@cache
def shipped_ear() -> Ear:
    """The fitted ear in the package; read at the first call and kept. Raises HeadsMissing."""
    with as_file(files("guardrails").joinpath("heads", "language.npz")) as path:
        return load_ear(path)


def load_ear(path: Path) -> Ear:
    try:
        with np.load(path, allow_pickle=False) as kept:
            return Ear(weights=kept["weights"].astype(np.float32), offset=kept["offset"], scale=kept["scale"], shift=kept["shift"],
                       shared=frozenset(cast(str, word) for word in kept["shared"].tolist()))
    except (OSError, KeyError, ValueError) as error:
        raise HeadsMissing(str(error)) from error


def save_ear(ear: Ear, path: Path) -> None:
    write(path, {"weights": ear.weights.astype(np.float16), "offset": ear.offset, "scale": ear.scale, "shift": ear.shift,
                 "shared": np.array(sorted(ear.shared))})
