"""What a person finds in the library: search, and articles that may spare a ticket. Nobody is shown what they may not see."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from agent.house import House
from agent.mind import MAY_SEE
from desk.people import Lang, Role
from knowledge.embedder import Vector
from knowledge.library import Hit
from tools.search_knowledge import ANSWERS_FROM

log = structlog.get_logger("yavar.http")
SUGGESTED = 3                  # articles
SHORTEST, LONGEST = 8, 2000    # characters: fewer are no question yet, more say nothing more
NAMED, ALL = 2, 0.99           # so few words ask nothing, they name a matter; what holds (but for rounding) all of them is on it


@dataclass(frozen=True)
class Found:
    hits: Sequence[Hit]
    likely: bool               # the best of them answers what was asked


async def find(house: House, role: Role, text: str, lang: Lang | None, k: int) -> Found:
    hits = await house.library.search(text, vector=await vector_of(house, text), may_see=MAY_SEE[role], lang=lang, k=k)
    likely = house.library.answers(text, hits)
    named = len(text.split()) <= NAMED and bool(hits) and hits[0].lexical >= ALL
    return Found(hits, bool(hits) and (named or likely is None or likely >= ANSWERS_FROM))


async def suggested(house: House, role: Role, text: str, lang: Lang) -> Sequence[Hit]:
    """At most one place of each article, best first; none where none is likely to help."""
    typed = house.assistant.redact(text[:LONGEST])
    if len(typed) < SHORTEST:
        return ()
    found = await find(house, role, typed, lang, 2 * SUGGESTED)
    best = {hit.document: hit for hit in reversed(found.hits)}
    return sorted(best.values(), key=lambda hit: -hit.score)[:SUGGESTED] if found.likely else ()


async def vector_of(house: House, text: str) -> Vector | None:
    """The meaning of the text; none while the embedder is down, when words alone decide."""
    try:
        signals = await house.mind.reader.read(text)
    except Exception as error:
        log.warning("search.words_only", error=type(error).__name__)
        return None
    return signals.vector
