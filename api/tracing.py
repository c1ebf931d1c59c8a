"""A span for each request: method, route and status; never the address as it was typed, a query, a header or a body."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import routes
from api.logs import METHODS
from desk.tracing import Tracing

UNTOLD = ("/healthz", "/readyz", "/metrics", "/static/")      # asked all the time, and tell of nothing


class Traced:
    """Outside of the access log, so that its line names the trace. What a caller says of traces is not believed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        house = getattr(scope["app"].state, "house", None) if scope["type"] == "http" else None
        if house is None or scope["path"].startswith(UNTOLD):
            return await self._app(scope, receive, send)
        tracing: Tracing = house.tracing
        method = scope["method"] if scope["method"] in METHODS else "OTHER"
        with tracing.span(method, {"http.request.method": method}, serves=True) as span:
            async def sending(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.tell({"http.response.status_code": message["status"]})
                await send(message)

            try:
                await self._app(scope, receive, sending)
            finally:
                if route := _route(scope):
                    span.call(f"{method} {route}")
                    span.tell({"http.route": route})


def _route(scope: Scope) -> str:
    """The pattern of the address; empty for what fits none. A route knows its own part alone."""
    own: str = getattr(scope.get("route"), "path", "")
    prefix = routes.api.prefix
    return prefix + own if own and scope["path"].startswith(prefix + "/") and not own.startswith(prefix) else own
