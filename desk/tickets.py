"""Tickets: an incident or a request, with the ITIL matrix for its priority and its legal moves as a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from desk.people import Lang

FIRST_NUMBER = 1001


class Kind(StrEnum):
    INCIDENT = "incident"
    REQUEST = "request"
    SECURITY = "security"


class Level(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Priority(StrEnum):
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"


class Status(StrEnum):
    NEW = "new"
    OPEN = "open"              # somebody works on it
    PENDING = "pending"        # waiting for the user
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"


OPEN_STATUSES = (Status.NEW, Status.OPEN, Status.PENDING)

MOVES: Mapping[Status, frozenset[Status]] = {
    Status.NEW: frozenset({Status.OPEN, Status.PENDING, Status.RESOLVED, Status.CANCELLED}),
    Status.OPEN: frozenset({Status.PENDING, Status.RESOLVED, Status.CANCELLED}),
    Status.PENDING: frozenset({Status.OPEN, Status.RESOLVED, Status.CANCELLED}),
    Status.RESOLVED: frozenset({Status.OPEN, Status.CLOSED}),
    Status.CLOSED: frozenset({Status.OPEN}),
    Status.CANCELLED: frozenset(),
}

# Rows: impact; columns: urgency. The usual ITIL matrix.
MATRIX: Mapping[tuple[Level, Level], Priority] = {
    (Level.HIGH, Level.HIGH): Priority.P1,
    (Level.HIGH, Level.MEDIUM): Priority.P2,
    (Level.HIGH, Level.LOW): Priority.P3,
    (Level.MEDIUM, Level.HIGH): Priority.P2,
    (Level.MEDIUM, Level.MEDIUM): Priority.P3,
    (Level.MEDIUM, Level.LOW): Priority.P4,
    (Level.LOW, Level.HIGH): Priority.P3,
    (Level.LOW, Level.MEDIUM): Priority.P4,
    (Level.LOW, Level.LOW): Priority.P4,
}

# Hours of the desk's working time in which a ticket is to be solved.
TARGETS: Mapping[Priority, timedelta] = {
    Priority.P1: timedelta(hours=4),
    Priority.P2: timedelta(hours=8),
    Priority.P3: timedelta(hours=16),
    Priority.P4: timedelta(hours=40),
}


@dataclass(frozen=True, kw_only=True)
class Ticket:
    number: int
    requester: str | None      # account id; None for a guest's
    title: str
    description: str
    kind: Kind
    impact: Level
    urgency: Level
    priority: Priority
    status: Status
    queue: str
    lang: Lang
    conversation: str | None
    assignee: str | None
    created_at: datetime
    updated_at: datetime
    due_at: datetime

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_STATUSES


@dataclass(frozen=True, kw_only=True)
class Comment:
    at: datetime
    author: str                # user, assistant, person, system
    text: str
    public: bool
