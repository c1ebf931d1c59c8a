"""What a message says of what came before it: it did not help, it works now, it was something else that was meant, or thanks."""

import tomllib
from collections import Counter
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from itertools import pairwise
from math import sqrt

from knowledge.normalise import words

LIKE = 0.5                     # likeness to a known way of saying it, 0 to 1, from which it is taken so
SHORT = 12                     # words: who says how it went says it briefly
SHORTEST = 4                   # words of thanks: behind more of them there is something else
MISREAD, THANKS, STILL, NEITHER = "misread", "thanks", "still", "neither"


def how_it_went(text: str) -> str | None:
    """`still` or `solved`, when the message is like a known way of saying so."""
    found = reaction(text)
    return found if found not in (MISREAD, THANKS) else None


def reaction(text: str) -> str | None:
    """`still`, `solved`, `misread` or `thanks`, when the message is like a known way of saying so."""
    length = len(text.split())
    if length > SHORT:
        return None
    grams = _grams(text)
    likeness, how = max((_likeness(grams, known), how) for how, phrases in _ways().items() for known in phrases)
    return how if likeness >= LIKE and how != NEITHER and (how != THANKS or length <= SHORTEST) else None


@cache
def _ways() -> Mapping[str, tuple[Counter[str], ...]]:
    known = tomllib.loads(files(__package__).joinpath("outcomes.toml").read_text("utf-8"))
    return {how: tuple(_grams(phrase) for phrases in by_lang.values() for phrase in phrases) for how, by_lang in known.items()}


def _grams(text: str) -> Counter[str]:
    """Whole words, pairs of them, and the letters inside: a `not` or `ن` more is another thing said."""
    found = words(text)
    pairs = [f"{one} {other}" for one, other in pairwise(found)]
    inside = [f" {word} "[at:at + 3] for word in found for at in range(len(word))]
    return Counter([*(f"={word}" for word in found), *pairs, *inside])


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    shared = sum(min(count, other[gram]) for gram, count in one.items())
    return shared / sqrt(max(1, one.total()) * max(1, other.total()))
