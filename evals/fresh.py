"""A fresh head on anybody's labels: the product's own machine, fitted on labelled messages as `yavar learn` fits the shipped heads."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

from evals.case import Case
from guardrails.signals import machine
from guardrails.signals.features import features
from guardrails.signals.heads import Array, Head, Space
from guardrails.signals.machine import Calibration, Indices
from knowledge.embedder import Embedder

MOST = 4_500                   # messages: the machine keeps the nearness of all pairs in memory
STEEPEST = 60.0                # of the scale from scores to log-odds
NOTE_EVERY = 500               # messages


@dataclass(frozen=True, kw_only=True)
class Fresh:
    space: Space
    head: Head

    def said(self, text: str, vector: Array) -> tuple[str, float]:
        """The likeliest label and its probability."""
        shares = self.head.probabilities(self.space.near(vector), self.space.weights(features(text)))
        best = int(shares.argmax())
        return self.head.labels[best], float(shares[best])


async def fit(cases: Sequence[Case], embedder: Embedder, progress: Callable[[str], None]) -> Fresh:
    """Fitted on the cases, calibrated on folds that the machine had not seen."""
    vectors = []
    for at, case in enumerate(cases):
        if at % NOTE_EVERY == 0 and at:
            progress(f"embedding what is learnt from: {at} of {len(cases)}")
        vectors.append(await embedder.query(case.text))
    return fit_on(cases, np.stack(vectors).astype(np.float32), embedder.id)


def fit_on(cases: Sequence[Case], vectors: Array, embedder: str) -> Fresh:
    labels = tuple(sorted({case.label for case in cases}))
    texts = [case.text for case in cases]
    board = machine.lay_out(vectors, [features(text) for text in texts], np.zeros(len(cases), dtype=np.bool_), embedder)
    truth = np.array([labels.index(case.label) for case in cases], dtype=np.int64)
    rows = np.arange(len(cases), dtype=np.int64)
    targets = (truth[:, None] == np.arange(len(labels))).astype(np.float32)
    unseen = machine.unseen_scores(board, machine.groups(board, texts), rows, targets)
    facts: Mapping[str, object] = {"embedder": embedder, "n": len(cases)}
    return Fresh(space=board.space,
                 head=machine.final(board, rows, targets).head(slice(0, len(labels)), labels, _calibrated(unseen, truth), 0.5, facts))


def _calibrated(scores: Array, truth: Indices) -> Calibration:
    """The one scale under which the truth is likeliest. With very many labels a shift for each could not be told from chance."""
    def loss(scale: float) -> float:
        return float(-log_softmax(scores.astype(np.float64) * scale, axis=1)[np.arange(len(truth)), truth].mean())

    found = float(minimize_scalar(loss, bounds=(0.1, STEEPEST), method="bounded").x)
    classes = scores.shape[1]
    return Calibration(scale=np.full(classes, found, dtype=np.float32), shift=np.zeros(classes, dtype=np.float32))
