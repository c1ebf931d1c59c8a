"""What a search finds, and in which language a topic is shown."""

from collections.abc import Iterable
from dataclasses import dataclass

from desk.people import Lang
from knowledge.holdings import Seen


@dataclass(frozen=True, kw_only=True)
class Hit:
    passage: str
    document: str
    topic: str
    lang: Lang
    title: str
    heading: str               # empty for an article's lead
    text: str                  # markdown as displayed
    audience: str
    reviewed: str              # ISO date
    score: float               # sum of z-scores: ranks the hits of one search, says nothing across searches
    semantic: float            # cosine, 0 where there is none
    lexical: float             # share of the question's words, by weight, that stand in the passage: 0 to 1
    asked: float               # how near its phrasings are to the question, in the spread space: about 0 to 1
    url: str


def in_language(ranked: Iterable[tuple[int, float]], seen: Seen, lang: Lang | None) -> list[tuple[int, float]]:
    """Show each topic in the reader's language where it has it, best first.

    A passage that was found in another language hands its score to the same section of the translation; documents are translations of
    each other if they alone have their source, topic and language. What has no translation stays as it was found.
    """
    shown: dict[int, float] = {}
    for row, score in ranked:
        row = _shown(row, seen, lang)
        shown[row] = max(score, shown.get(row, score))
    return sorted(shown.items(), key=lambda one: (-one[1], one[0]))


def _shown(row: int, seen: Seen, lang: Lang | None) -> int:
    passage = seen.passages[row]
    if lang is None or passage.lang == lang:
        return row
    mine = seen.translations[passage.source, passage.topic, passage.lang]
    theirs = seen.translations.get((passage.source, passage.topic, lang), {})
    if len(mine) != 1 or len(theirs) != 1 or mine.keys() == theirs.keys():     # a document in two languages translates nothing
        return row
    here, there = mine[passage.document], next(iter(theirs.values()))
    return there[here.index(row)] if len(here) == len(there) else there[0]


def hit(row: int, seen: Seen, *, score: float, semantic: float, lexical: float, asked: float) -> Hit:
    passage = seen.passages[row]
    return Hit(
        passage=passage.id, document=passage.document, topic=passage.topic, lang=passage.lang, title=passage.title,
        heading=passage.heading, text=passage.text, audience=passage.audience, reviewed=passage.reviewed, score=score,
        semantic=semantic, lexical=lexical, asked=asked, url=f"/knowledge/{passage.document}#p{passage.ordinal}")
