"""What an exam is: cases, who judges each, the figures over what became of them, and who stands beside for comparison.

One per folder of `evals/suites/`: its `suite.py` holds it as `EXAM`, and the runner finds it there. The runner asks, keeps the time,
counts errors apart from wrong answers, computes and reports; an exam only says what is asked and what is right.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from desk.people import Lang
from evals.case import BadData
from evals.figures import Figure
from evals.judged import Judged
from evals.work import Work

__all__ = ["AnyCase", "BadData", "Exam", "Figure", "Judge", "Judged", "Peer", "Work"]


class AnyCase(Protocol):
    """The least that a case is. Its id is the same in every run on the same data: runs are compared case by case."""

    @property
    def id(self) -> str: ...

    @property
    def lang(self) -> Lang: ...

    @property
    def text(self) -> str: ...


# Asked for several cases at a time: what one case does must not be seen by another. What it raises is an error of the machinery.
Judge = Callable[[Any], Awaitable[Judged]]
Peer = Callable[[Sequence[Any], Work], Awaitable[Sequence[Judged]]]


class Exam(Protocol):
    @property
    def name(self) -> str: ...         # that of its folder

    @property
    def about(self) -> str: ...        # one line

    @property
    def goals(self) -> Mapping[str, float]: ...        # metric → the figure to reach, in each language

    @property
    def figures(self) -> Mapping[str, Figure]: ...     # metric → how it is computed, in the order in which they are shown

    @property
    def peers(self) -> Mapping[str, Peer]: ...         # name → the same cases, judged by the same measure

    def cases(self, work: Work) -> Sequence[AnyCase]:
        """What is asked, of `work.data` or of the exam's own. Raises BadData, which names file and line."""
        ...

    def open(self, work: Work) -> AbstractAsyncContextManager[Judge]:
        """Set up once what every case needs."""
        ...
