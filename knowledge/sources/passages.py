"""Cuts a converted text into passages: by its headings, long sections at their paragraphs, tables and code never.

Every character that says something is in exactly one passage, or in a heading that the passages below it carry as their path.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, takewhile

from knowledge.sources.layout import Heading, Layout

MOST = 1600                # characters of a passage: about what the embedder reads; a table or a block of code may be longer
LEAST = 240                # below it a section is joined with a neighbour that is as short
SENTENCE = re.compile(r"[.!?؟۔…]['\")\]»]*\s+")
SPACE = re.compile(r"\s+")
NEVER_FIRST = frozenset({"Mn", "Me", "Mc", "Cf"})      # belong to the letter before them


@dataclass(frozen=True, kw_only=True)
class Piece:
    begins: int                # characters into the text
    ends: int
    path: tuple[str, ...]      # the headings that it stands under, the outermost first


@dataclass(frozen=True, kw_only=True)
class _Section(Piece):
    head: int | None           # where the last heading of the path begins; None where that is not its own

    @property
    def length(self) -> int:
        return self.ends - self.begins


def cut(text: str, *, plain: bool = False) -> list[Piece]:
    """Passages in the order of the text, whose lines end with \\n alone. `plain`: nothing in it is markup."""
    layout = Layout.plain(text) if plain else Layout.of(text)
    joined = _joined(_sections(text, layout))
    return [piece for section in joined for piece in _parts(text, section, layout)]


def _sections(text: str, layout: Layout) -> list[_Section]:
    """One for what stands before the first heading, and one for each heading with words below it.

    From the last to the first: a heading without a word below it is in the path of those under it, or else a section of its own.
    """
    ends = [*(heading.begins for heading in layout.headings), len(text)]
    found, carried = [], set[Heading]()
    for (above, heading), end in zip(reversed(_paths(layout.headings)), reversed(ends), strict=True):
        path, head = (*above, heading) if heading.title else above, heading.begins if heading.title else None
        begins, ends_at = _trimmed(text, heading.ends, end)
        if begins == ends_at:
            if not heading.title or heading in carried:
                continue
            path, head = above, None
            begins, ends_at = _trimmed(text, heading.begins, heading.ends)
        found.append(_Section(begins=begins, ends=ends_at, path=tuple(one.title for one in path), head=head))
        carried.update(path)
    return found[::-1]


def _paths(headings: Iterable[Heading]) -> list[tuple[tuple[Heading, ...], Heading]]:
    """Each heading after those above it; first one that stands for the text before them."""
    found: list[tuple[tuple[Heading, ...], Heading]] = [((), Heading(begins=0, ends=0, level=0, title=""))]
    above: list[Heading] = []
    for heading in headings:
        while above and above[-1].level >= heading.level:
            above.pop()
        found.append((tuple(one for one in above if one.title), heading))
        above.append(heading)
    return found


def _joined(sections: Iterable[_Section]) -> list[_Section]:
    found: list[_Section] = []
    for section in sections:
        if found and (both := _both(found[-1], section)):
            found[-1] = both
        else:
            found.append(section)
    return found


def _both(one: _Section, other: _Section) -> _Section | None:
    """The two as one, under the headings that they share; None where a heading would be lost, or nothing is too short."""
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(one.path, other.path, strict=False))
    shared = tuple(name for name, _ in alike)
    apart = len(one.path) - len(shared)            # headings of the first that would stand in the text instead: its own at most
    if apart > (one.head is not None) or len(other.path) - len(shared) > 1 or max(one.length, other.length) >= LEAST:
        return None
    begins = one.head if apart and one.head is not None else one.begins
    return _Section(begins=begins, ends=other.ends, path=shared, head=None)


def _parts(text: str, section: _Section, layout: Layout) -> Iterator[Piece]:
    at = section.begins
    while at < section.ends:
        to = section.ends if section.ends - at <= MOST else _seam(text, at, section.ends, layout)
        begins, ends = _trimmed(text, at, to)
        if begins < ends:
            yield Piece(begins=begins, ends=ends, path=section.path)
        at = to


def _seam(text: str, begins: int, ends: int, layout: Layout) -> int:
    """Where to cut next: at a paragraph if there is one in reach, else at a line, a sentence, a word, a letter."""
    least, most = begins + LEAST, begins + MOST
    blocks = layout.blocks[bisect_left(layout.blocks, least):bisect_right(layout.blocks, most)]
    window = text[begins:most]
    ways = (blocks, (begins + at + 1 for at, char in enumerate(window) if char == "\n"),
            (begins + one.end() for one in SENTENCE.finditer(window)), (begins + one.end() for one in SPACE.finditer(window)))
    for way in ways:
        if found := [at for at in way if least <= at <= most and at < ends and not _inside(at, layout)]:
            return found[-1]
    return _between_letters(text, begins, min(most, ends), layout)


def _between_letters(text: str, begins: int, at: int, layout: Layout) -> int:
    if whole := _inside(at, layout):
        return whole[0] if whole[0] > begins + LEAST else whole[1]
    back = at
    while back > begins + 1 and unicodedata.category(text[back]) in NEVER_FIRST:
        back -= 1
    return back if back > begins + 1 and not _inside(back, layout) else at


def _inside(at: int, layout: Layout) -> tuple[int, int] | None:
    """What must stay whole and would be cut here."""
    number = bisect_left(layout.whole, (at, 0)) - 1
    if number >= 0 and layout.whole[number][0] < at < layout.whole[number][1]:
        return layout.whole[number]
    return None


def _trimmed(text: str, begins: int, ends: int) -> tuple[int, int]:
    """Without blank lines before and blanks behind; the first line keeps its indent, which may be what makes it code."""
    ends = begins + len(text[begins:ends].rstrip())
    first = next((at for at in range(begins, ends) if not text[at].isspace()), ends)
    line = text.rfind("\n", begins, first) + 1
    return max(begins, line), max(ends, begins)


def heading(path: tuple[str, ...], title: str, longest: int) -> str:
    """The path as one line; the document's own title goes without saying, and a path that is too long loses its outer parts."""
    names = path[1:] if path[:1] == (title,) else path
    while len(names) > 1 and len(" › ".join(names)) > longest:
        names = names[1:]
    return " › ".join(names)[:longest]


def first_title(text: str) -> str:
    """The heading that a Markdown text begins with; empty where it begins with something else."""
    layout = Layout.of(text)
    first = next(chain(layout.headings), None)
    return first.title if first and not text[:first.begins].strip() else ""
