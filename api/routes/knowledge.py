"""Searching the library as far as the caller may see."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from agent.mind import MAY_SEE
from api.callers import Anyone, Open
from api.finding import vector_of
from api.shapes import Hits, HitShown, Line
from desk.people import Lang

router = APIRouter(prefix="/knowledge", tags=["knowledge"])

SNIPPET = 240                  # characters


@router.get("/search", response_model=Hits)
async def search(house: Open, caller: Anyone, q: Line, lang: Lang | None = None,
                 k: Annotated[int, Query(ge=1, le=20)] = 5) -> dict[str, Any]:
    """The passages nearest to `q`, best first: by meaning and by words."""
    hits = await house.library.search(q, vector=await vector_of(house, q), may_see=MAY_SEE[caller.role], lang=lang, k=k)
    return {"hits": [HitShown(title=hit.title, url=hit.url, snippet=snippet(hit.text), lang=hit.lang, score=hit.score) for hit in hits]}


def snippet(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= SNIPPET else plain[:SNIPPET].rsplit(" ", 1)[0] + "…"
