"""What a suite of labelled messages is: its labels, its own data, who answers, and who stands beside for comparison."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np

from desk.people import LANGS
from evals import statistics
from evals.case import Case
from evals.statistics import Answers, Figure
from guardrails.signals import Signals

Answer = tuple[str, float]     # a label, and how sure of it (of the label that is looked for, where there is one)
Peer = Callable[[Sequence[Case]], Sequence[Answer]]


@dataclass(frozen=True, kw_only=True)
class Suite:
    name: str
    about: str
    labels: tuple[str, ...]
    positive: str | None       # the label that is looked for; None where all count alike
    answer: Callable[[Signals], Answer]
    peers: Mapping[str, Peer]

    @property
    def own_data(self) -> list[Path]:
        folder = Path(str(files("evals").joinpath("suites", self.name)))
        return [path for lang in LANGS if (path := folder / f"messages.{lang}.jsonl").exists()]

    @property
    def figures(self) -> Mapping[str, Figure]:
        looked_for = self.positive
        if looked_for is None:
            return {"accuracy": statistics.accuracy, "macro_f1": statistics.macro_f1,
                    "ece": statistics.ece(lambda answers: answers.right == answers.said)}
        return {"recall": statistics.recall(looked_for), "false_alarm": statistics.false_alarm(looked_for),
                "precision": statistics.precision(looked_for), "auroc": statistics.auroc(looked_for), "accuracy": statistics.accuracy,
                "macro_f1": statistics.macro_f1, "ece": statistics.ece(lambda answers: answers.right == looked_for)}


async def ask(suite: Suite, cases: Sequence[Case], read: Callable[[str], Awaitable[Signals]]) -> list[Answer]:
    return [suite.answer(await read(case.text)) for case in cases]


def gather(cases: Sequence[Case], answers: Sequence[Answer]) -> Answers:
    return Answers(right=np.array([case.label for case in cases]), said=np.array([said for said, _ in answers]),
                   sure=np.array([sure for _, sure in answers], dtype=np.float64))
