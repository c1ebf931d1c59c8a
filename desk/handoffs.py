"""Handoffs: the machine's part ends, a person's begins. Each has a ticket, a queue and a time that was promised."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from desk.errors import IllegalMove
from desk.hours import Hours


class Reason(StrEnum):
    ASKED = "asked"
    UPSET = "upset"
    LOW_CONFIDENCE = "low_confidence"
    LOOP = "loop"
    TOOL_FAILURE = "tool_failure"
    FORBIDDEN = "forbidden"
    DELICATE = "delicate"
    PLANNER_DOWN = "planner_down"
    UNSOLVED = "unsolved"      # the runbook's steps are used up
    SECURITY = "security"      # a danger that the security team must know of at once


class HandoffState(StrEnum):
    WAITING = "waiting"
    TAKEN = "taken"
    RETURNED = "returned"      # the person gave it back to the assistant
    RESOLVED = "resolved"      # says the person; the user is asked
    CONFIRMED = "confirmed"    # says the user too
    ASSUMED = "assumed"        # the user said nothing for days
    CANCELLED = "cancelled"    # the user went away, or the ticket is over


MOVES: Mapping[HandoffState, frozenset[HandoffState]] = {
    HandoffState.WAITING: frozenset({HandoffState.TAKEN, HandoffState.RESOLVED, HandoffState.CANCELLED}),   # resolved: by telephone
    HandoffState.TAKEN: frozenset({HandoffState.WAITING, HandoffState.RETURNED, HandoffState.RESOLVED}),    # waiting: the person is away
    HandoffState.RESOLVED: frozenset({HandoffState.TAKEN, HandoffState.WAITING, HandoffState.CONFIRMED, HandoffState.ASSUMED,
                                      HandoffState.CANCELLED}),                                             # taken, waiting: not solved
    HandoffState.RETURNED: frozenset(),
    HandoffState.CONFIRMED: frozenset(),
    HandoffState.ASSUMED: frozenset(),
    HandoffState.CANCELLED: frozenset(),
}
OPEN = (HandoffState.WAITING, HandoffState.TAKEN)
DEALT_WITH = (HandoffState.RETURNED, HandoffState.RESOLVED, HandoffState.CONFIRMED, HandoffState.ASSUMED)

ANSWER_WITHIN = timedelta(minutes=15)   # the promise for the first in the queue
PER_PLACE = timedelta(minutes=5)        # and for each one before
UNATTENDED = timedelta(minutes=60)      # instead of the first, in working hours without anybody there
REPLY_WITHIN = timedelta(minutes=5)     # of the one who took it, while the user waits; then it goes back into the queue
ASSUME_AFTER = timedelta(days=3)        # of silence after "was this solved?"
CHATS = 3                               # that one person has at once
QUEUE, SECURITY_QUEUE = "service-desk", "security"


@dataclass(frozen=True, kw_only=True)
class Handoff:
    id: str
    conversation: str
    ticket: int
    reason: Reason
    state: HandoffState
    queue: str
    expected_by: datetime
    card: dict[str, Any]       # summary, tried, findings, verified, feeling, lang
    created_at: datetime
    taken_by: str | None = None
    told_late: bool = False    # the user was told that the promise could not be kept
    claimed_at: datetime | None = None
    resolved_at: datetime | None = None
    front: bool = False        # came back unsolved: before those who wait for the first time
    told_place: int | None = None   # the place that the user knows of


@dataclass(frozen=True, kw_only=True)
class Note:
    """What the person who gave a conversation back wants the assistant to know. It gives no right; `hold` takes some away."""

    text: str                  # for the assistant alone
    say: str                   # told to the user
    hold: frozenset[str]       # tools that are not to be started again here


def note_of(handoff: Handoff | None) -> Note | None:
    """The note that steers the conversation now: that of its last handoff, if a person gave it back."""
    if handoff is None or handoff.state is not HandoffState.RETURNED:
        return None
    return Note(text=handoff.card.get("note") or "", say=handoff.card.get("say") or "", hold=frozenset(handoff.card.get("hold") or ()))


def move(handoff: Handoff, to: HandoffState, **changes: object) -> Handoff:
    if to not in MOVES[handoff.state]:
        raise IllegalMove(f"{handoff.state} → {to}")
    return replace(handoff, state=to, **changes)  # type: ignore[arg-type]


def back_in_line(handoff: Handoff, expected_by: datetime, *, front: bool = False) -> Handoff:
    """Into the queue again at its old place, with a new promise."""
    return move(handoff, HandoffState.WAITING, taken_by=None, claimed_at=None, resolved_at=None, expected_by=expected_by,
                front=front or handoff.front, told_late=False)


def promise(hours: Hours, now: datetime, before: int, *, attended: bool = True) -> datetime:
    """When a person will have answered, `before` others waiting: working time only, and more of it while nobody is there."""
    first = ANSWER_WITHIN if attended or not hours.on_duty(now) else UNATTENDED
    return hours.add(now, first + before * PER_PLACE)
