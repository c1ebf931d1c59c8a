"""Runs suites through the product's own reader and reports figures with intervals, beside a peer's on the same cases."""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from desk.people import LANGS
from evals.case import BadData, Case, load
from evals.statistics import Answers, interval
from evals.suite import Answer, Suite, ask, gather
from guardrails.signals import Reader, shipped
from knowledge.embedder import Embedder

DIGITS = 4
LOWER_IS_BETTER = frozenset({"ece", "false_alarm"})


class NoData(BadData):
    """The suite has no data of its own. Name a file with --data."""


@dataclass(frozen=True, kw_only=True)
class Run:
    suite: Suite
    cases: Sequence[Case]
    answers: Sequence[Answer]
    peers: Mapping[str, Sequence[Answer]]
    seed: int
    versions: Mapping[str, str]

    @property
    def metrics(self) -> dict[str, float]:
        return _figures(self.suite, gather(self.cases, self.answers))

    @property
    def by_lang(self) -> dict[str, dict[str, float]]:
        return {lang: _figures(self.suite, part) for lang, part in _parts(self.cases, self.answers).items()}

    @property
    def intervals(self) -> dict[str, list[float]]:
        parts = {"": gather(self.cases, self.answers)} | {f"{lang}.": part for lang, part in _parts(self.cases, self.answers).items()}
        found: dict[str, list[float]] = {}
        for prefix, part in parts.items():
            for name, figure in self.suite.figures.items():
                edges = interval(name, figure, part, self.seed, self.suite.positive)
                if edges is not None:
                    found[prefix + name] = [round(edge, DIGITS) for edge in edges]
        return found

    @property
    def peer_figures(self) -> dict[str, dict[str, float]]:
        """Per peer its figures, those of one language as `fa.accuracy`."""
        found = {}
        for peer, answers in self.peers.items():
            figures = _figures(self.suite, gather(self.cases, answers))
            for lang, part in _parts(self.cases, answers).items():
                figures |= {f"{lang}.{name}": value for name, value in _figures(self.suite, part).items()}
            found[peer] = figures
        return found

    def as_json(self) -> dict[str, Any]:
        cases = [{"id": case.id, "text": case.text, "lang": case.lang, "label": case.label, "got": said, "right": said == case.label,
                  "probability": round(sure, DIGITS)} for case, (said, sure) in zip(self.cases, self.answers, strict=True)]
        return {"suite": self.suite.name, "n": len(self.cases), "seed": self.seed, "versions": dict(self.versions), "metrics": self.metrics,
                "by_lang": self.by_lang, "intervals": self.intervals, "peers": self.peer_figures, "cases": cases}

    def failing(self, gates: Sequence[tuple[str, float]]) -> list[str]:
        """The gates that don't hold. A gate holds when the whole and every language reach it; `fa.accuracy` asks for one language only.

        Figures where less is better (ece, false_alarm) must not exceed theirs.
        """
        figures = {"": self.metrics, **self.by_lang}
        failed = []
        for gate, wanted in gates:
            lang, _, name = gate.rpartition(".")
            places = [lang] if lang else list(figures)
            for place in places:
                value = figures.get(place, {}).get(name)
                if value is not None and (value > wanted if name in LOWER_IS_BETTER else value < wanted):
                    failed.append(f"{self.suite.name}: {place + '.' if place else ''}{name} is {value:.4f}, wanted {wanted:g}")
        return failed

    def unknown(self, gate: str) -> bool:
        lang, _, name = gate.rpartition(".")
        return name not in (self.by_lang.get(lang, {}) if lang else self.metrics)


async def run(suite: Suite, data: Sequence[Path], seed: int, embedder: Embedder) -> Run:
    """Raises BadData, and whatever keeps the product from answering."""
    paths = list(data) or suite.own_data
    if not paths:
        raise NoData(f"{suite.name}: {NoData.__doc__}")
    cases = load(paths, suite.labels)
    heads = shipped()
    answers = await ask(suite, cases, Reader(embedder, heads).read)
    peers = {name: peer(cases) for name, peer in suite.peers.items()}
    versions = {"yavar": _version("yavar"), "python": platform.python_version(), "numpy": _version("numpy"),
                "scikit-learn": _version("scikit-learn"), "embedder": embedder.id, "heads": str(heads.intents.provenance["corpus"])[:12]}
    return Run(suite=suite, cases=cases, answers=answers, peers=peers, seed=seed, versions=versions)


def _parts(cases: Sequence[Case], answers: Sequence[Answer]) -> dict[str, Answers]:
    found: dict[str, Answers] = {}
    for lang in LANGS:
        pairs = [(case, answer) for case, answer in zip(cases, answers, strict=True) if case.lang == lang]
        if pairs:
            found[lang] = gather([case for case, _ in pairs], [answer for _, answer in pairs])
    return found


def _figures(suite: Suite, answers: Answers) -> dict[str, float]:
    found = {name: figure(answers) for name, figure in suite.figures.items()}
    return {name: round(value, DIGITS) for name, value in found.items() if value is not None}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"
