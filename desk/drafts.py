"""Drafts: articles that somebody at the desk begins from a gap, and a reviewer publishes or refuses. One version in each language."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from desk.people import Lang

REVIEWED = "reviewed"          # the tier of what people may find
CANDIDATE = "candidate"        # waits for a reviewer: not found by a search, not listed, not cited
WAITING = frozenset({CANDIDATE, "unreviewed"})
SOURCE = "desk"                # of documents that are written here, not in a folder of files
OWNER = "service-desk"
LONGEST_TITLE = 120
LONGEST_TEXT = 8_000           # three of them must fit into what the house takes in at once


class Audience(StrEnum):
    PUBLIC = "public"          # who cannot sign in, too
    EVERYONE = "everyone"      # who is signed in
    AGENTS = "agents"          # the desk


@dataclass(frozen=True)
class Version:
    title: str
    text: str                  # markdown: a lead, then sections that begin with ##

    @property
    def written(self) -> bool:
        return bool(self.title.strip() and self.text.strip())


@dataclass(frozen=True, kw_only=True)
class Draft:
    id: str                    # the topic of its documents
    audience: Audience
    versions: Mapping[Lang, Version]
    edited: str                # ISO date
    questions: tuple[tuple[Lang, str], ...]    # the gaps that it is to close, the oldest first


def titled(question: str) -> str:
    """A question as the first title of its article."""
    line = " ".join(question.split())
    return line if len(line) <= LONGEST_TITLE else line[:LONGEST_TITLE - 1].rsplit(" ", 1)[0] + "…"
