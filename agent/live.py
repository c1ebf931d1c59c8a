"""Wake-ups and transient tokens for those who look at a conversation in this process.

On PostgreSQL other processes wake them too, by notices that carry ids alone; on SQLite there is one process.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

KEPT = 500                     # signs a slow listener may lag behind; after that it re-reads the events table


class Listener:
    def __init__(self) -> None:
        self._queue: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue(KEPT)

    def put(self, kind: str, data: dict[str, Any]) -> None:
        if not self._queue.full():
            self._queue.put_nowait((kind, data))

    async def next(self, timeout: float) -> tuple[str, dict[str, Any]] | None:  # noqa: ASYNC109 (it is a wait, not an operation to cancel)
        try:
            return await asyncio.wait_for(self._queue.get(), timeout)
        except TimeoutError:
            return None


class Live:
    def __init__(self) -> None:
        self._listeners: dict[str, set[Listener]] = defaultdict(set)

    def tell(self, conversation: str, kind: str, data: dict[str, Any] | None = None) -> None:
        for listener in tuple(self._listeners.get(conversation, ())):
            listener.put(kind, data or {})

    def wake(self, conversation: str) -> None:
        """Something was recorded: read the events again."""
        self.tell(conversation, "wake")

    async def follow(self, notices: AsyncGenerator[str | None]) -> None:
        """Wake whoever looks at the conversations that are told of; None wakes all."""
        async with aclosing(notices):
            async for conversation in notices:
                for each in [conversation] if conversation else tuple(self._listeners):
                    self.wake(each)

    @asynccontextmanager
    async def listen(self, conversation: str) -> AsyncIterator[Listener]:
        listener = Listener()
        self._listeners[conversation].add(listener)
        try:
            yield listener
        finally:
            self._listeners[conversation].discard(listener)
            if not self._listeners[conversation]:
                del self._listeners[conversation]
