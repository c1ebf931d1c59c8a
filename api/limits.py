"""The cap on bodies: nothing larger is parsed, whatever its headers say."""

import asyncio
import re

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import respond
from desk.errors import TooLarge

LARGEST = 64 * 1024            # bytes
# Where files may come in: larger bodies, counted as they are read and never gathered here.
UPLOADS = re.compile(r"/api/v1/(?:conversations|tickets)/[^/]+/attachments|/chat/(?:[^/]+/)?say|/tickets/[^/]+/attachments")
TIMES = 2                      # of the largest file, for all files of one body together
DRAINED = 8 * 1024 * 1024      # bytes of an oversized body that are read and thrown away, so that the sender hears the answer
PATIENCE = 5                   # seconds for that


class BodyLimit:
    """Reads the body up to the cap before anything else sees it; answers 413 beyond."""

    def __init__(self, app: ASGIApp, largest: int = LARGEST) -> None:
        self._app = app
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            return await self._app(scope, receive, send)
        if scope["method"] == "POST" and UPLOADS.fullmatch(scope["path"]):
            return await self._app(scope, _counted(receive, self._largest_upload(scope)), send)
        declared = Headers(scope=scope).get("content-length", "0")
        too_large = not declared.isdecimal() or int(declared[:20]) > self._largest
        read = [] if too_large else await self._read(receive)
        if read is None or too_large:
            await _drain(receive)
            response = await respond(Request(scope), TooLarge(limit=self._largest))
            return await response(scope, receive, send)
        await self._app(scope, _replay(read, receive), send)

    def _largest_upload(self, scope: Scope) -> int:
        house = getattr(scope["app"].state, "house", None)
        return self._largest + (TIMES * house.desk.attaching.limits.largest if house else 0)

    async def _read(self, receive: Receive) -> list[Message] | None:
        """The body's messages; None if they are more than the cap."""
        messages: list[Message] = []
        size = 0
        while True:
            message = await receive()
            messages.append(message)
            size += len(message.get("body", b""))
            if size > self._largest:
                return None
            if message["type"] != "http.request" or not message.get("more_body", False):
                return messages


def _counted(receive: Receive, largest: int) -> Receive:
    """Raises TooLarge out of whoever reads more than that."""
    size = 0

    async def counting() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > largest:
            await _drain(receive)
            raise TooLarge(limit=largest)
        return message

    return counting


def _replay(read: list[Message], receive: Receive) -> Receive:
    waiting = iter(read)

    async def again() -> Message:
        message = next(waiting, None)
        return message if message is not None else await receive()

    return again


async def _drain(receive: Receive) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            left = DRAINED
            while left > 0:
                message = await receive()
                left -= len(message.get("body", b""))
                if message["type"] != "http.request" or not message.get("more_body", False):
                    return
    except TimeoutError:
        return
