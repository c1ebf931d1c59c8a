"""An exam over labelled messages: one word is right for each, and the product's own reader says one."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from desk.people import LANGS
from evals import figures
from evals.case import Case, NoData, load
from evals.exam import Figure, Judge, Judged, Peer, Work
from guardrails.signals import Reader, Signals, shipped

Answer = tuple[str, float]     # a label, and how sure of it (of the label that is looked for, where there is one)


@dataclass(frozen=True, kw_only=True)
class Labelled:
    name: str
    about: str
    labels: tuple[str, ...]
    answer: Callable[[Signals], Answer]
    goals: Mapping[str, float]
    peers: Mapping[str, Peer]
    looked_for: str = ""       # the one label that is looked for; "": all count alike

    @property
    def own_data(self) -> list[Path]:
        folder = Path(str(files("evals").joinpath("suites", self.name)))
        return [path for lang in LANGS if (path := folder / f"messages.{lang}.jsonl").exists()]

    @property
    def figures(self) -> Mapping[str, Figure]:
        sought = self.looked_for
        if not sought:
            return {"accuracy": figures.accuracy, "macro_f1": figures.macro_f1, "ece": figures.ece(), "brier": figures.brier(),
                    "aurc": figures.aurc()}
        event = figures.labelled(sought)
        return {"recall": figures.recall(sought), "false_alarm": figures.false_alarm(sought), "precision": figures.precision(sought),
                "auroc": figures.auroc(event), "accuracy": figures.accuracy, "macro_f1": figures.macro_f1, "ece": figures.ece(event),
                "brier": figures.brier(event), "aurc": figures.aurc(figures.sure_of(sought))}

    def cases(self, work: Work) -> Sequence[Case]:
        paths = list(work.data) or self.own_data
        if not paths:
            raise NoData(self.name)
        return load(paths, self.labels)

    @asynccontextmanager
    async def open(self, work: Work) -> AsyncIterator[Judge]:
        reader = Reader(work.embedder, shipped())

        async def judge(case: Case) -> Judged:
            return judged(case, self.answer(await reader.read(case.text)))

        yield judge


def judged(case: Case, answer: Answer, **evidence: Any) -> Judged:
    label, sure = answer
    right = label == case.label
    found = Judged(id=case.id, lang=case.lang, text=case.text, label=case.label, got=label, right=right, sure=sure, evidence=evidence)
    return found if right else replace(found, reason=f"“{case.label}” was right, “{label}” was said", tags=(f"{case.label} → {label}",))


def beside(answer: Callable[[Sequence[Case]], Sequence[Answer]]) -> Peer:
    """A peer of a function that labels all cases in one go."""
    async def peer(cases: Sequence[Case], work: Work) -> Sequence[Judged]:
        return [judged(case, found) for case, found in zip(cases, answer(cases), strict=True)]
    return peer
