"""One's own open browsers and tokens: listed, and ended one by one or all but the one that asks."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Response

from api.callers import Open, SignedIn, account_of
from api.shapes import Ended, Id, SessionList, SessionShown
from desk.sessions import Session

router = APIRouter(prefix="/sessions", tags=["sessions"])


@router.get("", response_model=SessionList)
async def list_sessions(house: Open, caller: SignedIn) -> dict[str, Any]:
    now: datetime = house.clock()
    return {"sessions": [session_shown(each, caller.session) for each in await house.desk.signin.sessions(account_of(caller).id, now)]}


@router.delete("", response_model=Ended)
async def end_others(house: Open, caller: SignedIn) -> dict[str, int]:
    """End every other session and token of the caller; the one that asks goes on."""
    account = account_of(caller)
    return {"ended": await house.desk.signin.end_all(account, account.id, house.clock(), but=caller.session)}


@router.delete("/{session}", status_code=204)
async def end(house: Open, caller: SignedIn, session: Id) -> Response:
    account = account_of(caller)
    await house.desk.signin.end(account, account.id, session, house.clock())
    return Response(status_code=204)


def session_shown(session: Session, current: str = "") -> SessionShown:
    return SessionShown(id=session.id, kind=session.kind, device=session.device, created_at=session.created_at,
                        last_seen_at=session.last_seen_at, expires_at=session.expires_at, current=session.id == current)
