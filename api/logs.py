"""One line per request: method, path, status, time; never a body, a query, a header or a variable."""

import re
import time
import traceback

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desk.codes import new_id

log = structlog.get_logger("yavar.http")

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
AN_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
AN_ASSET = re.compile(r"/static/[A-Za-z0-9_./\[\]-]{1,120}")
GIVEN = re.compile(r"[A-Za-z0-9_-]{8,64}")


def trace_of(error: BaseException) -> list[str]:
    """Where it broke, without messages and variables: both may hold what a person typed."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]


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
            log.info("request", method=scope["method"] if scope["method"] in METHODS else "?", path=_path(scope), status=status,
                     ms=round((time.perf_counter() - began) * 1000, 1))


def _path(scope: Scope) -> str:
    """The address, with ids where ids stand; what fits no route may be anything that somebody typed and is not told."""
    path: str = scope["path"]
    if "route" not in scope:
        return path if AN_ASSET.fullmatch(path) else "?"
    for name, value in scope.get("path_params", {}).items():
        if not AN_ID.fullmatch(str(value)):
            path = path.replace(str(value), f"{{{name}}}")
    return path
