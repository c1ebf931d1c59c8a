"""What every page shares: who looks at it, in which language, its frame, its forms' guard and its errors in words."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import jdatetime
from babel.dates import format_date
from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape
from starlette.exceptions import HTTPException

from agent.house import House
from api.callers import current_caller, guard, house_of, same_site
from api.languages import language_of
from api.pages.markup import digits, direction, own_link, plain, rendered, shown, tongue
from api.problems import NotReady, status_of
from api.uploads import read_form
from desk.dates import JALALI_MONTHS, moment_text
from desk.errors import BadCsrf, BadInput, DeskError, NotSignedIn, Refused
from desk.people import AT_THE_DESK, Account, Caller, Lang, Role
from desk.services.attaching import Sent
from desk.words import words

CODES: Mapping[int, str] = {400: "bad_input", 404: "not_found", 413: "too_large"}   # what the framework refuses, in the desk's words
YEAR = 365 * 24 * 3600
DIR: Mapping[Lang, str] = {"en": "ltr", "ar": "rtl", "fa": "rtl"}
TONGUES: tuple[tuple[Lang, str, str], ...] = (("en", "EN", "English"), ("ar", "ع", "العربية"), ("fa", "فا", "فارسی"))
HOMES: Mapping[Role, str] = {
    Role.GUEST: "/chat/guest",
    Role.USER: "/chat",
    Role.OBSERVER: "/watch",
    Role.EVALUATOR: "/lab",
    Role.AGENT: "/desk",
    Role.SUPERVISOR: "/board",
    Role.ADMIN: "/admin",
}
# What stands in the top bar, besides the home page: who sees which place.
PLACES: tuple[tuple[str, str, frozenset[Role]], ...] = (
    ("/chat", "pages.nav.chat", frozenset(Role) - {Role.GUEST}),
    ("/tickets", "pages.nav.tickets", frozenset(Role) - {Role.GUEST}),
    ("/knowledge", "pages.nav.knowledge", frozenset(Role)),
    ("/desk", "pages.nav.desk", AT_THE_DESK),
    ("/proposals", "pages.nav.proposals", AT_THE_DESK),
    ("/disruptions", "pages.nav.disruptions", AT_THE_DESK),
    ("/board", "pages.nav.board", frozenset({Role.SUPERVISOR, Role.ADMIN})),
    ("/lab", "pages.nav.lab", frozenset({Role.EVALUATOR, Role.ADMIN})),
    ("/evaluations", "pages.nav.evaluations", frozenset({Role.EVALUATOR, Role.ADMIN})),
    ("/watch", "pages.nav.watch", frozenset({Role.OBSERVER, Role.SUPERVISOR, Role.ADMIN})),
    ("/audit", "pages.nav.audit", frozenset({Role.SUPERVISOR, Role.ADMIN})),
    ("/admin", "pages.nav.admin", frozenset({Role.ADMIN})),
)

templates = Environment(
    loader=PackageLoader("api", "templates"), autoescape=select_autoescape(default=True), undefined=StrictUndefined,
    trim_blocks=True, lstrip_blocks=True)


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One look at a page: the request, the house, who looks and in which language."""

    request: Request
    house: House
    caller: Caller | None
    lang: Lang
    now: datetime

    @property
    def account(self) -> Account:
        """The one signed in; a guest or a stranger has none."""
        if self.caller is None or self.caller.account is None:
            raise NotSignedIn()
        return self.caller.account

    @property
    def known(self) -> Caller:
        if self.caller is None:
            raise NotSignedIn()
        return self.caller

    @property
    def timezone(self) -> str:
        return self.caller.account.timezone if self.caller and self.caller.account else "UTC"

    @property
    def in_panel(self) -> bool:
        """The chat asks for a page's inside alone, to show it beside the conversation."""
        return self.request.headers.get("x-panel") == "1"

    def say(self, key: str, **facts: object) -> str:
        """The words of `key`, ready for a page: facts are escaped, a Markup among them stays."""
        return escape(self.house.desk.words.say(self.lang, key)).format(**facts)

    def count(self, key: str, n: int) -> str:
        return digits(self.house.desk.words.count(self.lang, key, n), self.lang)

    def number(self, n: int) -> str:
        return digits(str(n), self.lang)

    @property
    def notice(self) -> str:
        return digits(self.house.desk.notice(self.lang), self.lang)

    def has(self, key: str) -> bool:
        return self.house.desk.words.has(self.lang, key)

    def when(self, moment: datetime) -> str:
        return moment_text(moment, self.lang, self.timezone, self.now)

    def until(self, end: datetime, start: datetime) -> str:
        """The end of a span: its day is said only where it is another one than the start's."""
        return moment_text(end, self.lang, self.timezone, start)

    def day(self, moment: date) -> str:
        """A day with its year, in the calendar of the language."""
        if self.lang == "fa":
            jalali = jdatetime.date.fromgregorian(date=moment)
            return digits(f"{jalali.day} {JALALI_MONTHS[jalali.month - 1]} {jalali.year}", "fa")
        return digits(format_date(moment, "d MMMM y", locale=self.lang), self.lang)

    def iso_day(self, text: str) -> str:
        """The same of an ISO date; whatever else stands there, as it stands."""
        try:
            return self.day(date.fromisoformat(text))
        except ValueError:
            return text

    def since(self, moment: datetime) -> str:
        """How long ago, in the largest unit that says it."""
        minutes = max(0, int((self.now - moment).total_seconds()) // 60)
        if minutes < 1:
            return self.say("pages.time.now")
        if minutes < 60:
            return self.count("pages.time.minutes", minutes)
        if minutes < 48 * 60:
            return self.count("pages.time.hours", minutes // 60)
        return self.count("pages.time.days", minutes // 1440)

    def size(self, length: int) -> str:
        """Bytes in the unit that says it."""
        return f"{length / 1024 / 1024:.1f} MB" if length >= 1024 * 1024 else f"{max(1, round(length / 1024))} KB"

    @property
    def hour(self) -> int:
        return self.now.astimezone(ZoneInfo(self.timezone)).hour


async def visit(request: Request) -> Visit:
    """The dependency of every page."""
    house = house_of(request)
    caller = await current_caller(request)
    return Visit(request=request, house=house, caller=caller, lang=language_of(request), now=house.clock())


Look = Annotated[Visit, Depends(visit)]


def only(*allowed: Role) -> Any:
    """The visit, provided that one of these roles is signed in; stands in a route's signature."""
    async def look(visit: Look) -> Visit:
        if visit.account.role not in allowed:
            raise Refused()
        return visit
    return Depends(look)


async def form(visit: Visit) -> dict[str, str]:
    """The form that was sent, after the check that one of our own pages sent it. Files are none of ours."""
    sent = await visit.request.form(max_files=0, max_fields=30)
    return await _checked(visit, {name: value for name, value in sent.items() if isinstance(value, str)})


async def form_with_files(visit: Visit) -> tuple[dict[str, str], list[Sent]]:
    """The same for a form in which files may be chosen."""
    fields, files = await read_form(visit.request, visit.house.desk.attaching.limits)
    redact = visit.house.assistant.redact
    return await _checked(visit, fields), [Sent(name=redact(each.name) if each.name.strip() else "file", content=each.content)
                                           for each in files]


async def _checked(visit: Visit, fields: dict[str, str]) -> dict[str, str]:
    if not same_site(visit.request):
        raise BadCsrf()
    if visit.caller:
        await guard(visit.request, visit.caller)
    if any("\0" in value for value in fields.values()):
        raise BadInput()
    return fields


def page(visit: Visit, name: str, *, status: int = 200, **facts: Any) -> HTMLResponse:
    whole = {
        "v": visit, "t": visit.say, "tn": visit.count, "lang": visit.lang, "dir": DIR[visit.lang], "dirs": DIR, "tongues": TONGUES,
        "caller": visit.caller, "csrf": visit.caller.csrf if visit.caller and visit.caller.account else "",
        "home": home_of(visit.caller), "places": [place for place in PLACES if visit.caller and visit.caller.role in place[2]],
        "path": visit.request.url.path, "here": _here(visit.request), "phone": visit.house.desk.phone, "demo": visit.house.demo,
        "layout": "panel.html" if visit.in_panel else "base.html", "md": _markdown(visit), "name": display_name,
        "words": _for_script(visit), "own": lambda url: own_link(url, visit.house.url),
        "direction": direction, "shown_text": shown, "plain": plain, "tongue": tongue,
    }
    text = templates.get_template(name).render(whole | facts)
    return HTMLResponse(text, status, headers={"Cache-Control": "no-store", "Vary": "Cookie, X-Panel", "Content-Language": visit.lang})


def home_of(caller: Caller | None) -> str:
    return HOMES[caller.role] if caller else "/signin"


def go(path: str) -> RedirectResponse:
    return RedirectResponse(path, 303)


def display_name(text: str) -> Markup:
    """A name or a title in text of the other direction, without the marks that could turn what stands around it."""
    return Markup('<bdi dir="auto">{}</bdi>').format(shown(text))


def keep_cookie(response: Response, house: House, name: str, value: str, *, lasts: int, readable: bool = False) -> None:
    response.set_cookie(name, value, max_age=lasts, path="/", httponly=not readable, samesite="lax", secure=house.url.startswith("https:"))


def local_path(text: str, otherwise: str = "/") -> str:
    """A path on this host, or `otherwise`: a form never sends anyone elsewhere."""
    safe = text.startswith("/") and not text.startswith(("//", "/\\")) and not any(ord(char) < 33 for char in text)
    return text if safe else otherwise


def _here(request: Request) -> str:
    """Where the language switch comes back to."""
    if request.method != "GET":
        return "/"
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _markdown(visit: Visit) -> Callable[..., Markup]:
    def md(text: str, citations: list[dict[str, Any]] | None = None, base: int = 3) -> Markup:
        return rendered(text, host=visit.house.url, citations=citations or [], base=base)
    return md


def _for_script(visit: Visit) -> Callable[..., dict[str, str]]:
    def chosen(*keys: str) -> dict[str, str]:
        """Words that a script says, as data of the page."""
        return {key.rpartition(".")[2]: visit.house.desk.words.say(visit.lang, key) for key in keys}
    return chosen


class PageRoute(APIRoute):
    """Turns an error into a page in the visitor's words; one who isn't signed in is shown the way to do it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                return await answer(request)
            except NotReady:
                return bare(request, "pages.starting", 503, {"Retry-After": "2", "Refresh": "2"})
            except NotSignedIn:
                return to_signin(request)
            except DeskError as error:
                return await error_page(request, error.code, status_of(error))
            except HTTPException as error:
                if error.status_code not in CODES:
                    raise
                return await error_page(request, CODES[error.status_code], error.status_code)

        return guarded


def bare(request: Request, key: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """A page that needs nothing but the catalogues: for a house that is still opening, or out of order."""
    lang = language_of(request)
    text = templates.get_template("bare.html").render(lang=lang, dir=DIR[lang], key=key, t=lambda name: words().say(lang, name))
    return HTMLResponse(text, status, headers=headers)


def to_signin(request: Request) -> Response:
    """The way to sign in; a part of a page that refreshes itself takes the whole page along."""
    if request.headers.get("hx-request"):
        return Response(headers={"HX-Redirect": "/signin"})
    return go("/signin")


async def error_page(request: Request, code: str, status: int, **_facts: object) -> Response:
    """An error as a page, in the visitor's words; a stranger on an address that there isn't gets the same."""
    try:
        seen = await visit(request)
    except NotSignedIn:
        return to_signin(request)
    except Exception:          # the database may be what is broken: the reason is in the log already
        return bare(request, "pages.broken", status)
    key = f"error.{code}"
    detail = seen.say(key if seen.has(key) else "error.desk_error")
    return page(seen, "error.html", status=status, detail=detail, missing=status == 404)
