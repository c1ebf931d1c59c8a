"""Disruptions that the desk knows of, and how far a conversation has come in mending something: what was tried, and what was found."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from desk.people import Lang

FRESH = timedelta(hours=12)    # after so long without a word, the same trouble is a new one


class DisruptionKind(StrEnum):
    INCIDENT = "incident"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True, kw_only=True)
class Disruption:
    """A known incident or a planned maintenance of one asset, in words for the people it touches."""

    id: str
    asset: str
    kind: DisruptionKind
    starts_at: datetime
    ends_at: datetime | None   # None: nobody knows yet
    text: Mapping[str, str]    # by language
    declared_by: str | None = None

    def under_way(self, now: datetime) -> bool:
        return self.starts_at <= now and (self.ends_at is None or now < self.ends_at)

    def to_come(self, now: datetime) -> bool:
        return now < self.starts_at

    def over(self, now: datetime) -> bool:
        return self.ends_at is not None and self.ends_at <= now

    def in_(self, lang: Lang) -> str:
        return self.text[lang]


class MendingState(StrEnum):
    OPEN = "open"
    SOLVED = "solved"          # the user says that it works
    HANDED_OFF = "handed_off"  # the steps are used up
    LEFT = "left"              # the user turned to something else


@dataclass(frozen=True, kw_only=True)
class Mending:
    """One runbook in one conversation, from the first check to its end."""

    id: str
    conversation: str
    asset: str
    runbook: str
    state: MendingState
    tried: tuple[dict[str, Any], ...]   # in order: step, turn, found or told
    news_of: str | None        # the disruption whose end the user wants to be told of
    created_at: datetime
    updated_at: datetime

    def passed(self) -> frozenset[str]:
        """Steps that need no second look: those told, and checks that found nothing wrong."""
        return frozenset(str(each["step"]) for each in self.tried if not each.get("stopped"))

    def stopped_at(self) -> frozenset[str]:
        return frozenset(str(each["step"]) for each in self.tried if each.get("stopped"))

    def last_turn(self) -> str | None:
        return str(self.tried[-1]["turn"]) if self.tried else None
