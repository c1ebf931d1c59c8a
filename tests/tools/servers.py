"""Small real servers on loopback that behave as a test wants, and assets that are declared for them."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from tools.assets import Asset

NAMES = {"en": "the thing", "ar": "الشيء", "fa": "آن چیز"}


def asset(**more: Any) -> Asset:
    return Asset.model_validate({"id": "thing", "name": NAMES, "owner": "things", "runbook": "portal", "private": True, **more})


def page(status: int = 200, body: str = "fine", *headers: str) -> bytes:
    lines = (f"HTTP/1.1 {status} So", f"Content-Length: {len(body.encode())}", *headers)
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


@asynccontextmanager
async def serving(answer: bytes | Callable[[bytes], bytes] | None, *, secured: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Answers every request so; with None it listens for ever and says nothing."""
    talks: set[asyncio.Task[Any]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        talks.add(task)
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            if answer is None:
                await reader.read()
            else:
                asked = await reader.readuntil(b"\r\n\r\n")
                writer.write(answer if isinstance(answer, bytes) else answer(asked))
                await writer.drain()
        writer.close()
        with suppress(OSError, asyncio.CancelledError):
            await writer.wait_closed()
        talks.discard(task)

    server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=secured)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for task in list(talks):
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
