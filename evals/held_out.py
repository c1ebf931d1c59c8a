"""An exam of a fresh head: three quarters of anybody's labelled messages are learnt from, a quarter is asked."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from evals import figures
from evals.case import Case
from evals.exam import Figure, Judge, Judged, Peer, Work
from evals.fresh import MOST, fit
from evals.labelled import Answer, judged
from evals.split import parted, thinned

ASKED_AT_MOST = 1_500          # each is embedded: more would take minutes and change little

Learner = Callable[[Sequence[Case], Sequence[Case]], Sequence[Answer]]     # learns from the first, says a label for each of the second


@dataclass(frozen=True, kw_only=True)
class HeldOut:
    name: str
    about: str
    goals: Mapping[str, float]
    peers: Mapping[str, Peer]
    own_data: Callable[[], Sequence[Path]]

    @property
    def figures(self) -> Mapping[str, Figure]:
        return {"macro_f1": figures.macro_f1, "accuracy": figures.accuracy, "ece": figures.ece(), "brier": figures.brier(),
                "aurc": figures.aurc()}

    def cases(self, work: Work) -> Sequence[Case]:
        """The quarter that is asked, or a stratified part of it where it is very large."""
        return thinned(self._split(work)[1], ASKED_AT_MOST, work.seed)

    @asynccontextmanager
    async def open(self, work: Work) -> AsyncIterator[Judge]:
        learnt = thinned(self._split(work)[0], MOST, work.seed)
        work.progress(f"fitting a head on {len(learnt)} messages")
        fresh = await fit(learnt, work.embedder, work.progress)

        async def judge(case: Case) -> Judged:
            return judged(case, fresh.said(case.text, await work.embedder.query(case.text)))

        yield judge

    def _split(self, work: Work) -> tuple[list[Case], list[Case]]:
        return parted(list(work.data) or self.own_data(), work.seed)


def learns(own_data: Callable[[], Sequence[Path]], learner: Learner) -> Peer:
    """A peer that learns from the same three quarters: all of them, however many they are."""
    async def peer(cases: Sequence[Case], work: Work) -> Sequence[Judged]:
        learnt, _ = parted(list(work.data) or own_data(), work.seed)
        return [judged(case, answer) for case, answer in zip(cases, learner(learnt, cases), strict=True)]
    return peer
