"""Call-backs: a number and a time that somebody left, so that the desk rings. The number stands here alone, until it is over."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice

from desk.errors import BadInput, IllegalMove
from desk.hours import Hours


class CallbackState(StrEnum):
    ASKED = "asked"
    TAKEN = "taken"            # an agent is ringing
    DONE = "done"
    MISSED = "missed"          # not rung in time, or not reached; at once apologised for and promised anew
    CANCELLED = "cancelled"


MOVES: Mapping[CallbackState, frozenset[CallbackState]] = {
    CallbackState.ASKED: frozenset({CallbackState.TAKEN, CallbackState.MISSED, CallbackState.CANCELLED}),
    CallbackState.TAKEN: frozenset({CallbackState.ASKED, CallbackState.DONE, CallbackState.MISSED, CallbackState.CANCELLED}),
    CallbackState.MISSED: frozenset({CallbackState.ASKED, CallbackState.CANCELLED}),
    CallbackState.DONE: frozenset(),
    CallbackState.CANCELLED: frozenset(),
}
OPEN = (CallbackState.ASKED, CallbackState.TAKEN)

SLOT = timedelta(hours=1)
LEAD = timedelta(minutes=15)           # nobody is promised a call sooner
OFFERED = 12
LOOK_AHEAD = 14                        # days; a week of working hours twice
PER_SLOT = 3                           # calls that the desk promises for one slot
CALL_LASTS = timedelta(minutes=15)     # from when somebody takes it until it is to be marked as done
REMIND_BEFORE = timedelta(minutes=10)
MOST_TRIES = 3                         # calls that nobody picks up

PHONE = re.compile(r"\+?\d{5,15}")
IN_BETWEEN = re.compile(r"[\s()./‎‏-]+")
DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


class BadPhone(BadInput):
    """A telephone number has 5 to 15 digits, with a `+` before them or not. Correct the number, then send again."""

    code = "bad_phone"


class SlotGone(BadInput):
    """That time is not offered, or no longer. Read the times again, then choose one of them."""

    code = "slot_gone"


@dataclass(frozen=True, kw_only=True)
class Callback:
    id: str
    conversation: str
    ticket: int
    phone: str                 # sealed; empty once it is over
    state: CallbackState
    slot_at: datetime          # rung not before
    due_at: datetime           # and not after
    asked_at: datetime
    taken_by: str | None = None
    tries: int = 0             # calls that were not picked up
    apologies: int = 0         # promises that the desk did not keep
    reminded_at: datetime | None = None


def phone_of(text: str) -> str:
    """The number as it is dialled, whatever digits and spaces it was written with."""
    number = IN_BETWEEN.sub("", text.translate(DIGITS))
    if not PHONE.fullmatch(number):
        raise BadPhone()
    return number


def move(callback: Callback, to: CallbackState, **changes: object) -> Callback:
    if to not in MOVES[callback.state]:
        raise IllegalMove(f"{callback.state} → {to}")
    over = {"phone": ""} if not MOVES[to] else {}
    return replace(callback, state=to, **over, **changes)  # type: ignore[arg-type]


def again(callback: Callback, slot: tuple[datetime, datetime], **changes: object) -> Callback:
    """A missed one with a new promise."""
    missed = move(callback, CallbackState.MISSED)
    return move(missed, CallbackState.ASKED, slot_at=slot[0], due_at=slot[1], taken_by=None, reminded_at=None, **changes)


def slots(hours: Hours, now: datetime, full: frozenset[datetime] = frozenset()) -> list[tuple[datetime, datetime]]:
    """The next times that can be promised: within working hours, and not yet full."""
    return list(islice((slot for slot in _ahead(hours, now + LEAD) if slot[0] not in full), OFFERED))


def _ahead(hours: Hours, earliest: datetime) -> Iterator[tuple[datetime, datetime]]:
    for opens, closes in hours.spans(earliest, LOOK_AHEAD):
        start = opens
        while start < closes:
            if start >= earliest:
                yield start, min(start + SLOT, closes)
            start += SLOT
