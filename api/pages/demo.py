"""The demo house's stand-ins for a mailbox and a phone, so that a newcomer can finish a reset by hand. Nowhere else do they exist."""

from typing import Any

import pyotp
from fastapi import APIRouter, Response
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse

from api.pages.frame import Look, PageRoute, Visit, page
from desk.codes import STEP
from desk.errors import NotFound
from desk.people import Account
from desk.store import Tx

router = APIRouter(prefix="/demo", route_class=PageRoute)


@router.get("/outbox", response_model=None)
async def outbox(visit: Look) -> Response:
    """The mail, newest first; as JSON where a script asks for it."""
    _demo_only(visit)
    async with visit.house.desk.store.read() as tx:
        person = await _person(tx, visit)
        rows = await tx.outbox.of(person.id) if person else []
    mails = [_opened(visit, row) for row in rows]
    return JSONResponse({"mails": jsonable_encoder(mails)}) if _by_script(visit) else page(visit, "outbox.html", mails=mails)


@router.get("/authenticator", response_model=None)
async def authenticator(visit: Look) -> Response:
    """The current code and the seconds left; as JSON where a script asks for it."""
    _demo_only(visit)
    async with visit.house.desk.store.read() as tx:
        person = await _person(tx, visit)
        known = await tx.people.credentials(person.id) if person else None
    sealed = known.totp_secret if known else ""
    code = pyotp.TOTP(visit.house.desk.vault.open(sealed), interval=STEP).at(visit.now) if sealed else None
    used = known is not None and known.totp_last_step >= int(visit.now.timestamp()) // STEP
    left = STEP - int(visit.now.timestamp()) % STEP
    if _by_script(visit):
        return JSONResponse({"code": code, "used": used, "seconds_left": left})
    return page(visit, "authenticator.html", code=code, used=used, step=STEP, left=left)


def _by_script(visit: Visit) -> bool:
    return "application/json" in visit.request.headers.get("accept", "")


def _demo_only(visit: Visit) -> None:
    if not visit.house.demo or visit.known is None:
        raise NotFound()


async def _person(tx: Tx, visit: Visit) -> Account | None:
    """The one signed in, or the one whom the guest's own conversation claims; nobody else's mail or code is shown."""
    if visit.known.account:
        return visit.known.account
    conversation = await tx.conversations.of(visit.known, visit.known.conversation or "")
    return await tx.people.by_id(conversation.claim) if conversation.claim else None


def _opened(visit: Visit, row: dict[str, Any]) -> dict[str, Any]:
    return {"at": row["at"], "subject": row["subject"], "body": visit.house.desk.vault.open(row["body"]), "kind": row["kind"]}
