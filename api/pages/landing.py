"""One useful first page for each role that does not begin in the chat or at the console."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.pages.frame import PageRoute, Visit, only, page
from api.pages.people import calls_of
from desk.people import LANGS, Role

MAIL_OF = timedelta(days=1)
SUITES = Path(__file__).parents[2] / "evals" / "suites"

Supervising = Annotated[Visit, only(Role.SUPERVISOR, Role.ADMIN)]
Evaluating = Annotated[Visit, only(Role.EVALUATOR, Role.ADMIN)]
Watching = Annotated[Visit, only(Role.OBSERVER, Role.SUPERVISOR, Role.ADMIN)]
Administering = Annotated[Visit, only(Role.ADMIN)]
router = APIRouter(route_class=PageRoute)


@router.get("/board")
async def board(visit: Supervising) -> HTMLResponse:
    async with visit.house.desk.store.read() as tx:
        waiting = await tx.handoffs.waiting()
        late = await tx.handoffs.late(visit.now)
        people = await visit.house.desk.attending.people(tx, visit.now)
        taken = [(agent, here, await tx.handoffs.taken_by(agent.id)) for agent, here in people]
        calls = await calls_of(tx, visit)
        tickets = await tx.tickets.all(open_only=True)
        turns = await tx.turns.count_by_lang(_today(visit))
    return page(visit, "board.html", waiting=waiting, turns=[(lang, turns.get(lang, 0)) for lang in LANGS],
                late={each.id for each in late} | {each.id for each in waiting if each.told_late},
                taken=taken, taken_count=sum(len(theirs) for _, _, theirs in taken), tickets=tickets, calls=calls,
                on_duty=sum(here is not None and here.on_duty for _, here, _ in taken),
                priorities=sorted(Counter(str(ticket.priority) for ticket in tickets).items()))


@router.get("/watch")
async def watch(visit: Watching) -> HTMLResponse:
    async with visit.house.desk.store.read() as tx:
        return page(visit, "watch.html", tickets=await tx.tickets.all(open_only=True))


@router.get("/lab")
async def lab(visit: Evaluating) -> HTMLResponse:
    return page(visit, "lab.html", suites=_suites())


@router.get("/admin")
async def admin(visit: Administering) -> HTMLResponse:
    house = visit.house
    async with house.desk.store.read() as tx:
        accounts = await tx.people.all()
        documents, passages = await tx.shelf.documents(), await tx.shelf.passages()
        unsent = len(await tx.outbox.unsent(visit.now - MAIL_OF, limit=100))
    by_role = [(role, [account for account in accounts if account.role is role]) for role in Role if role is not Role.GUEST]
    return page(visit, "admin.html", planner=house.planner, database=house.desk.store.url.split(":")[0].split("+")[0],
                facts=house.facts, unsent=unsent,
                documents=len(documents), passages=len(passages), unready=sum(1 for each in passages if each["vector"] is None),
                per_lang=[(lang, sum(1 for each in documents if each["lang"] == lang)) for lang in LANGS], by_role=by_role,
                on_duty=house.desk.hours.on_duty(visit.now), url=house.url)


def _today(visit: Visit) -> datetime:
    """Midnight where the supervisor is."""
    return visit.now.astimezone(ZoneInfo(visit.timezone)).replace(hour=0, minute=0, second=0, microsecond=0)


def _suites() -> list[tuple[str, list[tuple[str, int]]]]:
    """Each suite on the shelf with its number of cases per language."""
    if not SUITES.is_dir():
        return []
    return [(folder.name, [(lang, sum(_cases(file) for file in folder.glob(f"*.{lang}.*"))) for lang in LANGS])
            for folder in sorted(SUITES.iterdir()) if folder.is_dir() and not folder.name.startswith(("_", "."))]


def _cases(file: Path) -> int:
    """One a line in JSON Lines, one a list item in YAML."""
    lines = file.read_text("utf-8").splitlines()
    return sum(line.startswith("- ") if file.suffix == ".yaml" else bool(line.strip()) for line in lines)
