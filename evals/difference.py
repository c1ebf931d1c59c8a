"""What lies between two runs: of a figure, and of a case."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from evals.judged import Judged
from evals.result import Result, numbered

ALPHA = 0.05                   # the share of false ones among what is flagged


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Of one figure, between two runs, on the `n` cases of both."""

    name: str = ""             # `fa.recall` in one language
    n: int
    before: float
    after: float
    low: float                 # of the change, 95 %
    high: float
    p: float
    q: float = 1.0             # p, corrected for all the figures that were looked at
    test: str                  # "McNemar" or "bootstrap"
    less: bool = False         # is better

    @property
    def change(self) -> float:
        return self.after - self.before

    @property
    def significant(self) -> bool:
        return self.q < ALPHA

    @property
    def worse(self) -> bool:
        return self.change > 0 if self.less else self.change < 0


@dataclass(frozen=True, kw_only=True)
class Change:
    """A case that was right and is wrong, or the other way round; or that could be judged in one of the runs alone."""

    suite: str
    before: Judged
    after: Judged
    number_before: int         # of the case in its run, over all suites, from 1
    number: int

    @property
    def worse(self) -> bool:
        return self.before.right is True


def changes(before: Sequence[Result], after: Sequence[Result]) -> list[Change]:
    """Those that became worse first. A case is the same where suite, id and text are; attempts are taken in their order."""
    earlier: dict[tuple[str, str, str], list[tuple[int, Judged]]] = defaultdict(list)
    for number, suite, judged in numbered(before):
        earlier[suite, judged.id, judged.text].append((number, judged))
    found = []
    for number, suite, judged in numbered(after):
        attempts = earlier[suite, judged.id, judged.text]
        number_before, was = attempts.pop(0) if attempts else (0, judged)
        if was.right is not judged.right:
            found.append(Change(suite=suite, before=was, after=judged, number_before=number_before, number=number))
    return sorted(found, key=lambda each: (not each.worse, each.after.right is True, each.number))
