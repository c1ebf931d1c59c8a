"""An answer taken apart: which of its sentences tell something, which passage each cites, and whether that passage carries it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from urllib.parse import urlsplit

from babel.messages.pofile import read_po

from desk.people import Lang
from knowledge.normalise import words

CITED = re.compile(r"\[(\d+)\]")
LINK = re.compile(r"(?:https?://|www\.)[^\s)\]>\"'»”،]+", re.IGNORECASE)
MARKS = re.compile(r"^\s*(?:\d+[.)]|[-*#•]+)\s+")
ENDS = re.compile(r"(?<=[.!?؟])\s+(?=\S)")
TELLING = 4                    # words: fewer tell nothing
LEAD_IN = 16                   # words of an announcement at most
CARRIED = 0.8                  # of a sentence's pairs of words that must stand in its passage, and every one of its numbers


@dataclass(frozen=True, kw_only=True)
class Told:
    """A sentence that tells something, and the passages it cites."""

    text: str
    cites: tuple[int, ...]


def told(answer: str) -> list[Told]:
    """Headings, questions and short announcements tell nothing. A citation belongs to the sentence before it."""
    found = []
    for line in answer.splitlines():
        pieces = ENDS.split(MARKS.sub("", line.strip()))
        for piece in _with_their_citations(pieces):
            bare = CITED.sub("", piece).strip()
            if not _leads_in(bare):
                found.append(Told(text=bare, cites=tuple(int(number) for number in CITED.findall(piece))))
    return found


def of_the_desk(sentence: Told, lang: Lang) -> bool:
    """Whether the desk's own catalogue says it, as "if this does not help, tell me": it claims nothing that a passage could carry."""
    return not sentence.cites and any(phrase.fullmatch(sentence.text) for phrase in _phrases(lang))


@cache
def _phrases(lang: Lang) -> list[re.Pattern[str]]:
    """Every sentence of the assistant's catalogue, with anything where it is filled in."""
    with files("desk").joinpath("locale", lang, "assistant.po").open("rb") as file:
        texts = [str(each.string) for each in read_po(file, locale=lang) if each.id and isinstance(each.string, str)]
    sentences = {piece.strip() for text in texts for line in text.splitlines() for piece in ENDS.split(line) if piece.strip()}
    return [re.compile(".+".join(re.escape(part) for part in re.split(r"\{\w+\}", each))) for each in sorted(sentences)
            if re.sub(r"\{\w+\}|\W", "", each)]


def carried(sentence: Told, passages: Mapping[int, str]) -> bool:
    """Whether one of the passages that it cites says nearly the same, its numbers included."""
    return any(_stands_in(sentence.text, passages[number]) for number in sentence.cites if number in passages)


def invented(answer: str, passages: Mapping[int, str], own_hosts: frozenset[str]) -> list[str]:
    """Links to hosts that no passage names and that are not the house's own."""
    known = own_hosts | {_host(link) for text in passages.values() for link in LINK.findall(text)}
    return [link for link in LINK.findall(answer) if _host(link) not in known]


def _with_their_citations(pieces: list[str]) -> list[str]:
    """`It lasts 10 minutes. [1] Then wait. [1]` is split before the numbers: they go back to where they belong."""
    found: list[str] = []
    for piece in pieces:
        number = re.match(r"(?:\s*\[\d+\])+", piece)
        if number and found:
            found[-1] += " " + number[0]
            piece = piece[number.end():]
        if piece.strip():
            found.append(piece)
    return found


def _leads_in(sentence: str) -> bool:
    plain = sentence.strip()
    heading = plain.startswith("**") and plain.endswith("**")
    announces = plain.rstrip(" *_").endswith((":", "?", "؟")) and len(plain.split()) <= LEAD_IN
    return heading or announces or len(words(plain)) < TELLING


def _stands_in(sentence: str, passage: str) -> bool:
    said, source = words(sentence), words(passage)
    pairs = set(pairwise(said))
    numbers = {word for word in said if word.isdigit()}
    return numbers <= set(source) and len(pairs & set(pairwise(source))) >= CARRIED * len(pairs)


def _host(link: str) -> str:
    return urlsplit(link if "://" in link else f"https://{link}").netloc.lower()
