"""Handoffs: the machine's part ends, a person's begins. Each has a ticket, a queue and a time that was promised."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

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


class HandoffState(StrEnum):
    WAITING = "waiting"
    TAKEN = "taken"
    RETURNED = "returned"      # the person gave it back to the assistant
    RESOLVED = "resolved"


MOVES: Mapping[HandoffState, frozenset[HandoffState]] = {
    HandoffState.WAITING: frozenset({HandoffState.TAKEN, HandoffState.RESOLVED}),
    HandoffState.TAKEN: frozenset({HandoffState.WAITING, HandoffState.RETURNED, HandoffState.RESOLVED}),
    HandoffState.RETURNED: frozenset(),
    HandoffState.RESOLVED: frozenset(),
}

ANSWER_WITHIN = timedelta(minutes=15)   # the promise for the first in the queue
PER_PLACE = timedelta(minutes=5)        # and for each one before
QUEUE = "service-desk"


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


def promise(hours: Hours, now: datetime, before: int) -> datetime:
    """When a person will have answered, `before` others waiting: working time only."""
    return hours.add(now, ANSWER_WITHIN + before * PER_PLACE)
