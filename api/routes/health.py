"""Whether the process lives, whether it is ready, and what it has counted."""

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from api.callers import house_of

router = APIRouter(tags=["health"], include_in_schema=False)


@router.get("/healthz")
async def alive() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/readyz")
async def ready(request: Request) -> dict[str, str]:
    house_of(request)
    return {"status": "ready"}


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    return Response(request.app.state.figures.text(), media_type=CONTENT_TYPE_LATEST)
