"""The one-time page that sets a new password: nobody but its owner sees it, and it is neither normalised nor kept in the clear."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from api.pages.frame import Look, PageRoute, Visit, form, go, page
from api.pages.verify import finished, own_flow
from desk.errors import FlowOver, NeedsFactors, WeakPassword
from desk.identity import Flow, FlowState
from desk.passwords import LONGEST, SHORTEST

RECOMMENDED = 15               # NIST SP 800-63B-4 §3.1.1.2

router = APIRouter(route_class=PageRoute)


@router.get("/verify/{flow}/password")
async def new_password(visit: Look, flow: str) -> Response:
    found = await own_flow(visit, flow)
    if found.state is not FlowState.PASSWORD or not found.alive(visit.now):
        return go(f"/verify/{flow}")
    return _form(visit, found)


@router.post("/verify/{flow}/password")
async def set_password(visit: Look, flow: str) -> Response:
    sent = await form(visit)
    found = await own_flow(visit, flow)
    try:
        progress = await visit.house.desk.verifying.set_password(visit.known, found.id, sent.get("password", ""), visit.now)
    except WeakPassword:
        return _form(visit, found, problem="error.weak_password", status=422)
    except (FlowOver, NeedsFactors):
        return go(f"/verify/{flow}")
    return finished(visit, progress) or go(f"/verify/{flow}")


def _form(visit: Visit, flow: Flow, *, problem: str | None = None, status: int = 200) -> HTMLResponse:
    return page(visit, "setpassword.html", status=status, flow=flow, problem=problem, shortest=SHORTEST, longest=LONGEST,
                recommended=RECOMMENDED)
