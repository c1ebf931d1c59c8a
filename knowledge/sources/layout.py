"""How a converted text is laid out: its headings, where its blocks begin, and what must stay whole."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

WHOLE = frozenset({"fence", "code_block", "table_open", "html_block"})     # cut anywhere, they say nothing or something else
MARKS = re.compile(r"[*_`~]+|!?\[([^\]]*)\]\([^)]*\)|\\(?=[^\w\s])")
BLANK_LINE = re.compile(r"\n[ \t]*\n\s*")


@dataclass(frozen=True, kw_only=True)
class Heading:
    begins: int
    ends: int
    level: int
    title: str


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Places are characters into the text."""

    headings: tuple[Heading, ...]
    blocks: tuple[int, ...]                # where each begins, in order
    whole: tuple[tuple[int, int], ...]     # in order, none inside another

    @classmethod
    def plain(cls, text: str) -> "Layout":
        """Of a text without markup: nothing but paragraphs, with blank lines between them."""
        return cls(headings=(), blocks=(0, *(gap.end() for gap in BLANK_LINE.finditer(text))), whole=())

    @classmethod
    def of(cls, text: str) -> "Layout":
        """Of Markdown whose lines end with \\n alone."""
        lines = _lines(text)
        tokens = _parser().parse(text)
        headings = tuple(_headings(tokens, lines))
        blocks = sorted({lines[one.map[0]] for one in tokens if one.level == 0 and one.nesting >= 0 and one.map})
        return cls(headings=headings, blocks=tuple(blocks), whole=tuple(_outermost(tokens, lines)))


def _lines(text: str) -> list[int]:
    """Where each line begins, and where the last one ends. Only \\n ends a line, as in Markdown."""
    return [0, *accumulate(len(line) + 1 for line in text.split("\n"))]


@cache
def _parser() -> MarkdownIt:
    """It finds blocks, and reads nothing inside them: that would take most of the time."""
    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


def _headings(tokens: list[Token], lines: list[int]) -> Iterator[Heading]:
    for one, inside in pairwise(tokens):
        if one.type == "heading_open" and one.level == 0 and one.map:
            yield Heading(begins=lines[one.map[0]], ends=lines[one.map[1]], level=int(one.tag[1]), title=_title(inside.content))


def _title(content: str) -> str:
    return " ".join(MARKS.sub(r"\1", content).split())


def _outermost(tokens: list[Token], lines: list[int]) -> Iterator[tuple[int, int]]:
    last = 0
    for one in tokens:
        if one.type in WHOLE and one.map and lines[one.map[1]] > last:
            last = lines[one.map[1]]
            yield lines[one.map[0]], last
