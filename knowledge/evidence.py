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
FEATURES = ("asked", "lexical", "lead", "semantic", "standing")


@dataclass(frozen=True)
class Evidence:
    weights: tuple[float, ...]
    bias: float

    @classmethod
    def shipped(cls, embedder: str) -> "Evidence | None":
        """None where it was fitted on another embedder, or not yet."""
        kept: dict[str, Any] = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
        return cls(tuple(kept["weights"]), kept["bias"]) if kept.get("embedder") == embedder else None

    def answers(self, hits: Sequence[Hit]) -> float:
        """Probability that the best hit answers; 0 without one."""
        if not hits:
            return 0.0
        total = sum(weight * value for weight, value in zip(self.weights, seen(hits), strict=True)) + self.bias
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def seen(hits: Sequence[Hit]) -> tuple[float, ...]:
    """The features of FEATURES: nearness of phrasings, share of the question's words, lead over the next topic, cosine, score."""
    best = hits[0]
    rival = next((hit for hit in hits if hit.topic != best.topic), hits[-1])
    return best.asked, best.lexical, (best.score - rival.score) / 5, best.semantic * 5, best.score / 10
