"""Figures and how far to trust them, with the arithmetic in the rows."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, f1_score, roc_auc_score

from evals import figures
from evals.answers import Answers, gather
from evals.comparing import compare, corrected, difference
from evals.judged import Judged
from evals.statistics import bootstrap, equal_mass, gap, kappa, mcnemar, pass_hat, risk_coverage, wilson


def answers(*rows: tuple[str, str, float]) -> Answers:
    right, said, sure = zip(*rows, strict=True)
    return Answers(id=np.arange(len(rows)), right=np.array(right), said=np.array(said), sure=np.array(sure, dtype=float),
                   hit=np.array(right) == np.array(said))


SOME = answers(("yes", "yes", 0.9), ("yes", "no", 0.4), ("no", "yes", 0.6), ("no", "no", 0.1), ("no", "no", 0.2))
YES = figures.labelled("yes")


@pytest.mark.parametrize(("figure", "value"), [
    (figures.accuracy, 3 / 5),
    (figures.recall("yes"), 1 / 2),
    (figures.precision("yes"), 1 / 2),
    (figures.false_alarm("yes"), 1 / 3),
    (figures.auroc(YES), 5 / 6),                      # 0.9 beats three, 0.4 beats two, of six pairs
    (figures.macro_f1, (1 / 2 + 2 / 3) / 2),
    (figures.ece(), (0.1 + 0.4 + 0.6 + 0.9 + 0.8) / 5),                   # five groups of one
    (figures.brier(YES), (0.1**2 + 0.6**2 + 0.6**2 + 0.1**2 + 0.2**2) / 5),
    (figures.aurc(), (0 + 1 / 2 + 2 / 3 + 2 / 4 + 2 / 5) / 5),            # by sureness: right, wrong, wrong, right, right
])
def test_a_figure_is_what_its_name_says(figure, value):
    assert figure.of(SOME) == pytest.approx(value)


def test_a_figure_of_nothing_is_none():
    only_no = SOME[SOME.right == "no"]
    for figure in (figures.recall("yes"), figures.auroc(YES), figures.value("mrr"), figures.passes(2)):
        assert figure.of(only_no) is None


rows = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abcd"), st.sampled_from([0.0, 0.1, 0.5, 0.7, 1.0])),
                min_size=1, max_size=40)


@given(rows)
def test_what_is_counted_here_is_what_scikit_learn_counts(some):
    found = answers(*some)
    labels = sorted(set(found.right))
    assert figures.macro_f1.of(found) == pytest.approx(f1_score(found.right, found.said, labels=labels, average="macro", zero_division=0))
    event = found.right == "a"
    assert figures.brier(figures.labelled("a")).of(found) == pytest.approx(brier_score_loss(event, found.sure, labels=[False, True]))
    if 0 < event.sum() < len(event):
        assert figures.auroc(figures.labelled("a")).of(found) == pytest.approx(roc_auc_score(event, found.sure))


def test_calibration_error_does_not_depend_on_the_order_of_cases():
    even = answers(("a", "a", 0.75), ("a", "a", 0.75), ("a", "b", 0.75), ("a", "a", 0.75))       # 3 of 4 right at 0.75
    assert figures.ece().of(even) == pytest.approx(0)
    assert figures.ece().of(SOME[np.array([4, 2, 0, 1, 3])]) == pytest.approx(figures.ece().of(SOME))


def test_groups_are_equally_large():
    sure = np.arange(20) / 20
    groups = equal_mass(sure, (sure > 0.5).astype(float), 10)
    assert [size for _, _, size in groups] == [2] * 10
    assert groups[0] == pytest.approx((0.025, 0.0, 2))            # 0.00 and 0.05
    assert groups[-1] == pytest.approx((0.925, 1.0, 2))           # 0.90 and 0.95


def test_risk_over_coverage_gives_the_most_confident_first():
    coverage, risk = risk_coverage(np.array([0.2, 0.9, 0.5]), np.array([1.0, 0.0, 1.0]))
    assert coverage.tolist() == pytest.approx([1 / 3, 2 / 3, 1])
    assert risk.tolist() == pytest.approx([0, 1 / 2, 2 / 3])
    _, tied = risk_coverage(np.array([0.5, 0.5]), np.array([1.0, 0.0]))
    assert tied.tolist() == pytest.approx([1 / 2, 1 / 2])         # neither comes first


def wilson_by_hand(hits: int, n: int) -> tuple[float, float]:
    z = 1.959964
    middle, spread = (hits / n + z * z / (2 * n)), z * np.sqrt(hits / n * (1 - hits / n) / n + z * z / (4 * n * n))
    return (middle - spread) / (1 + z * z / n), (middle + spread) / (1 + z * z / n)


@pytest.mark.parametrize(("hits", "n", "low", "high"), [(9, 10, 0.596, 0.982), (0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0)])
def test_wilson_stays_inside_zero_and_one(hits, n, low, high):
    assert wilson(hits, n) == pytest.approx((low, high), abs=5e-4)
    assert wilson(hits, n) == pytest.approx(wilson_by_hand(hits, n), abs=1e-6)


def test_the_bootstrap_is_seeded_and_holds_the_figure():
    first, again = (figures.brier(YES).interval(SOME, seed=3) for _ in range(2))
    assert first == again
    assert first[0] <= figures.brier(YES).of(SOME) <= first[1]
    assert bootstrap(lambda places: None, 3, 0) is None


def test_shares_get_wilson_s_interval():
    assert figures.recall("yes").interval(SOME, 0) == wilson(1, 2)
    assert figures.false_alarm("yes").interval(SOME, 0) == wilson(1, 3)


def test_an_interval_holds_its_figure_where_attempts_at_a_case_count_unevenly():
    """Nine attempts at three cases were handed over and rightly, one of four at a fourth wrongly: 9 of 10, not 3 of 4."""
    found = answers(*[("yes", "yes", 0.9)] * 9, ("no", "yes", 0.6), *[("no", "no", 0.1)] * 3)
    repeated = replace(found, id=np.array([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3]))
    figure = figures.precision("yes")
    low, high = figure.interval(repeated, 0)
    assert figure.of(repeated) == pytest.approx(0.9) and low <= 0.9 <= high
    assert (low, high) != wilson(3, 4)


@pytest.mark.parametrize(("first", "second", "p"), [
    (0, 0, 1.0),
    (1, 0, 1.0),                           # 2 × 1/2
    (5, 0, 2 * 0.5**5),
    (0, 6, 2 * 0.5**6),
    (6, 1, 2 * (1 + 7) * 0.5**7),          # 7 choose 0 and 7 choose 1
])
def test_mcnemar_is_exact(first, second, p):
    assert mcnemar(first, second) == pytest.approx(p)


@pytest.mark.parametrize(("successes", "attempts", "k", "estimate"), [
    (4, 4, 4, 1.0), (3, 4, 1, 3 / 4),
    (3, 4, 2, 3 / 6),                      # C(3,2) / C(4,2)
    (2, 5, 2, 1 / 10),
    (1, 4, 2, 0.0),
    (3, 3, 4, None),
])
def test_pass_hat_counts_the_draws_that_all_succeed(successes, attempts, k, estimate):
    assert pass_hat(successes, attempts, k) == estimate


def judged(case: str, right: bool | None, lang: str = "en", got: str = "", **more) -> Judged:
    return Judged(id=case, lang=lang, text=case, label="yes", got=got or ("yes" if right else "no"), right=right, **more)


def test_pass_hat_of_a_suite_is_the_mean_over_its_cases():
    attempts = [judged("a", True), judged("a", True), judged("a", False), judged("b", True), judged("b", True), judged("b", True)]
    assert figures.passes(2).of(gather(attempts)) == pytest.approx((1 / 3 + 1) / 2)               # C(2,2)/C(3,2), C(3,2)/C(3,2)
    low, high = figures.passes(2).interval(gather(attempts), 0)
    assert low == pytest.approx(1 / 3) and high == pytest.approx(1)                               # both draws "a", both draws "b"
    assert figures.passes(3).interval(gather(attempts), 0) == wilson(1, 2)


def test_attempts_at_one_case_are_no_cases_of_their_own():
    """Ten attempts at two cases are as uncertain as two cases: an interval of ten would be far too narrow."""
    attempts = [judged("a", True)] * 5 + [judged("b", False)] * 5
    assert figures.accuracy.interval(gather(attempts), 0) == wilson(1, 2)
    assert figures.accuracy.interval(gather([*attempts, judged("b", True)]), 0) == pytest.approx((1 / 6, 1))     # both draws "b", or "a"


def test_nothing_among_a_few_is_no_certainty():
    assert figures.total("leaks").interval(gather([judged(str(at), True, values={"leaks": 0}) for at in range(9)]), 0) is None


def test_what_could_not_be_judged_is_in_no_figure():
    assert figures.accuracy.of(gather([judged("a", True), judged("b", None, error="down")])) == 1.0


@pytest.mark.parametrize(("values", "between"), [([0.9, 0.7, 0.8], 0.2), ([0.5], None), ([], None)])
def test_the_gap_is_between_the_best_and_the_worst(values, between):
    assert gap(values) == (None if between is None else pytest.approx(between))


def test_two_raters_agree_beyond_chance():
    first, second = ["yes"] * 5 + ["no"] * 5, ["yes"] * 4 + ["no"] * 6
    assert kappa(first, second) == pytest.approx((0.9 - 0.5) / (1 - 0.5))        # chance: 0.5 × 0.4 + 0.5 × 0.6
    assert kappa(["yes"] * 3, ["yes"] * 3) is None


def test_values_of_cases_are_averaged_and_summed():
    some = gather([judged("a", True, values={"mrr": 1.0, "leaks": 0}), judged("b", False, values={"mrr": 0.5, "leaks": 2}),
                   judged("c", True)])
    assert figures.value("mrr").of(some) == pytest.approx(0.75)
    assert figures.total("leaks").of(some) == 2


def pair(n: int, lost: int, lang: str = "en") -> tuple[list[Judged], list[Judged]]:
    """n cases that were right, of which some are wrong afterwards."""
    return [judged(f"{lang}{at}", True, lang) for at in range(n)], [judged(f"{lang}{at}", at >= lost, lang) for at in range(n)]


@pytest.mark.parametrize(("lost", "significant"), [(0, False), (2, False), (12, True)])        # p: 1, 2 × 0.5², 2 × 0.5¹²
def test_only_more_than_chance_is_flagged(lost, significant):
    before, after = pair(60, lost)
    (whole, english) = compare({"accuracy": figures.accuracy}, before, after, 0)
    assert (whole.name, english.name) == ("accuracy", "en.accuracy")
    assert whole.test == "McNemar" and whole.p == pytest.approx(mcnemar(lost, 0))
    assert whole.significant is significant and whole.worse is (lost > 0)
    assert whole.change == pytest.approx(-lost / 60)
    assert whole.low <= whole.change <= whole.high


def test_a_drop_in_one_language_is_told_of_that_language():
    before, after = ([*one, *other] for one, other in zip(pair(60, 0), pair(60, 15, "fa"), strict=True))
    flagged = {each.name for each in compare({"accuracy": figures.accuracy}, before, after, 0) if each.significant}
    assert flagged == {"accuracy", "fa.accuracy"}


def test_cases_that_changed_or_failed_are_not_compared():
    before, after = pair(10, 0)
    after[0] = Judged(id="en0", lang="en", text="another text", label="yes", got="no", right=False)
    after[1] = judged("en1", None, error="down")
    (whole, _) = compare({"accuracy": figures.accuracy}, before, after, 0)
    assert (whole.n, whole.before, whole.after) == (8, 1.0, 1.0)
    assert compare({"accuracy": figures.accuracy}, before, pair(5, 0, "fa")[1], 0) == []


def test_numbers_of_cases_are_compared_by_the_bootstrap():
    before = [judged(str(at), True, values={"mrr": 0.5 + at % 3 / 10}) for at in range(60)]
    after = [judged(str(at), True, values={"mrr": 0.4 + at % 2 / 10}) for at in range(60)]
    found = difference(figures.value("mrr"), gather(before), gather(after), 0)
    assert found.test == "bootstrap" and found.change == pytest.approx(0.45 - 0.6) and found.p < 0.001
    same = difference(figures.value("mrr"), gather(before), gather(before), 0)
    assert same.change == 0 and same.p == 1.0


def test_looking_at_many_figures_is_corrected_for():
    before, after = pair(60, 6)                                                                  # p = 2 × 0.5⁶ = 0.03
    one = difference(figures.accuracy, gather(before), gather(after), 0)
    none = difference(figures.accuracy, gather(before), gather(before), 0)
    assert corrected([one])[0].significant
    assert not corrected([one, *[none] * 9])[0].significant                                      # q = 0.03 × 10


