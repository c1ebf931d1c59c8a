"""What an exam is given to work with: data, seeds, the shared embedder, and houses of its own."""

import shutil
from asyncio import Lock
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from agent.house import House
    from knowledge.embedder import Embedder

PlannedBy = Literal["builtin", "openai"]
# (home, *, planned_by, embedder, clock, **parts of the composition root) → a house that is not open yet
MakeHouse = Callable[..., "House"]
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TICK = timedelta(milliseconds=5)
ATTEMPT: ContextVar[int] = ContextVar("attempt", default=0)            # set by the runner around each case


class NoHouse(Exception):
    """This suite needs a whole house. Run it with the command `yavar eval run`."""

    def __init__(self) -> None:
        super().__init__(str(NoHouse.__doc__))


@dataclass
class Clock:
    """The time of one house. It moves a little with each look, so that what comes later is later, and else only when it is told to."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        self.now += TICK
        return self.now

    def pass_(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass(frozen=True, kw_only=True)
class Stay:
    """A house with its demo people, articles and services, open for one case, and its clock."""

    house: "House"
    clock: Clock


@dataclass(kw_only=True)
class Houses:
    """Fresh houses on SQLite in a temporary folder: the first is furnished, all are copies of it, so that each opens at once."""

    make: MakeHouse | None
    embedder: "Embedder"
    planned_by: PlannedBy = "builtin"
    _folder: "TemporaryDirectory[str] | None" = None
    _furnishing: Lock = field(default_factory=Lock)
    _opening: Lock = field(default_factory=Lock)
    _count: int = 0

    @asynccontextmanager
    async def fresh(self, *, now: datetime = NOON, **parts: Any) -> AsyncIterator[Stay]:
        """`parts` are keywords of the composition root: `planner=`, `model=`, `mailer=` …"""
        home, clock = await self._copy(), Clock(now)
        house = self._made(home, clock, **parts)
        try:
            async with self._opening:          # the migrations of two databases get in each other's way within one process
                await house.open()
            yield Stay(house=house, clock=clock)
        finally:
            await house.close()
            shutil.rmtree(home, ignore_errors=True)

    def close(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _made(self, home: Path, clock: Clock, **parts: Any) -> "House":
        if self.make is None:
            raise NoHouse()
        return self.make(home, **{"planned_by": self.planned_by, "embedder": self.embedder, "clock": clock} | parts)

    async def _copy(self) -> Path:
        async with self._furnishing:
            if self._folder is None:
                self._folder = TemporaryDirectory(prefix="yavar-eval-", ignore_cleanup_errors=True)
                house = self._made(Path(self._folder.name) / "furnished", Clock())
                await house.open()
                await house.close()
        self._count += 1
        home = Path(self._folder.name) / str(self._count)
        shutil.copytree(Path(self._folder.name) / "furnished", home)
        return home


def _silent(line: str) -> None:
    """Nobody listens."""


@dataclass(frozen=True, kw_only=True)
class Work:
    """All that is drawn comes from `seed`; whatever depends on it is the same in the next run with the same seed."""

    embedder: "Embedder"       # shared by all suites, closed by the runner
    houses: Houses             # likewise
    data: tuple[Path, ...] = ()            # of --data; empty: the exam's own
    passages: Path | None = None           # of --passages
    seed: int = 0
    repeat: int = 1            # how often each case is asked; the runner does that
    filter: str = ""           # which cases; the runner does that too
    planner: PlannedBy = "builtin"
    progress: Callable[[str], None] = _silent      # one line about what is being set up

    @property
    def attempt(self) -> int:
        """Which attempt at the case that is being judged, from 0: with the seed and the case's id all that a draw may depend on."""
        return ATTEMPT.get()

    def house(self, *, now: datetime = NOON, **parts: Any) -> AbstractAsyncContextManager[Stay]:
        """A fresh house for one case: `async with work.house() as stay: … stay.house … stay.clock.pass_(hours=1)`."""
        return self.houses.fresh(now=now, **parts)
