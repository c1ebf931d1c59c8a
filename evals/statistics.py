"""Figures and how far to trust them: shares with Wilson's interval, all else with a seeded bootstrap over cases."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score, roc_auc_score

LEVEL = 0.95
Z = 1.959964                   # of the normal distribution, for LEVEL
REPEATS = 400
BINS = 10


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What was right, what was said, and how sure the one who said it was."""

    right: NDArray[np.str_]
    said: NDArray[np.str_]
    sure: NDArray[np.float64]  # of `said`, or of the one label that is looked for

    def __len__(self) -> int:
        return len(self.right)

    def __getitem__(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> "Answers":
        return Answers(right=self.right[rows], said=self.said[rows], sure=self.sure[rows])


Interval = tuple[float, float]
Figure = Callable[[Answers], float | None]     # None where it means nothing: a recall with nothing to recall


def accuracy(answers: Answers) -> float | None:
    return float((answers.right == answers.said).mean()) if len(answers) else None


def macro_f1(answers: Answers) -> float | None:
    """Over the labels that occur as the right one."""
    return float(f1_score(answers.right, answers.said, labels=sorted(set(answers.right.tolist())), average="macro", zero_division=0))


def recall(label: str) -> Figure:
    return lambda answers: _share(answers.said[answers.right == label] == label)


def precision(label: str) -> Figure:
    return lambda answers: _share(answers.right[answers.said == label] == label)


def false_alarm(label: str) -> Figure:
    return lambda answers: _share(answers.said[answers.right != label] == label)


def auroc(label: str) -> Figure:
    def figure(answers: Answers) -> float | None:
        found = answers.right == label
        return float(roc_auc_score(found, answers.sure)) if 0 < found.sum() < len(found) else None
    return figure


def ece(hit: Callable[[Answers], NDArray[np.bool_]]) -> Figure:
    """Expected calibration error over ten equal bins of the stated probability."""
    def figure(answers: Answers) -> float | None:
        bins = np.minimum((answers.sure * BINS).astype(int), BINS - 1)
        right = hit(answers)
        return float(sum(abs(right[bins == number].mean() - answers.sure[bins == number].mean()) * (bins == number).mean()
                         for number in set(bins.tolist())))
    return figure


def wilson(successes: int, n: int) -> Interval:
    """95 % interval of a share.

    >>> tuple(round(edge, 3) for edge in wilson(9, 10))
    (0.596, 0.982)
    """
    share, spread = successes / n, Z * Z / n
    middle, half = share + spread / 2, Z * sqrt(share * (1 - share) / n + spread / (4 * n))
    return (middle - half) / (1 + spread), (middle + half) / (1 + spread)


def bootstrap(figure: Figure, answers: Answers, seed: int, repeats: int = REPEATS) -> Interval | None:
    """95 % interval by drawing the cases again."""
    draw = np.random.default_rng(seed)
    found = [value for _ in range(repeats) if (value := figure(answers[draw.integers(0, len(answers), len(answers))])) is not None]
    if not found:
        return None
    low, high = np.quantile(found, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def interval(name: str, figure: Figure, answers: Answers, seed: int, label: str | None) -> Interval | None:
    """Wilson's where the figure is a plain share, else by bootstrap."""
    parts = _parts(name, answers, label)
    if parts is None:
        return bootstrap(figure, answers, seed)
    hits, n = parts
    return wilson(hits, n) if n else None


def _parts(name: str, answers: Answers, label: str | None) -> tuple[int, int] | None:
    said, right = answers.said, answers.right
    match name:
        case "accuracy":
            return int((said == right).sum()), len(answers)
        case "recall":
            return int((said[right == label] == label).sum()), int((right == label).sum())
        case "precision":
            return int((right[said == label] == label).sum()), int((said == label).sum())
        case "false_alarm":
            return int((said[right != label] == label).sum()), int((right != label).sum())
    return None


def _share(hits: Sequence[bool] | NDArray[np.bool_]) -> float | None:
    return float(np.mean(hits)) if len(hits) else None
