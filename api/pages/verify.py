"""The verification form beside the chat: two different factors, each typed here and never in the chat."""

import re
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.callers import keep_guest
from api.pages.frame import Look, PageRoute, Visit, form, go, page
from desk.errors import FlowOver, NotFound, TriesUsedUp, WrongCode
from desk.identity import METHODS, TRIES_PER_CODE, Flow, FlowState, Method
from desk.services.verifying import Progress

SEPARATORS = re.compile(r"[\s\u200c\u200e\u200f\u202a-\u202e\u2066-\u2069-]")
FOLDED = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
NOTES = frozenset({"sent", "wrong", "proven", "empty"})

router = APIRouter(route_class=PageRoute)


@router.get("/verify/{flow}")
async def verify(visit: Look, flow: str, note: str = "", method: str = "") -> Response:
    found = await own_flow(visit, flow)
    if found.state is FlowState.PASSWORD and found.alive(visit.now):
        return go(f"/verify/{flow}/password")
    return flow_page(visit, found, note=note if note in NOTES else "", method=method)


@router.post("/verify/{flow}/send")
async def send(visit: Look, flow: str) -> RedirectResponse:
    await form(visit)
    try:
        await visit.house.desk.verifying.send_code(visit.known, flow, visit.now)
    except FlowOver:
        return _to(flow)
    return _to(flow, note="sent", method="email")


@router.post("/verify/{flow}/code")
async def prove(visit: Look, flow: str) -> Response:
    sent = await form(visit)
    code = SEPARATORS.sub("", sent.get("code", "")).translate(FOLDED)
    method = next((each for each in METHODS if each == sent.get("method")), None)
    if method is None:
        raise NotFound()
    if not code.isascii() or not code.isdigit() or len(code) > 12:
        return _to(flow, note="empty", method=method)
    try:
        progress = await visit.house.desk.verifying.prove(visit.known, flow, method, code, visit.now)
    except WrongCode:
        return _to(flow, note="wrong", method=method)
    except (TriesUsedUp, FlowOver):
        return _to(flow)
    return finished(visit, progress) or _to(flow, note="proven", method=method)


async def own_flow(visit: Visit, flow: str) -> Flow:
    found, _ = await visit.house.desk.verifying.of(visit.known, flow)
    return found


def flow_page(visit: Visit, flow: Flow, *, note: str, method: str) -> HTMLResponse:
    over = flow.state in (FlowState.FACTORS, FlowState.PASSWORD) and not flow.alive(visit.now)
    return page(visit, "verify.html", flow=flow, state="expired" if over else str(flow.state), note=note, of=method,
                methods=METHODS, tries_left=max(0, TRIES_PER_CODE - flow.tries), email=Method.EMAIL, totp=Method.TOTP)


def finished(visit: Visit, progress: Progress) -> RedirectResponse | None:
    """After a step: the turn that tells of it runs, and a guest goes on under a fresh cookie."""
    visit.house.live.wake(progress.flow.conversation)
    if progress.turn:
        visit.house.assistant.soon(progress.turn)
    if progress.flow.state is FlowState.PASSWORD:
        return go(f"/verify/{progress.flow.id}/password")
    if progress.flow.state is FlowState.FACTORS:
        return None
    response = _to(progress.flow.id)
    if progress.fresh_secret:
        keep_guest(response, visit.house, progress.fresh_secret)
    return response


def _to(flow: str, **query: str) -> RedirectResponse:
    return go(f"/verify/{flow}" + (f"?{urlencode(query)}" if query else ""))


