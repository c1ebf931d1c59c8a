"""Work that never ends by itself: one step again and again, until the process ends."""

import asyncio
from collections.abc import Awaitable, Callable


async def for_ever(step: Callable[[], Awaitable[object]], pause: float, failed: Callable[[Exception], None]) -> None:
    """`pause` are seconds between two steps. A step that fails is told, and is no end.

    A step that is cancelled may fail on its way out, for a database that is gone: the wish to end would be lost in that error.
    """
    task = asyncio.current_task()
    while True:
        try:
            await step()
        except Exception as error:
            failed(error)
        if task and task.cancelling():
            raise asyncio.CancelledError
        await asyncio.sleep(pause)
