"""Where one is signed in; and, for an administrator, everybody's account with the same list."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages.frame import Look, PageRoute, Visit, form, go, only, page
from desk.errors import NotFound
from desk.people import Role

Administering = Annotated[Visit, only(Role.ADMIN)]

router = APIRouter(route_class=PageRoute)


@router.get("/sessions")
async def own(visit: Look) -> HTMLResponse:
    sessions = await visit.house.desk.signin.sessions(visit.account.id, visit.now)
    return page(visit, "sessions.html", sessions=sessions, current=visit.known.session)


@router.post("/sessions/end-others")
async def end_others(visit: Look) -> RedirectResponse:
    await form(visit)
    await visit.house.desk.signin.end_all(visit.account, visit.account.id, visit.now, but=visit.known.session)
    return go("/sessions")


@router.post("/sessions/{session}/end")
async def end(visit: Look, session: str) -> RedirectResponse:
    await form(visit)
    await visit.house.desk.signin.end(visit.account, visit.account.id, session, visit.now)
    return go("/sessions")


@router.get("/admin/accounts")
async def accounts(visit: Administering) -> HTMLResponse:
    async with visit.house.desk.store.read() as tx:
        return page(visit, "accounts.html", accounts=await tx.people.all())


@router.get("/admin/accounts/{account}")
async def account_page(visit: Administering, account: str) -> HTMLResponse:
    async with visit.house.desk.store.read() as tx:
        found = await tx.people.by_id(account)
        if found is None:
            raise NotFound()
        profile, own_password = await tx.people.profile(account), await tx.people.credentials(account) is not None
    sessions = await visit.house.desk.signin.sessions(account, visit.now)
    return page(visit, "account.html", person=found, profile=profile, own_password=own_password, sessions=sessions,
                current=visit.known.session)


@router.post("/admin/accounts/{account}/sessions/end")
async def end_all(visit: Administering, account: str) -> RedirectResponse:
    await form(visit)
    await visit.house.desk.signin.end_all(visit.account, account, visit.now, but=visit.known.session)
    return _to(account)


@router.post("/admin/accounts/{account}/sessions/{session}/end")
async def end_one(visit: Administering, account: str, session: str) -> RedirectResponse:
    await form(visit)
    await visit.house.desk.signin.end(visit.account, account, session, visit.now)
    return _to(account)


def _to(account: str) -> RedirectResponse:
    return go(f"/admin/accounts/{account}")
