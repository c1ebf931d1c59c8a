"""Known incidents and planned maintenance: the desk's page to announce, amend and end them, and what the chat shows of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.pages.frame import PageRoute, Visit, form, go, only, page
from desk.errors import BadInput, DeskError, IllegalMove, NotFound
from desk.mending import Disruption, DisruptionKind
from desk.people import AT_THE_DESK, LANGS
from desk.services.watching import LONGEST

SHOWN = 3                      # above the chat at once; of the others people hear when they ask
SAID = frozenset({"announced", "amended", "ended"})
PROBLEMS = frozenset({"illegal_move"})
WRONG = frozenset({"asset", "text", "starts_at", "ends_at"})       # each has words of its own
INPUT_FORM = "%Y-%m-%dT%H:%M"  # of a browser's field for a moment

AtDesk = Annotated[Visit, only(*AT_THE_DESK)]
router = APIRouter(route_class=PageRoute)


@router.get("/disruptions")
async def disruptions(visit: AtDesk, done: str = "", problem: str = "") -> HTMLResponse:
    return await _page(visit, {}, done=done if done in SAID else None, problem=f"error.{problem}" if problem in PROBLEMS else None)


@router.post("/disruptions")
async def announce(visit: AtDesk) -> Response:
    sent, now = await form(visit), visit.now
    try:
        visit.house.mind.inventory.known(sent.get("asset", ""))
        kind = DisruptionKind.MAINTENANCE if sent.get("kind") == DisruptionKind.MAINTENANCE else DisruptionKind.INCIDENT
        starts, ends = _moment(visit, sent, "starts_at"), _moment(visit, sent, "ends_at")
        async with visit.house.desk.store.begin() as tx:
            await visit.house.desk.watching.declare(tx, asset=sent["asset"], kind=kind, text=_words(visit, sent), starts_at=starts or now,
                                                    ends_at=ends, by=visit.account.id, now=now)
    except BadInput as error:
        return await _page(visit, sent, problem=_wrong(error), status=422)
    return _back("announced")


@router.get("/disruptions/{disruption}")
async def one(visit: AtDesk, disruption: str) -> HTMLResponse:
    return await _one(visit, disruption, {})


@router.post("/disruptions/{disruption}")
async def amend(visit: AtDesk, disruption: str) -> Response:
    sent = await form(visit)
    try:
        starts, ends = _moment(visit, sent, "starts_at"), _moment(visit, sent, "ends_at")
        async with visit.house.desk.store.begin() as tx:
            await visit.house.desk.watching.amend(tx, disruption, text=_words(visit, sent), starts_at=starts, ends_at=ends,
                                                  by=visit.account.id, now=visit.now)
    except BadInput as error:
        return await _one(visit, disruption, sent, problem=_wrong(error), status=422)
    except IllegalMove as error:
        return _back(problem=error.code)
    return _back("amended")


@router.post("/disruptions/{disruption}/end")
async def end(visit: AtDesk, disruption: str) -> RedirectResponse:
    await form(visit)
    try:
        async with visit.house.desk.store.begin() as tx:
            await visit.house.desk.watching.end(tx, disruption, by=visit.account.id, now=visit.now)
    except IllegalMove as error:
        return _back(problem=error.code)
    return _back("ended")


async def present(visit: Visit) -> list[Disruption]:
    """What is out of order now, for the chat: incidents first. A guest is told nothing of the house's own services."""
    if visit.known.is_guest:
        return []
    async with visit.house.desk.store.read() as tx:
        found = await visit.house.mind.inventory.disruptions_now(tx, visit.now)
    now = [each for each in found if each.under_way(visit.now)]
    return sorted(now, key=lambda each: each.kind is not DisruptionKind.INCIDENT)[:SHOWN]


async def _page(visit: Visit, sent: Mapping[str, str], *, done: str | None = None, problem: str | None = None,
                status: int = 200) -> HTMLResponse:
    inventory = visit.house.mind.inventory
    async with visit.house.desk.store.read() as tx:
        found = await inventory.disruptions_now(tx, visit.now)
    return page(visit, "disruptions.html", status=status, found=found, filed={each.id for each in inventory.disruptions}, sent=sent,
                assets=inventory.assets, asset_name=inventory.name, done=done, problem=problem, kinds=tuple(DisruptionKind), langs=LANGS,
                longest=LONGEST)


async def _one(visit: Visit, disruption: str, sent: Mapping[str, str], *, problem: str | None = None, status: int = 200) -> HTMLResponse:
    async with visit.house.desk.store.read() as tx:
        found = await tx.disruptions.get(disruption)
    if found.over(visit.now):
        raise NotFound()
    as_it_is = {f"text.{lang}": found.in_(lang) for lang in LANGS}
    as_it_is |= {"starts_at": _typed(visit, found.starts_at), "ends_at": _typed(visit, found.ends_at)}
    return page(visit, "disruption.html", status=status, found=found, sent=as_it_is | dict(sent), problem=problem, langs=LANGS,
                asset_name=visit.house.mind.inventory.name, longest=LONGEST)


def _words(visit: Visit, sent: Mapping[str, str]) -> dict[str, str]:
    return {lang: visit.house.assistant.redact(sent.get(f"text.{lang}", "")) for lang in LANGS}


def _moment(visit: Visit, sent: Mapping[str, str], field: str) -> datetime | None:
    """As it was typed, where the visitor is; None for an empty field."""
    typed = sent.get(field, "").strip()
    try:
        moment = datetime.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise BadInput(field=field) from error
    return moment.replace(tzinfo=moment.tzinfo or ZoneInfo(visit.timezone)) if moment else None


def _typed(visit: Visit, moment: datetime | None) -> str:
    return moment.astimezone(ZoneInfo(visit.timezone)).strftime(INPUT_FORM) if moment else ""


def _wrong(error: DeskError) -> str:
    field = str(error.facts.get("field", ""))
    return f"pages.disruptions.wrong_{field}" if field in WRONG else "error.bad_input"


def _back(done: str = "", problem: str = "") -> RedirectResponse:
    return go(f"/disruptions?{urlencode({'done': done} if done else {'problem': problem})}")
