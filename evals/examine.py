"""From what was judged to a result: figures, intervals, the gap between languages, curves, and ours beside each peer's."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from desk.people import LANGS
from evals.answers import Answers, gather
from evals.comparing import difference
from evals.exam import Exam
from evals.figures import BINS, Figure
from evals.judged import Judged
from evals.result import Result
from evals.statistics import equal_mass, gap, risk_coverage

DIGITS = 4
POINTS = 60                    # of a curve


def examine(exam: Exam, judged: Sequence[Judged], peers: Mapping[str, Sequence[Judged]], seed: int) -> Result:
    parts = by_lang(judged)
    whole = parts.pop("")
    metrics = figures_of(exam.figures, whole)
    each = {lang: figures_of(exam.figures, part) for lang, part in parts.items()}
    return Result(
        suite=exam.name, about=exam.about, n=len(np.unique(whole.id)), seed=seed, metrics=metrics, by_lang=each,
        sizes={lang: len(np.unique(part.id)) for lang, part in parts.items()},
        intervals=_intervals(exam.figures, {"": whole, **parts}, seed),
        goals=dict(exam.goals), less=tuple(name for name, figure in exam.figures.items() if figure.less), gap=_gaps(each),
        errors=sum(one.right is None for one in judged), peers={name: _peer(exam.figures, found) for name, found in peers.items()},
        versus={name: _versus(exam.figures, whole, gather(found), seed) for name, found in peers.items()},
        curves=_curves(exam.figures, {"": whole, **parts}), judged=tuple(judged))


def by_lang(judged: Sequence[Judged]) -> dict[str, Answers]:
    """All of them under "", then each language that has any."""
    found = {"": gather(judged)}
    for lang in LANGS:
        part = gather(each for each in judged if each.lang == lang)
        if len(part):
            found[lang] = part
    return found


def figures_of(figures: Mapping[str, Figure], answers: Answers) -> dict[str, float]:
    found = {name: figure.of(answers) for name, figure in figures.items()} if len(answers) else {}
    return {name: round(value, DIGITS) for name, value in found.items() if value is not None}


def _intervals(figures: Mapping[str, Figure], parts: Mapping[str, Answers], seed: int) -> dict[str, tuple[float, float]]:
    found = {}
    for place, part in parts.items():
        for name, figure in figures.items():
            edges = figure.interval(part, seed) if len(part) else None
            if edges is not None:
                found[f"{place}.{name}".lstrip(".")] = (round(edges[0], DIGITS), round(edges[1], DIGITS))
    return found


def _gaps(by_lang: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    names = dict.fromkeys(name for figures in by_lang.values() for name in figures)
    found = {name: gap(figures[name] for figures in by_lang.values() if name in figures) for name in names}
    return {name: round(value, DIGITS) for name, value in found.items() if value is not None}


def _peer(figures: Mapping[str, Figure], judged: Sequence[Judged]) -> dict[str, float]:
    return {f"{lang}.{name}".lstrip("."): value for lang, part in by_lang(judged).items()
            for name, value in figures_of(figures, part).items()}


def _versus(figures: Mapping[str, Figure], ours: Answers, theirs: Answers, seed: int) -> dict[str, tuple[float, float, float]]:
    """Ours minus the peer's on the cases that both answered, with its interval."""
    found = {}
    for name, figure in figures.items():
        between = difference(figure, theirs, ours, seed)
        if between is not None:
            found[name] = (round(between.change, DIGITS), round(between.low, DIGITS), round(between.high, DIGITS))
    return found


def _curves(figures: Mapping[str, Figure], parts: Mapping[str, Answers]) -> dict[str, dict[str, list[list[float]]]]:
    found: dict[str, dict[str, list[list[float]]]] = {}
    for figure in figures.values():
        for place, part in parts.items():
            if figure.stated is not None:
                found.setdefault("reliability", {}).setdefault(place, _reliability(figure, part))
            if figure.confidence is not None:
                found.setdefault("risk", {}).setdefault(place, _risk(figure, part))
    return {kind: {place: points for place, points in drawn.items() if points} for kind, drawn in found.items()}


def _reliability(figure: Figure, answers: Answers) -> list[list[float]]:
    assert figure.stated is not None
    known = answers[~np.isnan(answers.sure)]
    groups = equal_mass(known.sure, figure.stated(known).astype(np.float64), BINS)
    return [[round(stated, DIGITS), round(happened, DIGITS), size] for stated, happened, size in groups]


def _risk(figure: Figure, answers: Answers) -> list[list[float]]:
    assert figure.confidence is not None
    confidence = figure.confidence(answers)
    known = ~np.isnan(confidence)
    if not known.any():
        return []
    coverage, risk = risk_coverage(confidence[known], (~answers.hit[known]).astype(np.float64))
    some = np.unique(np.linspace(0, len(coverage) - 1, min(POINTS, len(coverage))).astype(int))
    return [[round(float(coverage[at]), DIGITS), round(float(risk[at]), DIGITS)] for at in some]


def dated(result: Result, *, at: str, seconds: float, versions: Mapping[str, str], repeat: int, peer_errors: Mapping[str, str]) -> Result:
    return replace(result, at=at, seconds=round(seconds, 1), versions=versions, repeat=repeat, peer_errors=peer_errors)
