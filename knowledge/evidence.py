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
class Confidence:
    """Two logistic heads: for articles that say in which words people ask, and for those that do not, as a house's own are at first."""

    phrased: tuple[float, ...]     # the weights, and the bias at the end
    plain: tuple[float, ...]

    @classmethod
    def kept_in(cls, file: Path, embedder: str) -> "Confidence | None":
        """None where it was fitted on another embedder, in an earlier form, or not yet."""
        kept: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.exists() else {}
        if kept.get("embedder") != embedder or not kept.keys() >= set(KINDS):
            return None
        return cls(*((*kept[kind]["weights"], kept[kind]["bias"]) for kind in KINDS))

    def of(self, best: Hit, values: Sequence[float]) -> float:
        """The logistic of the weighted sum: 0 to 1."""
        head = self.phrased if best.asked else self.plain
        total = sum(weight * value for weight, value in zip(head, (*values, 1.0), strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


KINDS = ("phrased", "plain")


@dataclass(frozen=True)
class Evidence:
    confidence: Confidence

    @classmethod
    def shipped(cls, embedder: str) -> "Evidence | None":
        found = Confidence.kept_in(FILE, embedder)
        return cls(found) if found else None

    def answers(self, question: str, hits: Sequence[Hit]) -> float:
        """Probability that the best hit answers; 0 without one."""
        return self.confidence.of(hits[0], seen(question, hits)) if hits else 0.0


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
