"""Two runs on the same cases, compared case by case. What is flagged is more than chance, all the figures looked at considered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from scipy.stats import false_discovery_control, norm

from evals.answers import Answers, gather
from evals.difference import Difference
from evals.figures import Figure, drawing
from evals.judged import Judged
from evals.statistics import LEVEL, REPEATS, mcnemar


class Pair(NamedTuple):
    before: Sequence[Judged]
    after: Sequence[Judged]


def compare(figures: Mapping[str, Figure], before: Sequence[Judged], after: Sequence[Judged], seed: int) -> list[Difference]:
    """For the whole and each language. A case is the same where id and text are."""
    both = {_key(each) for each in before} & {_key(each) for each in after}
    pair = Pair([each for each in before if _key(each) in both], [each for each in after if _key(each) in both])
    found = []
    for lang in ("", *sorted({each.lang for each in pair.after})):
        first, second = (gather(each for each in side if lang in ("", each.lang)) for side in pair)
        for name, figure in figures.items():
            between = difference(figure, first, second, seed)
            if between is not None:
                found.append(replace(between, name=f"{lang}.{name}".lstrip(".")))
    return corrected(found)


def corrected(found: Sequence[Difference]) -> list[Difference]:
    """With q by Benjamini and Hochberg: figures of one suite depend on each other positively."""
    if not found:
        return []
    return [replace(each, q=float(q)) for each, q in zip(found, false_discovery_control([each.p for each in found]), strict=True)]


def difference(figure: Figure, before: Answers, after: Answers, seed: int) -> Difference | None:
    """On the cases that both could judge; None where the figure means nothing for one of them."""
    first, second = _aligned(before, after)
    one, other = (figure.of(side) if len(side) else None for side in (first, second))
    if one is None or other is None:
        return None
    n = len(np.unique(first.id))
    changes = _changes(figure.of, first, second, n, seed)
    low, high = np.quantile(changes, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]) if changes else (np.nan, np.nan)
    discordant = None if first.repeated or second.repeated else _discordant(figure, first, second)
    p = _p(other - one, changes, n) if discordant is None else mcnemar(*discordant)
    return Difference(n=n, before=one, after=other, low=float(low), high=float(high), p=p, less=figure.less,
                      test="bootstrap" if discordant is None else "McNemar")


def _key(judged: Judged) -> tuple[str, str]:
    return judged.id, judged.text


def _aligned(before: Answers, after: Answers) -> tuple[Answers, Answers]:
    """The rows of cases that both have, in the same order."""
    both = np.intersect1d(before.id, after.id)
    sides = [side[np.isin(side.id, both)] for side in (before, after)]
    first, second = (side[np.argsort(side.id, kind="stable")] for side in sides)
    return first, second


def _changes(of: Callable[[Answers], float | None], first: Answers, second: Answers, n: int, seed: int) -> list[float]:
    draw, drawn, others = np.random.default_rng(seed), drawing(first), drawing(second)
    found = []
    for _ in range(REPEATS):
        places = draw.integers(0, n, n)
        one, other = of(drawn(places)), of(others(places))
        if one is not None and other is not None:
            found.append(other - one)
    return found


def _discordant(figure: Figure, first: Answers, second: Answers) -> tuple[int, int] | None:
    """How many cases only the one counts as hits, and how many only the other; None unless both count the same cases by yes and no."""
    if figure.marks is None:
        return None
    one, other = figure.marks(first), figure.marks(second)
    counted = ~np.isnan(one)
    if (counted != ~np.isnan(other)).any():
        return None
    one, other = one[counted], other[counted]
    if not np.isin(np.concatenate([one, other]), (0.0, 1.0)).all():
        return None
    return int((one > other).sum()), int((other > one).sum())


def _p(change: float, changes: Sequence[float], n: int) -> float:
    """Two-sided, by the bootstrap's standard error. Where every draw says the same, by the sign alone."""
    if change == 0 or not changes:
        return 1.0
    spread = float(np.std(changes, ddof=1)) if len(changes) > 1 else 0.0
    if spread < 1e-12:
        return min(1.0, 2 * 0.5**n)
    return float(2 * norm.sf(abs(change) / spread))
