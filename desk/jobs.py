"""Work that is not lost when the process that asked for it ends. Two engines stand behind one protocol and pass the same tests."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

TRIES = 8                              # of a job that fails; then it is given up, and the log says so
FIRST_PAUSE = timedelta(seconds=2)     # before the second try; twice as long before each further one
LEASE = timedelta(seconds=20)          # after which the job of a process that died is another's

Handler = Callable[[Mapping[str, Any]], Awaitable[None]]


class Jobs(Protocol):
    """A job runs at least once: a handler does its work under a key of its own, so that a second run changes nothing."""

    async def open(self, handlers: Mapping[str, Handler]) -> None:
        """The handlers by name; before anything is put or run."""
        ...

    async def put(self, name: str, facts: Mapping[str, Any] | None = None, *, key: str | None = None, due: datetime | None = None) -> bool:
        """Run it once it is due. Of those with one key a single one waits (False: it does already), and they never run side by side."""
        ...

    async def run_due(self) -> None:
        """Run what is due now, then return."""
        ...

    async def work(self) -> None:
        """Run what is due for ever, also what a process left that died."""
        ...

    async def close(self) -> None: ...


def pause_after(tries: int) -> timedelta:
    return FIRST_PAUSE * (1 << tries - 1)
