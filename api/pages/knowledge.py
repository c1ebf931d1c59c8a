"""An article, to those who may read it; for anyone else there is none."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.pages.frame import Look, PageRoute, Visit, page
from desk.errors import NotFound
from desk.people import AT_THE_DESK, Role

PUBLIC = frozenset({"public"})
SIGNED_IN = PUBLIC | {"everyone"}
AT_DESK = SIGNED_IN | {"agents"}
MAY_SEE: Mapping[Role, frozenset[str]] = {
    role: PUBLIC if role is Role.GUEST else AT_DESK if role in AT_THE_DESK else SIGNED_IN for role in Role}

router = APIRouter(route_class=PageRoute)


@router.get("/knowledge/{document}")
async def article(visit: Look, document: str) -> HTMLResponse:
    may_see = MAY_SEE[visit.known.role]
    async with visit.house.desk.store.read() as tx:
        found = await tx.shelf.document(document)
        if found is None or found["audience"] not in may_see:
            raise NotFound()
        parts = await tx.shelf.sections(document)
        others = [other for other in await tx.shelf.documents()
                  if other["topic"] == found["topic"] and other["id"] != document and other["audience"] in may_see]
    return page(visit, "article.html", document=found, parts=parts, others=others, reviewed=_reviewed(visit, found),
                updated=visit.day(found["updated_at"].date()) if found["updated_at"] else "")


def _reviewed(visit: Visit, found: dict[str, Any]) -> str:
    try:
        return visit.day(date.fromisoformat(found["reviewed"]))
    except ValueError:
        return str(found["reviewed"])
