"""Whether the process lives, and whether it is ready."""

from fastapi import APIRouter, Request

from api.callers import house_of

router = APIRouter(tags=["health"], include_in_schema=False)


@router.get("/healthz")
async def alive() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/readyz")
async def ready(request: Request) -> dict[str, str]:
    house_of(request)
    return {"status": "ready"}
