"""Presence: who of the desk's people can answer now. Chosen by the person, kept alive by the console, aged by time alone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from desk.errors import IllegalMove


class Presence(StrEnum):
    ONLINE = "online"
    BUSY = "busy"              # at the desk, but takes nothing new
    ON_CALL = "on_call"        # at the desk, on the telephone
    BREAK = "break"
    IDLE = "idle"              # the console is open and nobody has touched it for a while; nobody chooses this
    OFFLINE = "offline"


MOVES: Mapping[Presence, frozenset[Presence]] = {
    Presence.ONLINE: frozenset({Presence.BUSY, Presence.ON_CALL, Presence.BREAK, Presence.IDLE, Presence.OFFLINE}),
    Presence.BUSY: frozenset({Presence.ONLINE, Presence.ON_CALL, Presence.BREAK, Presence.IDLE, Presence.OFFLINE}),
    Presence.ON_CALL: frozenset({Presence.ONLINE, Presence.BUSY, Presence.BREAK, Presence.OFFLINE}),   # no hand on the console: never idle
    Presence.BREAK: frozenset({Presence.ONLINE, Presence.BUSY, Presence.ON_CALL, Presence.OFFLINE}),
    Presence.IDLE: frozenset({Presence.ONLINE, Presence.BUSY, Presence.ON_CALL, Presence.BREAK, Presence.OFFLINE}),
    Presence.OFFLINE: frozenset({Presence.ONLINE, Presence.BUSY, Presence.ON_CALL, Presence.BREAK}),
}
CHOICES = (Presence.ONLINE, Presence.BUSY, Presence.ON_CALL, Presence.BREAK, Presence.OFFLINE)
ON_DUTY = frozenset({Presence.ONLINE, Presence.BUSY, Presence.ON_CALL})
FREE_TO_SPEAK = frozenset({Presence.ONLINE, Presence.BUSY})   # a conversation may come back to them without asking

IDLE_AFTER = timedelta(minutes=10)     # without a deed
GONE_AFTER = timedelta(minutes=5)      # without a sign of the console; a browser slows a hidden page to one sign a minute
HEARTBEAT = timedelta(seconds=20)      # the console asks more often than is worth writing down


@dataclass(frozen=True, kw_only=True)
class Attendance:
    account: str
    state: Presence
    since: datetime
    seen_at: datetime          # the console's last sign of life
    active_at: datetime        # the last deed
    chosen: bool               # by the person; one who chose to be offline is not brought back by an open page

    @property
    def on_duty(self) -> bool:
        return self.state in ON_DUTY


def arrived(account: str, now: datetime) -> Attendance:
    """Somebody who was never seen before: offline, until a deed or a choice says otherwise."""
    return Attendance(account=account, state=Presence.OFFLINE, since=now, seen_at=now, active_at=now, chosen=False)


def move(attendance: Attendance, to: Presence, now: datetime, *, chosen: bool = False) -> Attendance:
    if to is attendance.state:
        return replace(attendance, chosen=chosen)
    if to not in MOVES[attendance.state]:
        raise IllegalMove(f"{attendance.state} → {to}")
    return replace(attendance, state=to, since=now, chosen=chosen)


def seen(attendance: Attendance, now: datetime, *, active: bool) -> Attendance:
    """A sign of the console, or a deed at it. Whoever fell away without choosing to comes back by a deed, or soon after the last one."""
    here = replace(attendance, seen_at=now, active_at=now if active else attendance.active_at)
    fell_away = here.state is Presence.IDLE or (here.state is Presence.OFFLINE and not here.chosen)
    if fell_away and now - here.active_at < IDLE_AFTER:
        return move(here, Presence.ONLINE, now)
    return here


def speaks(attendance: Attendance, now: datetime) -> Attendance:
    """Whoever answers people is there, whatever was chosen before."""
    here = seen(attendance, now, active=True)
    return here if here.on_duty else move(here, Presence.ONLINE, now)


def aged(attendance: Attendance, now: datetime) -> Attendance:
    """What time alone makes of it."""
    if attendance.state is not Presence.OFFLINE and now - attendance.seen_at >= GONE_AFTER:
        return move(attendance, Presence.OFFLINE, now)
    if Presence.IDLE in MOVES[attendance.state] and now - attendance.active_at >= IDLE_AFTER:
        return move(attendance, Presence.IDLE, now)
    return attendance
