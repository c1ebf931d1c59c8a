"""Attached files as pages reach them."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from api.pages.frame import Look, PageRoute, form, go
from api.uploads import download

router = APIRouter(route_class=PageRoute)


@router.get("/attachments/{attachment}")
async def fetch(visit: Look, attachment: str) -> Response:
    found, content = await visit.house.desk.attaching.content(visit.known, attachment)
    return download(found, content)


@router.post("/attachments/{attachment}/remove")
async def remove(visit: Look, attachment: str) -> RedirectResponse:
    await form(visit)
    found = await visit.house.desk.attaching.remove(visit.known, attachment, visit.now)
    return go(f"/tickets/{found.ticket}" if found.ticket else f"/chat/{found.conversation}#last")
