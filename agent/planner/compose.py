"""Composes an answer from passages: the steps that matter, in order, each sentence with its citation."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from knowledge.normalise import words

MOST_STEPS = 8
FACTS_BESIDE_STEPS = 3
MOST_FACTS = 6
NEARLY = 0.75                  # of the best passage's score
CLOSE = 0.85                   # of it too, from which another article may be the one that is meant: where topics touch, it often is
STEP = re.compile(r"^\s*\d+[.)]\s+(?P<text>.+)$")
BULLET = re.compile(r"^\s*[-*]\s+(?P<text>.+)$")
ENDED = re.compile(r"(?<=[.!?؟])\s+(?=\S)")
PAIRS = (("“", "”"), ("«", "»"), ("(", ")"), ("[", "]"))


@dataclass(frozen=True)
class Parts:
    """A section taken apart: its numbered steps, and the facts beside them."""

    steps: tuple[str, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Composed:
    text: str
    used: tuple[int, ...]      # passages by "n", in the order of their citation numbers


def take_apart(text: str) -> Parts:
    steps: list[str] = []
    facts: list[str] = []
    for line in text.splitlines():
        if step := STEP.match(line):
            steps.append(step["text"].strip())
        elif bullet := BULLET.match(line):
            facts.append(bullet["text"].strip())
        elif line.strip():
            facts.append(line.strip())
    return Parts(tuple(steps), tuple(facts))


def compose(passages: Sequence[Mapping[str, Any]], query: str) -> Composed:
    """From the best passages, best first. Citation numbers count from 1 in the order of use."""
    chosen = [passages[0], *_companions(passages)]
    blocks = [_block(each, query, number, leading=number == 1) for number, each in enumerate(chosen, 1)]
    return Composed("\n\n".join(block for block in blocks if block), tuple(int(each["n"]) for each in chosen))


def _companions(passages: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The next best section of the same article: behind an introduction or plain facts, and where it was found nearly as well."""
    first = passages[0]
    same = [each for each in passages[1:] if each["document"] == first["document"]][:1]
    return [each for each in same if not take_apart(str(first["text"])).steps or each["score"] >= NEARLY * first["score"] > 0]


def close_by(passages: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The best passage of another article, where it was found nearly as well as the first."""
    first = passages[0]
    other = next((each for each in passages[1:] if each["topic"] != first["topic"]), None)
    return other if other and other["score"] >= CLOSE * first["score"] > 0 else None


def title_of(passage: Mapping[str, Any]) -> str:
    """Of a section with that of its article: alone it rarely says what it is about."""
    return f"{passage['title']} – {passage['heading']}" if passage["heading"] else str(passage["title"])


def _block(passage: Mapping[str, Any], query: str, number: int, *, leading: bool) -> str:
    parts = take_apart(str(passage["text"]))
    wanted = (FACTS_BESIDE_STEPS if parts.steps else MOST_FACTS) if leading else FACTS_BESIDE_STEPS
    facts = most_relevant(parts.facts, query, wanted)
    lines = [f"**{passage['heading']}**"] if passage["heading"] else []
    lines += [f"{at}. {cite(step, number)}" for at, step in enumerate(parts.steps[:MOST_STEPS], 1)]
    bullet = "- " if parts.steps or len(facts) > 1 else ""
    gap = [""] if parts.steps and facts else []
    return "\n".join([*lines[:1], "", *lines[1:], *gap, *(bullet + cite(fact, number) for fact in facts)] if passage["heading"]
                     else [*lines, *gap, *(bullet + cite(fact, number) for fact in facts)])


def cite(text: str, number: int) -> str:
    """The citation after each sentence."""
    return " ".join(f"{sentence} [{number}]" for sentence in sentences(text.strip()))


def sentences(text: str) -> list[str]:
    """Split where a sentence ends: not inside quotation marks or brackets.

    >>> sentences('Choose "Can\'t sign in?" on the page. Then wait.')
    ['Choose "Can\'t sign in?" on the page.', 'Then wait.']
    """
    found, start = [], 0
    for end in ENDED.finditer(text):
        if _closed(text[start:end.start()]):
            found.append(text[start:end.start()])
            start = end.end()
    return [*found, text[start:]] if text[start:] else found


def _closed(text: str) -> bool:
    return text.count('"') % 2 == 0 and all(text.count(opens) <= text.count(closes) for opens, closes in PAIRS)


def most_relevant(facts: Sequence[str], query: str, most: int) -> list[str]:
    """The facts that touch the question most, in their own order."""
    ranked = sorted(range(len(facts)), key=lambda at: -overlap(query, facts[at]))[:most]
    return [facts[at] for at in sorted(ranked)]


def overlap(query: str, text: str) -> float:
    """The share of the query's character 4-grams that the text holds; 0 to 1."""
    grams = _grams(query)
    return len(grams & _grams(text)) / len(grams) if grams else 0.0


def _grams(text: str) -> set[str]:
    return {word[at:at + 4] for word in (f" {each} " for each in words(text)) for at in range(max(1, len(word) - 3))}


def snippet(text: str, longest: int = 200) -> str:
    """The beginning of a passage without list marks, for a source's preview."""
    plain = " ".join(re.sub(r"^\s*(?:\d+[.)]|[-*])\s+", "", line) for line in text.splitlines() if line.strip())
    return plain if len(plain) <= longest else plain[:longest].rsplit(" ", 1)[0] + "…"
