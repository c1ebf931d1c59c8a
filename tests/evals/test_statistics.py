"""Figures and their intervals, with the arithmetic in the rows."""

import numpy as np
import pytest

from evals import statistics
from evals.statistics import Answers, bootstrap, interval, wilson


def answers(*rows: tuple[str, str, float]) -> Answers:
    right, said, sure = zip(*rows, strict=True)
    return Answers(right=np.array(right), said=np.array(said), sure=np.array(sure, dtype=float))


SOME = answers(("yes", "yes", 0.9), ("yes", "no", 0.4), ("no", "yes", 0.6), ("no", "no", 0.1), ("no", "no", 0.2))


@pytest.mark.parametrize(("figure", "value"), [
    (statistics.accuracy, 3 / 5),
    (statistics.recall("yes"), 1 / 2),
    (statistics.precision("yes"), 1 / 2),
    (statistics.false_alarm("yes"), 1 / 3),
    (statistics.auroc("yes"), 5 / 6),                 # 0.9 beats three, 0.4 beats two, of six pairs
    (statistics.macro_f1, (1 / 2 + 2 / 3) / 2),
])
def test_a_figure_is_what_its_name_says(figure, value):
    assert figure(SOME) == pytest.approx(value)


def test_a_figure_of_nothing_is_none():
    only_no = SOME[SOME.right == "no"]
    assert statistics.recall("yes")(only_no) is None
    assert statistics.auroc("yes")(only_no) is None


def test_calibration_error_is_the_mean_gap_of_the_bins():
    even = answers(("a", "a", 0.75), ("a", "a", 0.75), ("a", "b", 0.75), ("a", "a", 0.75))       # 3 of 4 right at 0.75
    assert statistics.ece(lambda each: each.right == each.said)(even) == pytest.approx(0)
    assert statistics.ece(lambda each: each.right == each.said)(SOME) == pytest.approx((0.1 + 0.4 + 0.6 + 0.9 + 0.8) / 5)


@pytest.mark.parametrize(("hits", "n", "low", "high"), [(9, 10, 0.596, 0.982), (0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0)])
def test_wilson_stays_inside_zero_and_one(hits, n, low, high):
    assert wilson(hits, n) == pytest.approx((low, high), abs=5e-4)


def test_the_bootstrap_is_seeded_and_holds_the_figure():
    first, again = (bootstrap(statistics.macro_f1, SOME, seed=3) for _ in range(2))
    assert first == again
    assert first[0] <= statistics.macro_f1(SOME) <= first[1]


def test_shares_get_wilson_s_interval():
    assert interval("recall", statistics.recall("yes"), SOME, 0, "yes") == wilson(1, 2)
    assert interval("false_alarm", statistics.false_alarm("yes"), SOME, 0, "yes") == wilson(1, 3)
