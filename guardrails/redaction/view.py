"""A message as the recognisers read it: digits of three scripts as Latin ones, Arabic and Persian letters as one alphabet."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

KINDS = ("password", "code", "card", "account number", "phone", "id number", "e-mail", "secret")
GONE = "\ufdd0"                # stands where something was removed; no recogniser matches across it

_LETTERS = {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ي": "ی", "ى": "ی", "ئ": "ی", "ك": "ک", "ة": "ه", "ۀ": "ه", "ؤ": "و"}
_OTHER = {"İ": "I", "\u200c": " ", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "‐": "-", "‑": "-", "‒": "-", "–": "-", "−": "-"}
# İ is the one letter that lower() makes longer, and a view must keep its length
FOLD = str.maketrans(
    _LETTERS
    | _OTHER
    | {chr(zero + n): str(n) for zero in (0x0660, 0x06F0, 0xFF10) for n in range(10)}
    | {chr(full): chr(full - 0xFEE0) for full in range(0xFF01, 0xFF5F) if not 0xFF10 <= full <= 0xFF19}
)
_CUT = re.compile(rf"\[(?:{'|'.join(KINDS)})\]|[\u0640\u064b-\u065f\u0670]+")   # markers; tatweel and vowel signs


class Span(NamedTuple):
    start: int
    end: int


class View(NamedTuple):
    text: str
    starts: tuple[int, ...]    # where pieces begin in `text`, ascending …
    origins: tuple[int, ...]   # … and where the same pieces begin in the message

    def origin(self, index: int) -> int:
        piece = bisect_right(self.starts, index) - 1
        return self.origins[piece] + index - self.starts[piece]


def view(message: str) -> View:
    pieces: list[str] = []
    starts, origins = [0], [0]
    length = last = 0
    for cut in _CUT.finditer(message):
        pieces.append(message[last : cut.start()])
        length += cut.start() - last
        last = cut.end()
        if cut[0][0] == "[":
            pieces.append(GONE)
            starts.append(length)
            origins.append(cut.start())
            length += 1
        starts.append(length)
        origins.append(last)
    pieces.append(message[last:])
    return View("".join(pieces).translate(FOLD), tuple(starts), tuple(origins))


def fold(pattern: str) -> str:
    """A pattern or word in the alphabet of a view, so that vocabularies can be written as people write."""
    return re.sub("[\u0640\u064b-\u065f\u0670]", "", pattern).translate(FOLD)


def disjoint(spans: Iterable[Span]) -> list[Span]:
    """In the order of the text, overlapping ones joined."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start < joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined
