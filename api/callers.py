"""Who calls: by bearer token, by a browser's session or by a guest's cookie; and whether the caller's role may."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated
from urllib.parse import urlsplit

import structlog
from fastapi import Depends, Request, Response

from agent.house import House
from api.problems import NotReady
from desk.codes import digest, same
from desk.errors import BadCsrf, GuestMayNot, NotSignedIn, Refused, Unavailable
from desk.people import AT_THE_DESK, Account, Caller, Role
from desk.services.signin import GUEST_LASTS

log = structlog.get_logger("yavar.http")
SESSION_COOKIE = "yavar_session"
GUEST_COOKIE = "yavar_guest"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


def house_of(request: Request) -> House:
    """The house, once it is open."""
    house: House | None = getattr(request.app.state, "house", None)
    if house is None or not house.ready:
        raise NotReady()
    return house


async def current_caller(request: Request) -> Caller | None:
    """The one behind the request, None for a stranger; raises NotSignedIn for credentials that prove nobody."""
    if not hasattr(request.state, "caller"):
        request.state.caller = await _read_caller(request)
    caller: Caller | None = request.state.caller
    return caller


async def _read_caller(request: Request) -> Caller | None:
    house = house_of(request)
    header = request.headers.get("authorization")
    if header is not None:
        scheme, _, secret = header.partition(" ")
        known = await house.desk.signin.caller(secret.strip(), house.clock()) if scheme.lower() == "bearer" else None
        if known is None:
            raise NotSignedIn("The bearer token is unknown or has expired. `yavar token issue ACCOUNT` makes a new one.")
        return await _noticed(request, house, known)
    for cookie, for_guests in ((SESSION_COOKIE, False), (GUEST_COOKIE, True)):
        secret = request.cookies.get(cookie, "")
        known = await house.desk.signin.caller(secret, house.clock()) if secret else None
        if known and known.is_guest is for_guests:
            return await _noticed(request, house, replace(known, by_cookie=True))
    return None


async def _noticed(request: Request, house: House, caller: Caller) -> Caller:
    """Whoever asks is there; a page that refreshes itself says nothing of that. A note that cannot be made stops nobody from reading."""
    if caller.unnoticed and not (request.method == "GET" and request.headers.get("hx-request")):
        try:
            await house.desk.signin.seen(caller, house.clock())
        except Unavailable:
            log.warning("session.not_noticed")
    return caller


def same_site(request: Request) -> bool:
    """False if a browser says that another site made it send this."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    if origin is None:
        return True
    house: House = request.app.state.house
    return urlsplit(origin).netloc.lower() in {request.headers.get("host", "").lower(), urlsplit(house.url).netloc.lower()} - {""}


async def guard(request: Request, caller: Caller) -> None:
    """A cookie alone changes nothing: the page that sends must be ours, and must show the session's own token."""
    if not caller.by_cookie or request.method in SAFE_METHODS:
        return
    if not same_site(request):
        raise BadCsrf("Another site sent this request. Send it from a page of this house.")
    if not caller.is_guest and not same(digest(caller.csrf), digest(await _shown_csrf(request))):
        raise BadCsrf()


async def _shown_csrf(request: Request) -> str:
    shown = request.headers.get("x-csrf-token", "")
    if not shown and request.headers.get("content-type", "").startswith(FORM_TYPES):
        field = (await request.form()).get("csrf")
        shown = field if isinstance(field, str) else ""
    return shown


class Needs:
    """A dependency that is the caller, provided that the caller has one of the roles."""

    def __init__(self, roles: Iterable[Role]) -> None:
        self.roles = frozenset(roles)

    async def __call__(self, request: Request) -> Caller:
        caller = await current_caller(request)
        if caller is None:
            raise NotSignedIn()
        await guard(request, caller)
        if caller.role not in self.roles:
            raise GuestMayNot() if caller.is_guest else Refused()
        return caller


def needs(*roles: Role) -> Needs:
    return Needs(roles)


def account_of(caller: Caller) -> Account:
    """The account of a caller who is signed in."""
    if caller.account is None:
        raise GuestMayNot()
    return caller.account


Open = Annotated[House, Depends(house_of)]
Anyone = Annotated[Caller, Depends(needs(*Role))]                            # guests too
SignedIn = Annotated[Caller, Depends(needs(*(set(Role) - {Role.GUEST})))]
Supervising = Annotated[Caller, Depends(needs(Role.SUPERVISOR, Role.ADMIN))]
AtTheDesk = Annotated[Caller, Depends(needs(*AT_THE_DESK))]
Evaluating = Annotated[Caller, Depends(needs(Role.EVALUATOR, Role.ADMIN))]
Administers = Annotated[Caller, Depends(needs(Role.ADMIN))]


def keep_session(response: Response, house: House, secret: str) -> None:
    """This browser is signed in, for as long as the house lets a session last."""
    response.set_cookie(SESSION_COOKIE, secret, max_age=int(house.desk.signin.lifetimes.absolute.total_seconds()), path="/",
                        httponly=True, samesite="lax", secure=house.url.startswith("https:"))


def keep_guest(response: Response, house: House, secret: str) -> None:
    """The guest's session goes on in this browser."""
    response.set_cookie(GUEST_COOKIE, secret, max_age=int(GUEST_LASTS.total_seconds()), path="/", httponly=True, samesite="lax",
                        secure=house.url.startswith("https:"))
