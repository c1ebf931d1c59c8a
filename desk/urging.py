"""Urging: a person reminds the desk of a ticket, or wants it taken more seriously. Urgency rises by what is so, never by tone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from desk.tickets import Kind, Level, Ticket

EVERY = timedelta(hours=24)    # the same ticket is urged once in that time, by each way
A_DAY = timedelta(hours=24)
RAISED_A_DAY = 3               # tickets that one person may have raised in that time; a person is always reachable beside it


class Way(StrEnum):
    NUDGED = "nudged"
    RAISED = "raised"
    REOPENED = "reopened"


class Fact(StrEnum):
    """What can carry a higher urgency."""

    OVERDUE = "overdue"        # the promised time has passed
    REOPENED = "reopened"      # it was solved and came back
    SECURITY = "security"
    UNANSWERED = "unanswered"  # half of its time has passed and nobody of the desk has written


CARRIES: Mapping[Fact, Level] = {
    Fact.OVERDUE: Level.HIGH,
    Fact.REOPENED: Level.HIGH,
    Fact.SECURITY: Level.HIGH,
    Fact.UNANSWERED: Level.MEDIUM,
}
ASKING_CARRIES = Level.MEDIUM  # the person's own word, with nothing else behind it
RANK: Mapping[Level, int] = {Level.LOW: 0, Level.MEDIUM: 1, Level.HIGH: 2}


class Result(StrEnum):
    RAISED = "raised"
    NOTED = "noted"            # the desk is told, the urgency is already what the facts carry
    ALREADY = "already"        # this ticket was raised a short while ago
    ENOUGH = "enough"          # this person has had enough tickets raised today


@dataclass(frozen=True, kw_only=True)
class Urging:
    """One time that a ticket was urged: what the queue is shown until somebody of the desk takes the ticket up."""

    ticket: int
    account: str
    way: Way
    reason: str
    at: datetime


def facts_of(ticket: Ticket, urgings: Sequence[Urging], *, answered: bool, now: datetime) -> frozenset[Fact]:
    found = {
        Fact.OVERDUE: ticket.due_at < now,
        Fact.REOPENED: any(each.way is Way.REOPENED for each in urgings),
        Fact.SECURITY: ticket.kind is Kind.SECURITY,
        Fact.UNANSWERED: not answered and now - ticket.created_at > (ticket.due_at - ticket.created_at) / 2,
    }
    return frozenset(fact for fact, holds in found.items() if holds)


def carried(ticket: Ticket, facts: frozenset[Fact]) -> Level:
    """The urgency that the facts carry; never below what the ticket has."""
    return max((ticket.urgency, ASKING_CARRIES, *(CARRIES[fact] for fact in facts)), key=RANK.__getitem__)


def last(urgings: Sequence[Urging], way: Way) -> datetime | None:
    return max((each.at for each in urgings if each.way is way), default=None)
