"""Signing in and out, and the way in for those who can't."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.callers import GUEST_COOKIE, SESSION_COOKIE, keep_guest, keep_session
from api.pages.frame import Look, PageRoute, Visit, form, go, home_of, page
from desk.errors import NotSignedIn
from desk.people import AT_THE_DESK
from desk.sessions import device_of

LONGEST_NAME = 200
LONGEST_PASSWORD = 1024

router = APIRouter(route_class=PageRoute)


@router.get("/")
async def front(visit: Look) -> RedirectResponse:
    return go(home_of(visit.caller))


@router.get("/signin")
async def signin(visit: Look, out: bool = False) -> Response:
    if visit.caller and visit.caller.account:
        return go(home_of(visit.caller))
    return await signin_form(visit, out=out)


@router.post("/signin")
async def sign_in(visit: Look) -> Response:
    sent = await form(visit)
    name, password = sent.get("name", "").strip(), sent.get("password", "")
    if not name or not password or len(name) > LONGEST_NAME or len(password) > LONGEST_PASSWORD:
        return await signin_form(visit, name=name[:LONGEST_NAME], problem="pages.signin.fill_both", status=422)
    try:
        secret, account = await visit.house.desk.signin.sign_in(
            name, password, visit.now, device=device_of(visit.request.headers.get("user-agent", "")))
    except NotSignedIn:
        return await signin_form(visit, name=name, problem="pages.signin.wrong", status=401)
    response = go("/desk" if account.role in AT_THE_DESK and sent.get("to") == "desk" else "/")
    keep_session(response, visit.house, secret)
    response.delete_cookie(GUEST_COOKIE, path="/")
    return response


@router.post("/signout")
async def sign_out(visit: Look) -> RedirectResponse:
    await form(visit)
    if visit.caller:
        await visit.house.desk.signin.sign_out(visit.caller)
        if visit.caller.role in AT_THE_DESK:
            await visit.house.desk.attending.leave(visit.account, visit.now)
    response = go("/signin?out=1" if visit.house.provider and visit.caller else "/signin")
    response.delete_cookie(SESSION_COOKIE, path="/")
    response.delete_cookie(GUEST_COOKIE, path="/")
    return response


@router.get("/signin/help")
async def cannot(visit: Look) -> HTMLResponse:
    return page(visit, "cannot.html", problem=None)


@router.post("/signin/help")
async def open_guest(visit: Look) -> Response:
    """A guest conversation that claims an account: the same whether or not there is such an account."""
    sent = await form(visit)
    name = sent.get("account", "").strip()
    if not name or len(name) > LONGEST_NAME:
        return page(visit, "cannot.html", status=422, problem="pages.cannot.name_it")
    _, token = await visit.house.desk.signin.open_guest(name, visit.lang, visit.now)
    response = go("/chat/guest")
    keep_guest(response, visit.house, token)
    response.delete_cookie(SESSION_COOKIE, path="/")
    return response


async def signin_form(visit: Visit, *, name: str = "", problem: str | None = None, status: int = 200, out: bool = False) -> HTMLResponse:
    accounts = []
    if visit.house.demo:
        async with visit.house.desk.store.read() as tx:
            accounts = [(account.name, account.role) for account in await tx.people.all()
                        if not account.disabled and await tx.people.credentials(account.id)]
    return page(visit, "signin.html", status=status, name_sent=name, problem=problem, accounts=accounts, out=out,
                company=visit.house.provider is not None, admins_only=not visit.house.desk.company.rules.passwords)
