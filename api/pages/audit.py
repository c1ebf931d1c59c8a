"""The audit trail as a page: who did what, to whom and when, and whether anybody changed it since."""

from datetime import date, datetime, time, timedelta
from typing import Annotated
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, StreamingResponse

from api.pages.frame import PageRoute, Visit, only, page
from api.routes.audit import LATEST, TYPES
from desk.errors import BadInput
from desk.people import Role
from desk.store.trail import Search

EACH = 50                      # entries on a page
FIELDS = ("person", "action", "from", "to")
Supervising = Annotated[Visit, only(Role.SUPERVISOR, Role.ADMIN)]
router = APIRouter(route_class=PageRoute)


@router.get("/audit")
async def audit(visit: Supervising) -> HTMLResponse:
    asked = {name: visit.request.query_params.get(name, "").strip()[:254] for name in FIELDS}
    search, before = _search(visit, asked), visit.request.query_params.get("before", "")
    chain = await visit.house.desk.auditing.chain()
    async with visit.house.desk.store.read() as tx:
        found = await tx.trail.find(search, before=_number(before), limit=EACH + 1)
        actions, names = await tx.trail.actions(), await tx.trail.names()
    older = urlencode({**asked, "before": found[EACH - 1].seq}) if len(found) > EACH else ""
    return page(visit, "audit.html", entries=found[:EACH], asked=asked, actions=actions, names=names, chain=chain, older=older,
                query=urlencode(asked))


@router.get("/audit/export/{form}")
async def export(visit: Supervising, form: str) -> StreamingResponse:
    if form not in TYPES:
        raise BadInput()
    asked = {name: visit.request.query_params.get(name, "").strip()[:254] for name in FIELDS}
    lines = visit.house.desk.auditing.export(_search(visit, asked), form, visit.account, visit.now)
    return StreamingResponse(lines, media_type=TYPES[form], headers={"Content-Disposition": f'attachment; filename="audit.{form}"'})


def _search(visit: Visit, asked: dict[str, str]) -> Search:
    """Days begin and end where the visitor is."""
    if any("\0" in value for value in asked.values()):
        raise BadInput()
    since, last = _day(asked["from"]), _day(asked["to"])
    zone = ZoneInfo(visit.timezone)
    return Search(person=asked["person"], action=asked["action"], since=datetime.combine(since, time(), zone) if since else None,
                  until=datetime.combine(last + timedelta(days=1), time(), zone) if last and last < date.max else None)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadInput() from error


def _number(text: str) -> int | None:
    return min(int(text), LATEST) if text.isascii() and text.isdecimal() and len(text) < 12 else None
