"""Server-sent events: a conversation as it goes on, and one turn while it is answered. What is recorded has an id; tokens have none."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine
from contextlib import aclosing, asynccontextmanager
from typing import Any

import structlog
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event

from agent.house import House
from agent.live import Listener, Live
from api.logs import trace_of
from api.problems import Unexpected
from desk.errors import DeskError
from desk.people import Caller
from desk.turns import Turn

log = structlog.get_logger("yavar.stream")

PING = 15.0                    # seconds of silence after which a stream shows that it lives
GRACE = 0.01                   # seconds in which the last tokens of an answer may still arrive
RETRY = 2000                   # milliseconds after which a browser comes back
TRANSIENT = ("delta", "step")
PAGE = 200

Sign = tuple[str, dict[str, Any]]
Job = Callable[[], Coroutine[Any, Any, dict[str, Any]]]
Explain = Callable[[DeskError], dict[str, Any]]


class Streams:
    """All open streams. `stop` ends them, so that a shutdown need not wait; work begun for them is finished first."""

    def __init__(self, ping: float = PING) -> None:
        self.ping = ping
        self._over = asyncio.Event()
        self._working: set[asyncio.Task[Any]] = set()

    def stop(self) -> None:
        self._over.set()

    def work(self, job: Job) -> asyncio.Task[dict[str, Any]]:
        """Run the job to its end, whether or not somebody goes on listening."""
        task = asyncio.create_task(job())
        self._working.add(task)
        task.add_done_callback(self._worked)
        return task

    def _worked(self, task: asyncio.Task[Any]) -> None:
        self._working.discard(task)
        if not task.cancelled() and (error := task.exception()) and not isinstance(error, DeskError):
            log.error("turn.broke", error=type(error).__name__, trace=trace_of(error))

    async def close(self, patience: float = 5.0) -> None:
        self.stop()
        if self._working:
            _, late = await asyncio.wait(set(self._working), timeout=patience)
            for task in late:
                task.cancel()

    @asynccontextmanager
    async def until_over(self) -> AsyncIterator[asyncio.Task[Any]]:
        over = asyncio.create_task(self._over.wait())
        try:
            yield over
        finally:
            over.cancel()


async def of_conversation(house: House, streams: Streams, caller: Caller, conversation: str, after: int,
                          explain: Explain) -> AsyncIterator[bytes]:
    """Everything recorded after `after`, then what comes, until the caller leaves or the caller's session ends."""
    try:
        async with (house.live.listen(conversation) as listener, streams.until_over() as over,
                    aclosing(_signs(listener, streams.ping, over)) as signs):
            yield format_sse_event(comment="yavar", retry=RETRY)   # from here on nothing is missed
            async for sign in signs:
                if sign and sign[0] in TRANSIENT:
                    yield _event(*sign)
                    continue
                if sign is None:
                    if not await _still_known(house, caller):
                        return
                    yield KEEPALIVE_COMMENT
                async for seq, told in _recorded(house, conversation, after):
                    after = seq
                    yield told
    except Exception as error:
        yield _failed(error, explain)


async def of_turn(live: Live, streams: Streams, turn: Turn, answer: Job,
                  explain: Explain) -> AsyncIterator[bytes]:
    """The steps and tokens of one turn, then its whole answer as one `message`. The turn goes on if the listener leaves."""
    yield format_sse_event(comment="yavar")
    try:
        async with live.listen(turn.conversation) as listener, streams.until_over() as over:
            answering = streams.work(answer)
            async with aclosing(_signs(listener, streams.ping, answering, over)) as signs:
                async for sign in signs:
                    if sign is None:
                        yield KEEPALIVE_COMMENT
                    elif sign[0] in TRANSIENT and sign[1].get("turn") == turn.id:
                        yield _event(*sign)
            if answering.done():
                yield _event("message", answering.result())
    except Exception as error:
        yield _failed(error, explain)


async def _signs(listener: Listener, ping: float, *ends: asyncio.Task[Any]) -> AsyncGenerator[Sign | None, None]:
    """A first wake, then what the listener hears, None for silence, until one of the ends; what was told before it is still told."""
    yield "wake", {}
    while True:
        hearing = asyncio.create_task(listener.next(ping))
        try:
            await asyncio.wait({hearing, *ends}, return_when=asyncio.FIRST_COMPLETED)
            if not hearing.done():
                await asyncio.wait({hearing}, timeout=GRACE)
            if not hearing.done():
                return
            sign = hearing.result()
        finally:
            hearing.cancel()
        yield sign


async def _recorded(house: House, conversation: str, after: int) -> AsyncIterator[tuple[int, bytes]]:
    while True:
        async with house.desk.store.read() as tx:
            events = await tx.conversations.events(conversation, after, PAGE)
        for event in events:
            after = event.seq
            yield after, _event(event.kind, event.data, event.seq)
        if len(events) < PAGE:
            return


async def _still_known(house: House, caller: Caller) -> bool:
    async with house.desk.store.read() as tx:
        return await tx.people.caller_of(caller.session, house.clock()) is not None


def _event(kind: str, data: dict[str, Any], seq: int | None = None) -> bytes:
    return format_sse_event(event=kind, data_str=json.dumps(data, ensure_ascii=False), id=None if seq is None else str(seq))


def _failed(error: Exception, explain: Explain) -> bytes:
    if isinstance(error, DeskError):
        return _event("error", explain(error))
    log.error("stream.broke", error=type(error).__name__, trace=trace_of(error))
    return _event("error", explain(Unexpected()))
