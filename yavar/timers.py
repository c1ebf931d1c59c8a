"""Jobs of a house on SQLite: a table of timers, looked at every second."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import structlog

from desk.jobs import LEASE, TRIES, Handler, pause_after
from desk.store import Store
from desk.store.timers import Timer
from yavar.forever import for_ever

log = structlog.get_logger()
LOOK = 1.0                     # seconds between two looks
AT_ONCE = 3                    # jobs of one process


class TimerJobs:
    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._handlers: Mapping[str, Handler] = {}

    async def open(self, handlers: Mapping[str, Handler]) -> None:
        self._handlers = handlers

    async def put(self, name: str, facts: Mapping[str, Any] | None = None, *, key: str | None = None, due: datetime | None = None) -> bool:
        now = self._clock()
        async with self._store.begin() as tx:
            return await tx.timers.put(name, facts or {}, key=key, due=due or now, now=now)

    async def run_due(self) -> None:
        while timer := await self._take():
            await self._run(timer)

    async def work(self) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(for_ever(self.run_due, LOOK, _told))

    async def close(self) -> None:
        self._handlers = {}

    async def _take(self) -> Timer | None:
        """Most looks find nothing, and hold up no writer."""
        now = self._clock()
        async with self._store.read() as tx:
            if not await tx.timers.is_due(self._handlers.keys(), now):
                return None
        async with self._store.begin() as tx:
            return await tx.timers.take(self._handlers.keys(), now)

    async def _run(self, timer: Timer) -> None:
        keeper = asyncio.create_task(self._keep(timer))
        try:
            await self._handlers[timer.name](timer.facts)
        except asyncio.CancelledError:
            async with self._store.begin() as tx:          # the process ends in good order: another takes it at once
                await tx.timers.again(timer, self._clock())
            raise
        except Exception as error:
            log.exception("job.failed", job=timer.name, tries=timer.tries, error=type(error).__name__)
            await self._failed(timer)
        else:
            async with self._store.begin() as tx:
                await tx.timers.done(timer)
        finally:
            keeper.cancel()

    async def _failed(self, timer: Timer) -> None:
        now = self._clock()
        async with self._store.begin() as tx:
            if timer.tries < TRIES:
                await tx.timers.again(timer, now + pause_after(timer.tries))
            else:
                await tx.timers.give_up(timer, now)

    async def _keep(self, timer: Timer) -> None:
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 4)
            try:
                async with self._store.begin() as tx:
                    await tx.timers.renew(timer, self._clock())
            except Exception as error:
                log.warning("job.not_renewed", job=timer.name, error=type(error).__name__)


def _told(error: Exception) -> None:
    log.error("jobs.failed", error=type(error).__name__, exc_info=error)
