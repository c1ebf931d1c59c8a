"""Turns: one message of the user and what became of it. A turn is re-run until it is done or handed off."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

LEASE = timedelta(seconds=9)       # renewed while the turn runs; one that expires is picked up again (recovery promises 30 s)
GRACE = timedelta(seconds=2)       # in which the one who received a turn begins it
ATTEMPTS = 3                       # after that the turn is handed off


class TurnState(StrEnum):
    RECEIVED = "received"
    RUNNING = "running"
    DONE = "done"
    HANDED_OFF = "handed_off"


MOVES: Mapping[TurnState, frozenset[TurnState]] = {
    TurnState.RECEIVED: frozenset({TurnState.RUNNING, TurnState.DONE, TurnState.HANDED_OFF}),
    TurnState.RUNNING: frozenset({TurnState.RUNNING, TurnState.DONE, TurnState.HANDED_OFF}),   # running again: the lease expired
    TurnState.DONE: frozenset(),
    TurnState.HANDED_OFF: frozenset(),
}


@dataclass(frozen=True, kw_only=True)
class Turn:
    id: str
    conversation: str
    session: str               # hash of the caller's session: a re-run has the rights of who asked
    account: str | None
    seq: int                   # of the user's message, or of the desk's note that started it
    kind: str                  # "message", or the desk's event that is to be told ("verified", …)
    text: str                  # redacted
    lang: str
    client_id: str | None
    body_hash: str
    state: TurnState
    attempts: int
    lease: str | None
    lease_until: datetime | None
    received_at: datetime
    answer: dict[str, Any] | None = None

    @property
    def over(self) -> bool:
        return not MOVES[self.state]
