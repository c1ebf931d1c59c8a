"""How far to trust a figure, and a difference between two: intervals of 95 %, paired tests, and estimators over repeated attempts."""

from collections.abc import Callable, Iterable, Sequence
from math import comb

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

LEVEL = 0.95
REPEATS = 400                  # of a bootstrap

Interval = tuple[float, float]
Floats = NDArray[np.float64]
Places = NDArray[np.int64]


def wilson(successes: int, n: int) -> Interval:
    """95 % interval of a share.

    >>> tuple(round(edge, 3) for edge in wilson(9, 10))
    (0.596, 0.982)
    """
    found = binomtest(successes, n).proportion_ci(LEVEL, method="wilson")
    return float(found.low), float(found.high)


def bootstrap(figure: Callable[[Places], float | None], n: int, seed: int, repeats: int = REPEATS) -> Interval | None:
    """95 % interval of a figure of `n` things, by drawing them again; `figure` is given the places of those drawn."""
    draw = np.random.default_rng(seed)
    found = [value for _ in range(repeats) if (value := figure(draw.integers(0, n, n))) is not None] if n else []
    if not found:
        return None
    low, high = np.quantile(found, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def mcnemar(only_first: int, only_second: int) -> float:
    """Two-sided exact p of a paired comparison: how many cases only the one got right, and how many only the other."""
    together = only_first + only_second
    return float(binomtest(only_first, together, 0.5).pvalue) if together else 1.0


def pass_hat(successes: int, attempts: int, k: int) -> float | None:
    """Unbiased estimate that k attempts in a row all succeed, of `attempts` at one case: C(successes, k) / C(attempts, k)."""
    return comb(successes, k) / comb(attempts, k) if attempts >= k else None


def equal_mass(sure: Floats, happened: Floats, bins: int) -> list[tuple[float, float, int]]:
    """Mean stated probability, share that happened and size of each of `bins` equally large groups, from unsure to sure.

    Of cases that were equally sure each counts for their mean: the groups don't depend on the order of the cases.
    """
    order = np.argsort(sure, kind="stable")
    stated, level = sure[order], _level(sure, happened)[order]
    parts = np.array_split(np.arange(len(sure)), min(bins, len(sure))) if len(sure) else []
    return [(float(stated[part].mean()), float(level[part].mean()), len(part)) for part in parts]


def risk_coverage(confidence: Floats, wrong: Floats) -> tuple[Floats, Floats]:
    """Coverage 1/n … 1, and the share of wrong answers among so many of the most confident."""
    order = np.argsort(-confidence, kind="stable")
    counts = np.arange(1, len(order) + 1, dtype=np.float64)
    return counts / max(len(order), 1), np.cumsum(_level(confidence, wrong)[order]) / counts


def gap(values: Iterable[float]) -> float | None:
    """Between the best language and the worst."""
    found = list(values)
    return max(found) - min(found) if len(found) > 1 else None


def kappa(first: Sequence[str], second: Sequence[str]) -> float | None:
    """Cohen's: how far two raters agree beyond chance. None where both always say the same one word, or say nothing.

    By counts, since a bootstrap asks hundreds of times: scikit-learn's spends most of its time on looking at its arguments.

    >>> round(kappa(["yes"] * 25 + ["no"] * 25, ["yes"] * 20 + ["no"] * 20 + ["yes"] * 10), 2)
    0.4
    """
    labels, codes = np.unique([*first, *second], return_inverse=True)
    if len(labels) < 2:
        return None
    one, other = codes.reshape(2, -1)
    shares = [np.bincount(each, minlength=len(labels)) / len(one) for each in (one, other)]
    chance = float(shares[0] @ shares[1])
    return (float((one == other).mean()) - chance) / (1 - chance)


def _level(by: Floats, values: Floats) -> Floats:
    """Each value replaced by the mean of those whose `by` is the same."""
    _, groups = np.unique(by, return_inverse=True)
    groups = groups.reshape(-1)
    level: Floats = np.bincount(groups, values) / np.bincount(groups)
    return level[groups]
