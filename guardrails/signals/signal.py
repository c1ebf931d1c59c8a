"""What is read from a message before any model sees it, and what follows first."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desk.people import Lang

FINE = ("knowledge", "diagnostics", "reset", "unlock", "factor", "ticket_create", "ticket_add", "ticket_status", "service_request",
        "human", "upset", "greeting", "thanks", "capabilities", "out_of_scope")

FIRST = ("knowledge", "diagnostics", "identity", "ticket_create", "ticket_status", "service_request", "human", "upset", "out_of_scope")

COARSE: Mapping[str, str] = {
    "reset": "identity", "unlock": "identity", "factor": "identity",
    "ticket_add": "ticket_status",
    "greeting": "out_of_scope", "thanks": "out_of_scope", "capabilities": "out_of_scope",     # answered in words, with no tool
}


ACTS = frozenset({"knowledge", "diagnostics", "identity", "ticket_create", "ticket_status", "service_request"})
PLAINLY = 0.8


@dataclass(frozen=True, kw_only=True)
class Signal:
    probability: float         # calibrated
    threshold: float           # at or above it the signal counts

    @property
    def given(self) -> bool:
        return self.probability >= self.threshold


@dataclass(frozen=True, kw_only=True)
class Signals:
    lang: Lang                 # of the answer
    spoken: str                # en, ar, fa, arabizi, finglish or other
    sure: bool                 # of the language
    vector: NDArray[np.float32]
    intents: Mapping[str, float]   # the fine ones, their sum is 1
    wants_person: Signal
    negative: Signal
    injection: Signal
    delicate: Signal
    danger: Signal             # something has happened that the security team must know of at once
    danger_kind: str           # of DANGERS the likeliest; it says nothing where there is no danger


def coarse(intent: str) -> str:
    """The label of measurement, one of FIRST, that a fine intent belongs to."""
    return COARSE.get(intent, intent)


def first_act(signals: Signals) -> str:
    """What to do first with the message, one of FIRST: a person when one is wanted, else the likeliest label.

    The head that listens for a person has the last word on `human`, so that the guardrail and the plan can't disagree.
    """
    if signals.wants_person.given:
        return "human"
    sums = dict.fromkeys(FIRST, 0.0)
    for intent, probability in signals.intents.items():
        sums[coarse(intent)] += probability
    del sums["human"]
    return max(sums, key=sums.__getitem__)


def calls_for_an_act(signals: Signals) -> bool:
    """Whether the message plainly wants something looked up or done, whichever it is."""
    return sum(probability for intent, probability in signals.intents.items() if coarse(intent) in ACTS) >= PLAINLY
