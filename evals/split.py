"""A seeded, stratified split: what a head is fitted on, and what it is asked."""

from collections import Counter
from collections.abc import Sequence
from typing import TypeVar

from sklearn.model_selection import train_test_split

from evals.case import BadData, Case

ASKED = 0.25                   # of all messages

Labelled = TypeVar("Labelled", bound=Case)


def split(cases: Sequence[Labelled], seed: int) -> tuple[list[Labelled], list[Labelled]]:
    """Three quarters to learn from and a quarter to ask, of each label and language alike. The order is that of the file.

    A pair of label and language that stands only once is learnt from. Raises BadData where no label has enough to be split.
    """
    strata = [f"{case.label}\x1f{case.lang}" for case in cases]
    counts = Counter(strata)
    several = [at for at, stratum in enumerate(strata) if counts[stratum] > 1]
    different = len({strata[at] for at in several})
    if different < 2 or round(len(several) * ASKED) < different:
        raise BadData(f"{len(cases)} messages of {len(counts)} labels are too few to hold a quarter back: at least two labels, "
                      "and four messages of each, are wanted")
    _, held = train_test_split(several, test_size=ASKED, random_state=seed, stratify=[strata[at] for at in several])
    asked = set(held)
    return [case for at, case in enumerate(cases) if at not in asked], [case for at, case in enumerate(cases) if at in asked]


def thinned(cases: Sequence[Labelled], most: int, seed: int) -> list[Labelled]:
    """At most so many, drawn from each label and language in proportion; in the order of the file."""
    if len(cases) <= most:
        return list(cases)
    strata = [f"{case.label}\x1f{case.lang}" for case in cases]
    counts = Counter(strata)
    rare = {stratum for stratum, count in counts.items() if count < 2}
    common = [at for at, stratum in enumerate(strata) if stratum not in rare]
    kept, _ = train_test_split(common, train_size=most, random_state=seed, stratify=[strata[at] for at in common])
    return [cases[at] for at in sorted(kept)]
