"""Figures of an exam: functions of what was judged, each with its direction, and what each case adds to it where it is a mean."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from evals.answers import Answers
from evals.statistics import Interval, bootstrap, equal_mass, pass_hat, risk_coverage, wilson

BINS = 10                      # of a calibration error

Floats = NDArray[np.float64]
Column = Callable[[Answers], Floats]
Event = Callable[[Answers], NDArray[np.bool_]]


@dataclass(frozen=True, kw_only=True)
class Figure:
    of: Callable[[Answers], float | None]      # None where it means nothing: a recall with nothing to recall
    less: bool = False         # is better
    marks: Column | None = None                # where it is a mean over cases: what each adds; NaN: it isn't counted
    # Where the figure is about them, the report draws a curve:
    stated: Event | None = None                # what `sure` is the probability of; reliability
    confidence: Column | None = None           # what answers are held back by; risk over coverage

    def interval(self, answers: Answers, seed: int) -> Interval | None:
        """Wilson's of a plain share of cases; else by drawing cases, with all their attempts, again: also where some attempts at a case
        count and others do not, so that cases count unevenly.

        None where every draw says the same: that nothing was found among so few is no certainty.
        """
        cases = _each_case(self.marks(answers), answers.id) if self.marks is not None else np.array([])
        if len(cases) and np.isin(cases, (0.0, 1.0)).all() and np.isclose(cases.mean(), self.of(answers) or 0.0):
            return wilson(int(cases.sum()), len(cases))
        drawn = drawing(answers)
        edges = bootstrap(lambda places: self.of(drawn(places)), len(np.unique(answers.id)), seed)
        return edges if edges is not None and edges[0] < edges[1] else None


def drawing(answers: Answers) -> Callable[[NDArray[np.int64]], Answers]:
    """Gives the cases at some places, with every attempt at each; one that is drawn twice counts as two cases."""
    if not answers.repeated:
        return lambda places: replace(answers[places], id=np.arange(len(places)))
    _, owners = np.unique(answers.id, return_inverse=True)
    rows = np.split(np.argsort(owners, kind="stable"), np.cumsum(np.bincount(owners))[:-1])

    def drawn(places: NDArray[np.int64]) -> Answers:
        some = [rows[place] for place in places]
        return replace(answers[np.concatenate(some)], id=np.repeat(np.arange(len(some)), [len(each) for each in some]))
    return drawn


def mean(marks: Column, *, less: bool = False) -> Figure:
    return Figure(of=lambda answers: _mean(marks(answers)), marks=marks, less=less)


def share(hits: Event, among: Event | None = None, *, less: bool = False) -> Figure:
    """Of the cases `among` which it counts, those that are hits."""
    return mean(lambda answers: np.where(among(answers) if among else True, hits(answers).astype(np.float64), np.nan), less=less)


def value(name: str, *, less: bool = False) -> Figure:
    """The mean of a number that each case brings."""
    return mean(lambda answers: answers.value(name), less=less)


def total(name: str, *, less: bool = True) -> Figure:
    """The sum of a number that each case brings: how often something happened at all."""
    return Figure(of=lambda answers: float(np.nansum(answers.value(name))) if len(answers) else None, less=less)


def hit(answers: Answers) -> NDArray[np.bool_]:
    return answers.hit


def labelled(label: str) -> Event:
    return lambda answers: answers.right == label


def said(label: str) -> Event:
    return lambda answers: answers.said == label


def not_(event: Event) -> Event:
    return lambda answers: ~event(answers)


accuracy = share(hit)


def recall(label: str) -> Figure:
    return share(said(label), labelled(label))


def precision(label: str) -> Figure:
    return share(labelled(label), said(label))


def false_alarm(label: str) -> Figure:
    return share(said(label), not_(labelled(label)), less=True)


def _macro_f1(answers: Answers) -> float | None:
    """By counts, since a bootstrap asks hundreds of times: scikit-learn's spends most of its time on looking at its arguments."""
    if not len(answers):
        return None
    labels, codes = np.unique(np.concatenate([answers.right, answers.said]), return_inverse=True)
    right, spoken = codes.reshape(2, -1)
    of_right, of_said, both = (np.bincount(each, minlength=len(labels)) for each in (right, spoken, right[right == spoken]))
    asked = of_right > 0
    return float((2 * both[asked] / (of_right[asked] + of_said[asked])).mean())


macro_f1 = Figure(of=_macro_f1)        # over the labels that occur as the right one


def auroc(event: Event, by: Column | None = None) -> Figure:
    """How well the stated probability, or another column, tells the event from its opposite."""
    def of(answers: Answers) -> float | None:
        scores, happened = _stated(answers, event, by)
        yes, n = int(happened.sum()), len(happened)
        if not 0 < yes < n:
            return None
        return float((rankdata(scores)[happened > 0].sum() - yes * (yes + 1) / 2) / (yes * (n - yes)))     # Mann and Whitney's U
    return Figure(of=of)


def ece(event: Event = hit) -> Figure:
    """Expected calibration error over ten equally large groups of cases."""
    def of(answers: Answers) -> float | None:
        groups = equal_mass(*_stated(answers, event), BINS)
        n = sum(size for _, _, size in groups)
        return sum(abs(stated - happened) * size for stated, happened, size in groups) / n if n else None
    return Figure(of=of, less=True, stated=event)


def brier(event: Event = hit) -> Figure:
    """Mean squared distance between the stated probability and what happened."""
    return replace(mean(lambda answers: (answers.sure - event(answers)) ** 2, less=True), stated=event)


def sure(answers: Answers) -> Floats:
    return answers.sure


def sure_of(label: str) -> Column:
    """How sure of what was said, where the stated probability is that of one label."""
    return lambda answers: np.where(answers.said == label, answers.sure, 1 - answers.sure)


def aurc(confidence: Column = sure) -> Figure:
    """Area under risk over coverage: the mean share of wrong answers, however many of the most confident are given."""
    def of(answers: Answers) -> float | None:
        order, wrong = _stated(answers, not_(hit), confidence)
        return float(risk_coverage(order, wrong)[1].mean()) if len(wrong) else None
    return Figure(of=of, less=True, confidence=confidence)


def passes(k: int) -> Figure:
    """pass^k: all of k attempts at a case succeed. Of cases that were asked at least k times."""
    def marks(answers: Answers) -> Floats:
        _, owners = np.unique(answers.id, return_inverse=True)
        attempts, successes = np.bincount(owners), np.bincount(owners, answers.hit)
        found = [pass_hat(int(good), int(all_), k) for good, all_ in zip(successes, attempts, strict=True)]
        return np.array([np.nan if each is None else each for each in found])[owners] if len(owners) else np.array([])
    return Figure(of=lambda answers: _mean(_each_case(marks(answers), answers.id)), marks=marks)


def _stated(answers: Answers, event: Event, by: Column | None = None) -> tuple[Floats, Floats]:
    """The column and whether the event happened, of cases whose column says something."""
    column = (by or sure)(answers)
    known = ~np.isnan(column)
    return column[known], event(answers)[known].astype(np.float64)


def _each_case(marks: Floats, ids: NDArray[Any]) -> Floats:
    """The mean of each case's attempts, of those that are counted."""
    counted = ~np.isnan(marks)
    if not counted.any():
        return marks[counted]
    _, owners = np.unique(ids[counted], return_inverse=True)
    found: Floats = np.bincount(owners, marks[counted]) / np.bincount(owners)
    return found


def _mean(marks: Floats) -> float | None:
    counted = marks[~np.isnan(marks)]
    return float(counted.mean()) if len(counted) else None
