"""A seeded, stratified split: what a head is fitted on, and what it is asked."""

import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from sklearn.model_selection import StratifiedGroupKFold, train_test_split

from evals.case import BadData, Case, load, rows

ASKED = 0.25                   # of all messages
FOLDS = round(1 / ASKED)


def parted(paths: Sequence[Path], seed: int) -> tuple[list[Case], list[Case]]:
    """The messages of the files, of whatever labels: what is learnt from, and what is asked. Raises BadData."""
    return split(load(paths, None), seed, _same(paths))


def split(cases: Sequence[Case], seed: int, same: Mapping[str, str] | None = None) -> tuple[list[Case], list[Case]]:
    """Three quarters to learn from and a quarter to ask, of each label and language alike. The order is that of the file.

    `same` names, by the id of the case, messages that say the same, as translations do: they stay together. A pair of label and language
    that stands only once is learnt from. Raises BadData where there are too few to be split.
    """
    strata = _strata(cases)
    counts = Counter(strata)
    several = [at for at, stratum in enumerate(strata) if counts[stratum] > 1]
    different = len({strata[at] for at in several})
    if different < 2 or round(len(several) * ASKED) < different:
        raise BadData(f"{len(cases)} messages of {len(counts)} labels are too few to hold a quarter back: at least two labels, "
                      "and four messages of each, are wanted")
    if same:
        groups = [same.get(cases[at].id, cases[at].id) for at in several]
        folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
        with warnings.catch_warnings():        # a pair that stands less often than there are folds is fine: one fold is used
            warnings.filterwarnings("ignore", "The least populated class", UserWarning)
            _, places = next(folds.split(several, [strata[at] for at in several], groups))
        asked = {several[place] for place in places}
    else:
        asked = set(train_test_split(several, test_size=ASKED, random_state=seed, stratify=[strata[at] for at in several])[1])
    return [case for at, case in enumerate(cases) if at not in asked], [case for at, case in enumerate(cases) if at in asked]


def thinned(cases: Sequence[Case], most: int, seed: int) -> list[Case]:
    """At most so many, drawn from each label and language in proportion; in the order of the file."""
    if len(cases) <= most:
        return list(cases)
    strata = _strata(cases)
    counts = Counter(strata)
    common = [at for at, stratum in enumerate(strata) if counts[stratum] > 1]
    kept, _ = train_test_split(common, train_size=most, random_state=seed, stratify=[strata[at] for at in common])
    return [cases[at] for at in sorted(kept)]


def _strata(cases: Sequence[Case]) -> list[str]:
    return [f"{case.label}\x1f{case.lang}" for case in cases]


def _same(paths: Sequence[Path]) -> Mapping[str, str] | None:
    """What the rows call themselves by `id`, where one name stands more than once."""
    named = {f"{path.name}:{number}": str(row["id"]) for path in paths for number, row in rows(path) if "id" in row}
    return named if len(set(named.values())) < len(named) else None
