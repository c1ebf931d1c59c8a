"""The identity flow: request → two different factors → capability → effect. The model only proposes; these tables dispose."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

FLOW_LIFETIME = timedelta(minutes=30)
CODE_LIFETIME = timedelta(minutes=10)      # NIST SP 800-63B-4 §3.1.3.2
CLOCKS_DIFFER = timedelta(minutes=1)       # of two replicas at most; what seems younger than that comes from a clock that was set back
TRIES_PER_CODE = 5
FLOWS_PER_DAY = 3
MESSAGES_PER_DAY = 10                      # silent cap on codes mailed to one person
ONE_RESET_PER = timedelta(hours=24)
LOCK_AFTER = 5
LOCK_FOR = timedelta(minutes=30)


class Action(StrEnum):
    RESET = "reset"
    UNLOCK = "unlock"


class Method(StrEnum):
    TOTP = "totp"
    EMAIL = "email"            # never alone


METHODS = (Method.TOTP, Method.EMAIL)


class FlowState(StrEnum):
    FACTORS = "factors"        # two different ones are being proved
    PASSWORD = "password"      # noqa: S105  proved; the one-time page waits for the new password
    PERSON = "person"          # proved, but a person finishes it
    DONE = "done"
    FAILED = "failed"          # tries used up
    EXPIRED = "expired"


MOVES: Mapping[FlowState, frozenset[FlowState]] = {
    FlowState.FACTORS: frozenset({FlowState.PASSWORD, FlowState.PERSON, FlowState.DONE, FlowState.FAILED, FlowState.EXPIRED}),
    FlowState.PASSWORD: frozenset({FlowState.DONE, FlowState.EXPIRED}),
    FlowState.PERSON: frozenset(),
    FlowState.DONE: frozenset(),
    FlowState.FAILED: frozenset(),
    FlowState.EXPIRED: frozenset(),
}


@dataclass(frozen=True, kw_only=True)
class Flow:
    id: str
    conversation: str
    account: str | None        # None: the claimed name is nobody's, and nobody may notice
    subject_key: str           # what the quotas count by: the person, or the claimed name
    action: Action
    state: FlowState
    proven: tuple[Method, ...]
    tries: int
    created_at: datetime
    expires_at: datetime

    def alive(self, now: datetime) -> bool:
        return bool(MOVES[self.state]) and self.created_at - CLOCKS_DIFFER <= now < self.expires_at


def two_different(proven: tuple[Method, ...]) -> bool:
    return len(set(proven)) >= 2
