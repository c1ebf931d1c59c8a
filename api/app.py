"""Puts the HTTP surface together around a house."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files

import structlog
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware import Middleware

from agent.house import House
from api import pages, reference, routes
from api.evaluations import NoRuns, Runs
from api.figures import Figures
from api.headers import SecurityHeaders
from api.limits import BodyLimit
from api.logs import AccessLog, RequestId, trace_of
from api.pages.frame import error_page
from api.problems import HANDLERS, NoSurprises
from api.rates import Rates
from api.stream import Streams
from api.tracing import Traced

log = structlog.get_logger("yavar.http")

# What every request passes, outermost first.
MIDDLEWARE = (
    Middleware(RequestId),
    Middleware(Traced),
    Middleware(AccessLog),
    Middleware(SecurityHeaders),
    Middleware(Rates),
    Middleware(BodyLimit),
    Middleware(NoSurprises),
)

Failed = Callable[[BaseException], None]


def make_app(make_house: Callable[[], House], *, failed: Failed | None = None, runs: Runs | None = None) -> FastAPI:
    """The application. The house is made when the server starts and opened behind it: `/readyz` says when it is open.

    `failed` is called if it can't be opened; `runs` are those of the exams that evaluators see. A server that shuts down calls
    `app.state.streams.stop()` first: open streams then end.
    """
    app = FastAPI(title="Yavar", version=_version(), description="Service desk: conversations, verifications, tickets, knowledge.",
                  lifespan=_lifespan(make_house, failed), middleware=list(MIDDLEWARE), exception_handlers=HANDLERS,
                  openapi_url=reference.OPENAPI, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.figures = Figures()
    app.state.streams = Streams()
    app.state.runs = runs or NoRuns()
    app.state.error_page = error_page
    for router in (routes.root, routes.api, reference.router, pages.router):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=str(files("api").joinpath("static")), check_dir=False), name="static")
    app.openapi = lambda: reference.describe(app)  # type: ignore[method-assign]
    return app


def _lifespan(make_house: Callable[[], House], failed: Failed | None) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        house = app.state.house = make_house()
        opening = app.state.opening = asyncio.create_task(_open(house, failed))
        try:
            yield
        finally:
            opening.cancel()
            await app.state.streams.close()
            await asyncio.to_thread(app.state.runs.close)
            await house.close()

    return lifespan


async def _open(house: House, failed: Failed | None) -> None:
    try:
        await house.open()
    except Exception as error:
        log.critical("house.not_opened", error=type(error).__name__, trace=trace_of(error))
        if failed:
            failed(error)


def _version() -> str:
    try:
        return version("yavar")
    except PackageNotFoundError:
        return "0"
