"""Judged cases as columns, so that figures are plain arithmetic over arrays."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.judged import Judged

Rows = NDArray[np.int64] | NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Answers:
    """A row per judged case; of a case that was asked K times, K rows with one id."""

    id: NDArray[Any]           # of the case
    right: NDArray[np.str_]    # the label
    said: NDArray[np.str_]
    sure: NDArray[np.float64]  # of `said`, or of the label that is looked for; NaN: not stated
    hit: NDArray[np.bool_]     # judged to be right
    values: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)        # NaN: the case has no such number

    def __len__(self) -> int:
        return len(self.id)

    def __getitem__(self, rows: Rows) -> "Answers":
        return Answers(id=self.id[rows], right=self.right[rows], said=self.said[rows], sure=self.sure[rows], hit=self.hit[rows],
                       values={name: column[rows] for name, column in self.values.items()})

    def value(self, name: str) -> NDArray[np.float64]:
        return self.values[name] if name in self.values else np.full(len(self), np.nan)

    @property
    def repeated(self) -> bool:
        return len(np.unique(self.id)) < len(self)


def gather(judged: Iterable[Judged]) -> Answers:
    """Of those that could be judged."""
    found = [each for each in judged if each.right is not None]
    names = sorted({name for each in found for name in each.values})
    return Answers(
        id=np.array([each.id for each in found], dtype=np.str_), right=np.array([each.label for each in found], dtype=np.str_),
        said=np.array([each.got for each in found], dtype=np.str_),
        sure=np.array([np.nan if each.sure is None else each.sure for each in found], dtype=np.float64),
        hit=np.array([bool(each.right) for each in found], dtype=np.bool_),
        values={name: np.array([each.values.get(name, np.nan) for each in found], dtype=np.float64) for name in names})
