"""Conversations: what was said, and who may speak. One speaker at a time; the next epoch makes everything older void."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from desk.errors import IllegalMove
from desk.people import Lang


class Speaker(StrEnum):
    ASSISTANT = "assistant"
    WAITING = "waiting"        # handed off, nobody has taken it yet
    HUMAN = "human"


MOVES: Mapping[Speaker, frozenset[Speaker]] = {
    Speaker.ASSISTANT: frozenset({Speaker.WAITING, Speaker.HUMAN}),   # handed off, or a person steps in
    Speaker.WAITING: frozenset({Speaker.HUMAN, Speaker.ASSISTANT}),   # back only when the user says so; the place is kept
    Speaker.HUMAN: frozenset({Speaker.ASSISTANT, Speaker.WAITING}),   # returned, or the person went idle
}


class Author(StrEnum):
    USER = "user"
    ASSISTANT = "assistant"
    PERSON = "person"          # an agent of the desk
    SYSTEM = "system"


@dataclass(frozen=True, kw_only=True)
class Conversation:
    id: str
    account: str | None        # whose it is; None for a guest's
    claim: str | None          # the account a guest claims, where there is one of that name
    claim_key: str | None      # hash of the claimed name, counted alike whether or not it is somebody's
    lang: Lang
    speaker: Speaker
    epoch: int
    person: str | None         # the agent who speaks, when a person does
    seq: int                   # the last event's number
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None = None

    @property
    def is_guest(self) -> bool:
        return self.account is None

    @property
    def subject(self) -> str | None:
        """Whose identity may be acted upon here: the owner, or the account that a guest claims."""
        return self.account or self.claim


def move(conversation: Conversation, to: Speaker, now: datetime, *, person: str | None = None) -> Conversation:
    if to not in MOVES[conversation.speaker]:
        raise IllegalMove(f"{conversation.speaker} → {to}")
    return replace(conversation, speaker=to, epoch=conversation.epoch + 1, updated_at=now,
                   person=person if to is Speaker.HUMAN else None)


@dataclass(frozen=True, kw_only=True)
class Message:
    seq: int
    at: datetime
    author: Author
    text: str
    lang: Lang
    account: str | None = None
    turn: str | None = None
    citations: list[dict[str, Any]] = field(default_factory=list)
    actions: list[dict[str, Any]] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)   # choices, needs: what the page draws beside the text


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened in a conversation, numbered, as the stream tells it."""

    seq: int
    kind: str                  # message, step, needs, speaker, place, error
    data: dict[str, Any]
