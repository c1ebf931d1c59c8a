"""Where scenarios are played: real houses that are opened once, and a fresh desk in them for each case.

What costs time to open (the index over the articles, the heads, the demo's servers) is the same for every case and is only read.
The whole of a desk's memory is its database, and that one is put back as it was when the house was new.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from evals.scenarios.shape import World
from evals.scenarios.world import HOURS
from evals.work import Stay, Work

AT_ONCE = 2                    # houses; more would only wait for the processor
NOW = World().at
KINDS = ("", "-wal", "-shm")   # files of one SQLite database


class Stage:
    def __init__(self, work: Work, stack: AsyncExitStack) -> None:
        self._work = work
        self._stack = stack
        self._free: list[Stay] = []
        self._rooms = asyncio.Semaphore(AT_ONCE)       # first come, first served: a queue would serve whoever just left it

    @asynccontextmanager
    async def fresh(self) -> AsyncIterator[Stay]:
        """A house with a desk that nobody has used."""
        async with self._rooms:
            stay = self._free.pop() if self._free else await self._open()
            try:
                await self._put_back(stay)
                yield stay
            finally:
                self._free.append(stay)

    async def _open(self) -> Stay:
        self._work.progress("opening a house")
        stay = await self._stack.enter_async_context(self._work.house(now=NOW, hours=HOURS))
        await stay.house.desk.store.close()
        shutil.copyfile(_database(stay), _pristine(stay))
        return stay

    async def _put_back(self, stay: Stay) -> None:
        """The store lets its file go, and opens it anew at the next question."""
        await stay.house.assistant.settle()
        await stay.house.desk.store.close()
        for kind in KINDS:
            _database(stay).with_name(_database(stay).name + kind).unlink(missing_ok=True)
        shutil.copyfile(_pristine(stay), _database(stay))
        stay.clock.now = NOW


@asynccontextmanager
async def staged(work: Work) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        yield Stage(work, stack)


def _database(stay: Stay) -> Path:
    return Path(stay.house.desk.store.url.partition("///")[2])


def _pristine(stay: Stay) -> Path:
    return _database(stay).with_suffix(".new")
