"""Gaps: what was asked and not answered, without a word of who asked."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from desk.people import Lang

LEFT_AFTER = timedelta(hours=1)        # of silence: as long as somebody may still be typing, nobody has left


class GapState(StrEnum):
    OPEN = "open"
    DRAFTED = "drafted"        # an article about it waits for review
    ANSWERED = "answered"      # an article about it was published
    ASIDE = "aside"            # somebody at the desk found it not worth one


class Ending(StrEnum):
    PERSON = "person"          # handed off
    TICKET = "ticket"
    TALKING = "talking"        # still
    LEFT = "left"


@dataclass(frozen=True, kw_only=True)
class Gap:
    id: str
    text: str                  # redacted
    lang: Lang
    at: datetime
    ending: Ending
    state: GapState
    draft: str | None          # of which article it is a question, once there is a draft
    embedder: str
    vector: bytes | None       # float16, little-endian


def ending(*, handed_off: bool, ticket: bool, last_word: datetime, now: datetime) -> Ending:
    """How the conversation went on after the question. A handoff has a ticket too: the person counts."""
    if handed_off:
        return Ending.PERSON
    if ticket:
        return Ending.TICKET
    return Ending.LEFT if last_word < now - LEFT_AFTER else Ending.TALKING
