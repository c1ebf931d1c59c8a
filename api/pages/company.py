"""To the company's sign-in and back."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from api.callers import GUEST_COOKIE, keep_session
from api.pages.frame import Look, PageRoute, Visit, go, keep_cookie
from api.pages.signin import signin_form
from desk.company import AWAY_FOR, Provider
from desk.errors import AccountDisabled, DeskError, NoRole, NotFound, ProviderDown, ProviderRefused, SignInStale
from desk.sessions import device_of

AWAY_COOKIE = "yavar_away"
LONGEST = 4096                 # characters of a code, a state or an issuer
KINDLY = (ProviderDown, ProviderRefused, SignInStale, NoRole, AccountDisabled)

router = APIRouter(route_class=PageRoute)


@router.get("/signin/company")
async def depart(visit: Look) -> Response:
    """Off to the provider. This browser alone can come back, once, within the time."""
    try:
        departure = await provider_of(visit).begin()
    except ProviderDown as error:
        return await _not_in(visit, error)
    browser = await visit.house.desk.company.depart(departure, visit.now)
    response = RedirectResponse(departure.url, 303)
    keep_cookie(response, visit.house, AWAY_COOKIE, browser, lasts=int(AWAY_FOR.total_seconds()))
    return response


@router.get("/signin/company/back")
async def arrive(visit: Look, state: str = "", code: str = "", iss: str | None = None) -> Response:
    """Back from the provider: whatever is wrong, the sign-in page says it in words and offers the other ways."""
    provider, company = provider_of(visit), visit.house.desk.company
    try:
        if max(map(len, (state, code, iss or ""))) > LONGEST:
            raise SignInStale()
        departure = await company.come_back(state, visit.request.cookies.get(AWAY_COOKIE, ""), visit.now)
        if not code:               # the provider, or the person there, said no
            raise ProviderRefused()
        claims = await provider.finish(code, departure, visit.now, said_issuer=iss)
        secret, _ = await company.arrive(claims, visit.lang, visit.now, device=device_of(visit.request.headers.get("user-agent", "")))
    except KINDLY as error:
        return await _not_in(visit, error)
    response = go("/")
    keep_session(response, visit.house, secret)
    response.delete_cookie(GUEST_COOKIE, path="/")
    response.delete_cookie(AWAY_COOKIE, path="/")
    return response


@router.get("/signin/company/out")
async def out(visit: Look) -> Response:
    """Leave the company's account too; where the provider has no such place, the sign-in page is enough."""
    try:
        farewell = await provider_of(visit).farewell()
    except ProviderDown as error:
        return await _not_in(visit, error)
    return RedirectResponse(farewell or "/signin", 303)


def provider_of(visit: Visit) -> Provider:
    if visit.house.provider is None:
        raise NotFound()
    return visit.house.provider


async def _not_in(visit: Visit, error: DeskError) -> Response:
    visit.request.app.state.figures.error(error.code)
    response = await signin_form(visit, problem=f"error.{error.code}", status=503 if isinstance(error, ProviderDown) else 403)
    response.delete_cookie(AWAY_COOKIE, path="/")
    return response
