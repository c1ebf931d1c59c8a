"""The language switch: a plain form on every page."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse

from api.languages import LANG_COOKIE
from api.pages.frame import YEAR, Look, PageRoute, form, go, keep_cookie, local_path
from desk.errors import BadInput
from desk.people import LANGS

router = APIRouter(route_class=PageRoute)


@router.post("/language")
async def choose(visit: Look) -> RedirectResponse:
    sent = await form(visit)
    lang = next((each for each in LANGS if each == sent.get("lang")), None)
    if lang is None:
        raise BadInput()
    if visit.caller and visit.caller.account:
        async with visit.house.desk.store.begin() as tx:
            await tx.people.set_lang(visit.caller.account.id, lang)
    response = go(local_path(sent.get("next", "/")))
    keep_cookie(response, visit.house, LANG_COOKIE, lang, lasts=YEAR)
    return response
