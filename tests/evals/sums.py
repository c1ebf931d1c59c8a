"""A suite that needs neither model nor house: it does as it is told, and counts."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from desk.people import LANGS
from evals.case import Case
from evals.exam import Judge, Judged, Work
from evals.figures import Figure, accuracy, brier


@dataclass
class Sums:
    """A suite of additions; it answers as it is told to, and counts how often it is asked."""

    wrong: frozenset[str] = frozenset()
    down: frozenset[str] = frozenset()
    slow: frozenset[str] = frozenset()
    peers: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    at_once: int = 0
    most: int = 0
    name: str = "sums"
    about: str = "one and one"
    goals: dict[str, float] = field(default_factory=lambda: {"accuracy": 0.9})
    figures: dict[str, Figure] = field(default_factory=lambda: {"accuracy": accuracy, "brier": brier()})

    def cases(self, work: Work) -> Sequence[Case]:
        return [Case(id=f"{lang}-{at}", text=f"{at} + 1", label=str(at + 1), lang=lang) for lang in LANGS for at in range(5)]

    @asynccontextmanager
    async def open(self, work: Work) -> AsyncIterator[Judge]:
        yield self._judge

    async def _judge(self, case: Case) -> Judged:
        self.asked.append(case.id)
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        if case.id in self.slow:
            await asyncio.Event().wait()
        if case.id in self.down:
            raise ConnectionError("the house is down")
        right = case.id not in self.wrong
        got = case.label if right else "?"
        return Judged(id=case.id, lang=case.lang, text=case.text, label=case.label, got=got, right=right, sure=1 / 3)
