"""One line per request: method, path, status, time; never a body, a query, a header or a variable."""

import re
import sys
import time
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desk.codes import new_id

log = structlog.get_logger("yavar.http")

GIVEN = re.compile(r"[A-Za-z0-9_-]{8,64}")


def trace_of(error: BaseException) -> list[str]:
    """Where it broke, without messages and variables: both may hold what a person typed."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]


def only_where(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor for `log.exception`: the type of the error and where it broke, in place of its text.

    The text of a validation error repeats what a person typed, that of a model's endpoint what was sent to it.
    """
    found = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()[1]
    elif isinstance(found, tuple):
        found = found[1]
    if isinstance(found, BaseException):
        event["error"] = type(found).__name__
        event["trace"] = trace_of(found)
        if found.__cause__ or found.__context__:
            event["caused_by"] = type(found.__cause__ or found.__context__).__name__
    return event


class RequestId:
    """Every request has an id: the one that a proxy gave it, or a new one. It stands in the answer and in every log line."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if GIVEN.fullmatch(given) else new_id()
        scope.setdefault("state", {})["request_id"] = request_id

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request=request_id):
            await self._app(scope, receive, sending)


class AccessLog:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        began, status = time.perf_counter(), 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            log.info("request", method=scope["method"], path=scope["path"][:200], status=status,
                     ms=round((time.perf_counter() - began) * 1000, 1))
