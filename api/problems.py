"""The one place where errors become HTTP: RFC 9457 problem+json with a code, words for the caller and a message for the operator."""

import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any, cast

import structlog
from fastapi import Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.languages import language_of
from api.logs import trace_of
from desk.errors import (
    AlreadyClaimed,
    AnotherBody,
    AnotherCard,
    BadInput,
    CardOver,
    DeskError,
    Gone,
    HarmfulFile,
    IllegalMove,
    LeaseLost,
    NotFound,
    NotSignedIn,
    ProviderDown,
    Refused,
    TooLarge,
    TooMany,
    TooManyCards,
    TurnUnderway,
    Unavailable,
    UnwelcomeFile,
)
from desk.people import Lang

log = structlog.get_logger("yavar.http")

MEDIA = "application/problem+json"
LONGEST_NAME = 80              # characters of a field's name that are told back


class Malformed(BadInput):
    """The body is no readable JSON. Send UTF-8 JSON with `Content-Type: application/json`."""

    code = "malformed"


class MethodNotAllowed(DeskError):
    """That address does not take this method. The header `Allow` names those that it takes."""

    code = "method_not_allowed"


class NotReady(DeskError):
    """The house is still opening. Wait until `/readyz` says 200, then send again."""

    code = "not_ready"


class Unexpected(DeskError):
    """Something went wrong here. The log has the details under the request's id."""

    code = "internal"


STATUS: Mapping[type[DeskError], int] = {
    NotFound: 404,
    NotSignedIn: 401,
    IllegalMove: 409,
    AlreadyClaimed: 409,
    LeaseLost: 409,
    TurnUnderway: 409,
    CardOver: 409,
    AnotherCard: 409,
    TooManyCards: 409,
    Gone: 410,
    UnwelcomeFile: 415,
    HarmfulFile: 415,
    AnotherBody: 422,
    Malformed: 400,
    TooLarge: 413,
    BadInput: 422,
    Refused: 403,
    MethodNotAllowed: 405,
    NotReady: 503,
    Unavailable: 503,
    TooMany: 429,
    ProviderDown: 503,
    DeskError: 500,
}
HEADERS: Mapping[type[DeskError], Mapping[str, str]] = {
    NotSignedIn: {"WWW-Authenticate": 'Bearer realm="yavar"'},
    NotReady: {"Retry-After": "2"},
    Unavailable: {"Retry-After": "2"},
}
BY_STATUS: Mapping[int, type[DeskError]] = {400: Malformed, 401: NotSignedIn, 403: Refused, 404: NotFound, 405: MethodNotAllowed,
                                            413: TooLarge, 415: Malformed, 422: BadInput}

ErrorPage = Callable[..., Awaitable[Response]]


def status_of(error: DeskError) -> int:
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def problem_of(request: Request, error: DeskError, **facts: object) -> dict[str, Any]:
    """The problem's JSON. Facts never stand in for its own members."""
    status = status_of(error)
    own = {
        "type": f"urn:yavar:problem:{error.code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": error.code,
        "detail": _words(request, language_of(request), error),
        "message": str(error),
    }
    return cast(dict[str, Any], jsonable_encoder({**error.facts, **facts, **own}))


def _words(request: Request, lang: Lang, error: DeskError) -> str:
    house = getattr(request.app.state, "house", None)
    if house is None:
        return str(error)
    key = f"error.{error.code}"
    words = house.desk.words
    text: str = words.say(lang, key if words.has(lang, key) else "error.desk_error")
    return text


async def respond(request: Request, error: DeskError, *, headers: Mapping[str, str] | None = None, **facts: object) -> Response:
    """The error as a response: a page for a person's browser outside the API, else problem+json."""
    status = status_of(error)
    request.app.state.figures.error(error.code)
    page: ErrorPage | None = getattr(request.app.state, "error_page", None)
    if page and _wants_page(request) and not isinstance(error, NotReady):
        return await page(request, error.code, status, **error.facts)
    named = next((HEADERS[kind] for kind in type(error).__mro__ if kind in HEADERS), {})
    return JSONResponse(problem_of(request, error, **facts), status, headers={**named, **(headers or {})}, media_type=MEDIA)


def _wants_page(request: Request) -> bool:
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


async def on_desk_error(request: Request, error: DeskError) -> Response:
    if status_of(error) >= 500 and not isinstance(error, NotReady):
        log.error("request.failed", code=error.code, message=type(error).__doc__)   # as it stands in code: no user's words
    return await respond(request, error)


async def on_invalid(request: Request, error: RequestValidationError) -> Response:
    """What does not fit its shape. Says where and why, never what was sent: it may be a password."""
    found = error.errors()
    if any(each["type"] == "json_invalid" for each in found):
        return await respond(request, Malformed())
    return await respond(request, BadInput(), errors=[_where_and_why(each) for each in found])


def _where_and_why(found: Mapping[str, Any]) -> dict[str, str]:
    place, *rest = (str(part).encode("utf-8", "replace").decode()[:LONGEST_NAME] for part in found["loc"])
    pointer = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in rest)
    return {"in": place, "pointer": pointer, "reason": str(found["type"]), "message": str(found["msg"])}


async def on_http_error(request: Request, error: HTTPException) -> Response:
    """What the framework refuses: unknown addresses and methods, unreadable bodies."""
    headers = {**(error.headers or {}), "Allow": _allowed(request)} if error.status_code == 405 else error.headers
    return await respond(request, BY_STATUS.get(error.status_code, Unexpected)(), headers=headers)


def _allowed(request: Request) -> str:
    """Every method that the address takes: the framework names those of its first route alone."""
    methods = {method for route in iter_route_contexts(request.app.routes) if isinstance(route.original_route, APIRoute)
               and _pattern(route.path).match(request.url.path) for method in route.methods or ()}
    return ", ".join(sorted(methods))


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return compile_path(path)[0]


HANDLERS: dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]] = {
    DeskError: on_desk_error,
    RequestValidationError: on_invalid,
    HTTPException: on_http_error,
}


class NoSurprises:
    """Turns an error that nobody foresaw into a problem, and logs it; never a bare 500."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:
            log.error("request.broke", error=type(error).__name__, trace=trace_of(error))
            if not started:
                response = await respond(Request(scope), Unexpected())
                await response(scope, receive, send)
