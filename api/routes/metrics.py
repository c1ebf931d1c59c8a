"""What the process has counted, for Prometheus: to this machine alone, or to whoever shows the token."""

from ipaddress import ip_address

import structlog
from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from agent.house import House
from api.logs import trace_of
from desk.codes import digest, same
from desk.errors import NotSignedIn, Refused

log = structlog.get_logger("yavar.http")
router = APIRouter(tags=["health"], include_in_schema=False)

FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip")


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    house: House = request.app.state.house
    _admit(request, house)
    if house.ready:
        await _look_at_the_queue(house)
    return Response(house.figures.text() + request.app.state.figures.text(), media_type=CONTENT_TYPE_LATEST)


def _admit(request: Request, house: House) -> None:
    """With a token set, it alone counts. Without one, only this machine may look, and not through a proxy on it."""
    if house.metrics_token:
        scheme, _, shown = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not same(digest(shown.strip()), digest(house.metrics_token)):
            raise NotSignedIn("Send the value of YAVAR_METRICS_TOKEN as a bearer token.")
    elif not _is_here(request):
        raise Refused("Only this machine may read the metrics. Set YAVAR_METRICS_TOKEN, and send it as a bearer token.")


def _is_here(request: Request) -> bool:
    if request.client is None or any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False


async def _look_at_the_queue(house: House) -> None:
    """The database may be down just when the figures are wanted: the others are told all the same."""
    try:
        async with house.desk.store.read() as tx:
            waiting = await tx.handoffs.waiting()
    except Exception as error:
        log.error("metrics.no_queue", error=type(error).__name__, trace=trace_of(error))
        return
    oldest = min((handoff.created_at for handoff in waiting), default=None)      # not the first: some go before those who wait longer
    house.figures.queue(len(waiting), (house.clock() - oldest).total_seconds() if oldest else 0.0)
