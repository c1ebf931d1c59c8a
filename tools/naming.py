"""Finds the asset that a message names: in any of its languages and scripts, joined or apart, with a slip of the finger."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from knowledge.normalise import words
from knowledge.stems import stem
from tools.assets import Asset

WINDOW = 4                     # words of a message that may make one name
LONG, LONGER = 5, 9            # letters from which one slip, and two, are forgiven


@dataclass(frozen=True, order=True)
class _Match:
    exact: bool
    precedence: int            # minus the asset's place in the file
    letters: int
    before: int                # minus the place in the message
    asset: str


def named(text: str, assets: Sequence[Asset]) -> Asset | None:
    """The asset that the message names: exactly before nearly, the one declared first before the others."""
    spoken: dict[str, int] = {}
    for at, form in _windows(_tokens(text)):
        spoken.setdefault(form, at)
    matches = [_Match(exact, -place, len(name), -at, asset.id) for place, asset in enumerate(assets)
               for name, forms in _names((asset.id, asset.name.en, asset.name.ar, asset.name.fa, *asset.aliases))
               for exact, at in _heard(name, forms, spoken)]
    return next(asset for asset in assets if asset.id == max(matches).asset) if matches else None


def _heard(name: str, forms: frozenset[str], spoken: Mapping[str, int]) -> Iterator[tuple[bool, int]]:
    for form in forms:
        if form in spoken:
            yield True, spoken[form]
            return
    slips = 2 if len(name) >= LONGER else 1 if len(name) >= LONG else 0
    for form, at in spoken.items() if slips else ():
        if form[0] == name[0] and abs(len(form) - len(name)) <= slips and distance(form, name, slips) <= slips:
            yield False, at
            return


@lru_cache(maxsize=512)
def _names(said: tuple[str, ...]) -> tuple[tuple[str, frozenset[str]], ...]:
    """Each name without gaps, with its stemmed form."""
    found = []
    for name in said:
        tokens = _tokens(name)
        if tokens:
            found.append(("".join(tokens), frozenset({"".join(tokens), "".join(stem(token) for token in tokens)})))
    return tuple(found)


def _tokens(text: str) -> list[str]:
    """Folded words; of one written with a joiner or hyphen the parts alone, since windows join them again."""
    tokens, parts = words(text), []
    for at, token in enumerate(tokens):
        earlier = {"".join(tokens[at - length:at]) for length in range(2, 5) if at >= length}
        if token not in earlier:
            parts.append(token)
    return parts


def _windows(tokens: list[str]) -> Iterator[tuple[int, str]]:
    for at in range(len(tokens)):
        for length in range(1, min(WINDOW, len(tokens) - at) + 1):
            span = tokens[at:at + length]
            for form in dict.fromkeys(("".join(span), "".join([stem(span[0]), *span[1:]]), "".join(stem(token) for token in span))):
                yield at, form


def distance(one: str, other: str, most: int) -> int:
    """Slips between two words: a letter too many, too few, another, or two swapped. Stops counting beyond `most`.

    >>> distance("outlok", "outlook", 2), distance("portla", "portal", 2)
    (1, 1)
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        older, before, row = before, row, [at]
        for to, wanted in enumerate(other, 1):
            cost = min(before[to] + 1, row[to - 1] + 1, before[to - 1] + (letter != wanted))
            if at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == wanted:
                cost = min(cost, older[to - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
