"""A line of a PDF in the order in which it is read.

A PDF says where each letter is drawn, and most readers give letters from the left to the right: Arabic and Persian come out backwards.
Here a line is ordered by place, then read from the side where it begins; what runs the other way inside it is turned round.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

GAP = 0.15                     # of a letter's width, between two letters that are of two words: a space that nobody wrote
PAIRS = str.maketrans("()[]{}«»<>‹›", ")(][}{»«><›‹")


class Side(StrEnum):
    RIGHT = "right"            # letters that run from right to left
    LEFT = "left"
    DIGIT = "digit"
    NEITHER = "neither"


@dataclass(frozen=True, kw_only=True)
class Glyph:
    text: str                  # more than one letter for a ligature, in the order in which it is read
    left: float
    right: float

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2

    @property
    def is_mark(self) -> bool:
        return all(unicodedata.category(char) == "Mn" for char in self.text)

    @property
    def side(self) -> Side:
        kinds = {unicodedata.bidirectional(char) for char in self.text}
        if kinds & {"R", "AL"}:
            return Side.RIGHT
        if "L" in kinds:
            return Side.LEFT
        return Side.DIGIT if kinds & {"EN", "AN"} else Side.NEITHER


def logical(glyphs: Sequence[Glyph]) -> str:
    """The line's text, whichever way it runs."""
    placed = _spaced(_marked([glyph for glyph in glyphs if glyph.text]))
    letters = [glyph.side for glyph in placed]
    backwards = letters.count(Side.RIGHT) > 0 and letters.count(Side.RIGHT) >= letters.count(Side.LEFT)
    read = _from_the_right(placed) if backwards else _from_the_left(placed)
    return "".join(glyph.text for glyph in read)


def _marked(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """From left to right, each mark behind the letter that it is drawn at."""
    placed = sorted((one for one in glyphs if not one.is_mark), key=lambda one: one.middle)
    for mark in (one for one in glyphs if one.is_mark):
        bases = [at for at, one in enumerate(placed) if one.text.strip()]
        if bases:
            at = min(bases, key=lambda at: abs(placed[at].middle - mark.middle))
            placed[at] = replace(placed[at], text=placed[at].text + mark.text)
    return placed


def _spaced(glyphs: Sequence[Glyph]) -> list[Glyph]:
    found: list[Glyph] = []
    for glyph in glyphs:
        before = found[-1] if found else glyph
        width = max(glyph.right - glyph.left, before.right - before.left)
        if glyph.left - before.right > max(GAP * width, 1.0) and glyph.text.strip() and before.text.strip():
            found.append(Glyph(text=" ", left=before.right, right=glyph.left))
        found.append(glyph)
    return found


def _from_the_left(glyphs: Sequence[Glyph]) -> list[Glyph]:
    found: list[Glyph] = []
    for run, turned in _runs(glyphs, {Side.RIGHT}, {Side.DIGIT, Side.NEITHER}):
        found += _from_the_right(run) if turned else run
    return found


def _from_the_right(glyphs: Sequence[Glyph]) -> list[Glyph]:
    found: list[Glyph] = []
    outside: list[int] = []
    for run, turned in _runs(glyphs[::-1], {Side.LEFT, Side.DIGIT}, {Side.NEITHER}):
        if not turned:
            outside += range(len(found), len(found) + len(run))
        found += _turned(run) if turned else run
    return _mirrored(found, outside)


def _runs(glyphs: Sequence[Glyph], strong: set[Side], weak: set[Side]) -> Iterator[tuple[Sequence[Glyph], bool]]:
    """What runs the other way, True, from its first strong glyph to its last; and what lies between."""
    at = begins = 0
    while at < len(glyphs):
        if glyphs[at].side not in strong:
            at += 1
            continue
        ends = following = at + 1
        while following < len(glyphs) and glyphs[following].side in strong | weak:
            following += 1
            ends = following if glyphs[following - 1].side in strong else ends
        yield glyphs[begins:at], False
        yield glyphs[at:ends], True
        at = begins = ends
    yield glyphs[begins:], False


def _turned(run: Sequence[Glyph]) -> list[Glyph]:
    """Words as they are; numbers alone each for itself, since a row of numbers runs with the line."""
    if any(glyph.side is Side.LEFT for glyph in run):
        return list(run[::-1])
    found: list[Glyph] = []
    number: list[Glyph] = []
    for glyph in run:
        if glyph.text.isspace():
            found += [*number[::-1], glyph]
            number = []
        else:
            number.append(glyph)
    return [*found, *number[::-1]]


def _mirrored(glyphs: list[Glyph], outside: Sequence[int]) -> list[Glyph]:
    """Some programs write a bracket as it is drawn: closing ones before opening ones. Then each is the other."""
    said = "".join(char for at in outside for char in glyphs[at].text if char in "()[]{}«»")
    if not said or said[0] not in ")]}»":
        return glyphs
    fixed = list(glyphs)
    for at in outside:
        fixed[at] = replace(glyphs[at], text=glyphs[at].text.translate(PAIRS))
    return fixed
