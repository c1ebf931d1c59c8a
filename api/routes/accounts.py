"""People's accounts as an administrator sees them: who there is, in which role, from where, and where they are signed in."""

from typing import Any

from fastapi import APIRouter, Response

from agent.house import House
from api.callers import Administers, Open, account_of
from api.routes.sessions import session_shown
from api.shapes import AccountList, AccountShown, AccountWhole, Ended, Id, SessionList
from desk.errors import NotFound
from desk.people import Account

router = APIRouter(prefix="/accounts", tags=["accounts"])


@router.get("", response_model=AccountList)
async def list_accounts(house: Open, caller: Administers) -> dict[str, Any]:
    async with house.desk.store.read() as tx:
        return {"accounts": [account_shown(each) for each in await tx.people.all()]}


@router.get("/{account}", response_model=AccountWhole)
async def read(house: Open, caller: Administers, account: Id) -> dict[str, Any]:
    """One account with what its directory says of the person."""
    async with house.desk.store.read() as tx:
        found = await tx.people.by_id(account)
        if found is None:
            raise NotFound()
        profile = await tx.people.profile(account)
        company = await tx.identities.has_one(account)
    return {**account_shown(found).model_dump(), "company": company, "source": profile.source if profile else None,
            "manager": profile.manager if profile else None, "department": profile.department if profile else None,
            "site": profile.site if profile else None, "vip": bool(profile and profile.vip),
            "devices": list(profile.devices) if profile else []}


@router.get("/{account}/sessions", response_model=SessionList)
async def sessions(house: Open, caller: Administers, account: Id) -> dict[str, Any]:
    await _known(house, account)
    return {"sessions": [session_shown(each, caller.session) for each in await house.desk.signin.sessions(account, house.clock())]}


@router.delete("/{account}/sessions", response_model=Ended)
async def end_all(house: Open, caller: Administers, account: Id) -> dict[str, int]:
    """End every session and token of that account, but the one that asks."""
    return {"ended": await house.desk.signin.end_all(account_of(caller), account, house.clock(), but=caller.session)}


@router.delete("/{account}/sessions/{session}", status_code=204)
async def end(house: Open, caller: Administers, account: Id, session: Id) -> Response:
    await house.desk.signin.end(account_of(caller), account, session, house.clock())
    return Response(status_code=204)


async def _known(house: House, account: str) -> None:
    async with house.desk.store.read() as tx:
        if await tx.people.by_id(account) is None:
            raise NotFound()


def account_shown(account: Account) -> AccountShown:
    return AccountShown(id=account.id, name=account.name, display=account.display, email=account.email, role=account.role,
                        lang=account.lang, timezone=account.timezone, disabled=account.disabled)
