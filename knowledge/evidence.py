"""How likely the best hit answers the question: a small logistic head over what the search itself saw, fitted on labelled questions.

Cosines of this embedder are squeezed into 0.75 to 0.95 and no confidence by themselves. The head is fitted by `yavar learn` on
`knowledge/fitting/` (answerable and unanswerable questions in three languages) and kept with its figures in `evidence.json`.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from knowledge.hits import Hit

FILE = Path(str(files("knowledge").joinpath("evidence.json")))
FEATURES = ("asked", "lexical", "semantic", "standing", "lead", "next", "same_topic", "asked_elsewhere", "lexical_elsewhere",
            "asked_lead", "lexical_lead", "semantic_lead", "length")
LOOKED_AT = 6                  # hits


@dataclass(frozen=True)
class Evidence:
    weights: tuple[float, ...]
    bias: float

    @classmethod
    def shipped(cls, embedder: str) -> "Evidence | None":
        """None where it was fitted on another embedder, or not yet."""
        kept: dict[str, Any] = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
        return cls(tuple(kept["weights"]), kept["bias"]) if kept.get("embedder") == embedder else None

    def answers(self, question: str, hits: Sequence[Hit]) -> float:
        """Probability that the best hit answers; 0 without one."""
        return weighed(self.weights, self.bias, seen(question, hits)) if hits else 0.0


def weighed(weights: Sequence[float], bias: float, values: Sequence[float]) -> float:
    """The logistic of a weighted sum: 0 to 1."""
    total = sum(weight * value for weight, value in zip(weights, values, strict=True)) + bias
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def seen(question: str, hits: Sequence[Hit]) -> tuple[float, ...]:
    """The features of FEATURES: of the best hit, and against the best of another topic and the others that were found."""
    hits = hits[:LOOKED_AT]
    best, last = hits[0], hits[-1]
    rival = next((hit for hit in hits if hit.topic != best.topic), last)
    second = hits[1] if len(hits) > 1 else last
    return (
        best.asked, best.lexical, best.semantic * 5, best.score / 10, (best.score - rival.score) / 5, (best.score - second.score) / 5,
        sum(hit.topic == best.topic for hit in hits) / LOOKED_AT, max(hit.asked for hit in hits) - best.asked,
        max(hit.lexical for hit in hits) - best.lexical, best.asked - rival.asked, best.lexical - rival.lexical,
        (best.semantic - rival.semantic) * 5, math.log(max(1, len(question.split()))),
    )
