"""Whether an article answers the message: what the search saw and what the heads read, weighed together.

A question, a fault and a wish for a ticket may touch the same passage; only both views together tell which of them an article settles.
Fitted by `yavar learn`, kept with its figures in `heads/answering.json`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from guardrails.signals.signal import Signals
from knowledge.evidence import Confidence, seen
from knowledge.library import Hit

FILE = Path(str(files("guardrails").joinpath("heads", "answering.json")))
GROUPS = (("knowledge", "diagnostics", "factor"), ("reset", "unlock"), ("ticket_create",), ("service_request",),
          ("ticket_status", "ticket_add"), ("human",), ("upset",), ("greeting", "thanks", "capabilities"), ("out_of_scope",))
SURE = 1e-3                    # probabilities nearer to 0 or 1 say no more


@dataclass(frozen=True)
class Answering:
    confidence: Confidence

    @classmethod
    def shipped(cls, embedder: str) -> "Answering | None":
        """None where it was fitted on another embedder, or not yet."""
        found = Confidence.kept_in(FILE, embedder)
        return cls(found) if found else None

    def probability(self, message: str, signals: Signals, hits: Sequence[Hit]) -> float:
        """That the best hit answers the message; 0 without one."""
        return self.confidence.of(hits[0], beheld(message, signals, hits)) if hits else 0.0


def beheld(message: str, signals: Signals, hits: Sequence[Hit]) -> tuple[float, ...]:
    """What the search saw, then the log-odds of each group of intents, of a wish for a person and of negative feeling."""
    groups = (sum(signals.intents[intent] for intent in group) for group in GROUPS)
    return (*seen(message, hits), *map(_odds, (*groups, signals.wants_person.probability, signals.negative.probability)))


def _odds(probability: float) -> float:
    sane = min(max(probability, SURE), 1 - SURE)
    return math.log(sane / (1 - sane))
