"""The help centre: what there is to read, a search, and each article, to those who may read it; for anyone else there is none."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from agent.mind import MAY_SEE
from agent.planner.compose import snippet
from api.finding import find
from api.pages.frame import Look, PageRoute, Visit, page
from api.pages.paging import page_number, pager
from desk.drafts import SOURCE, WAITING
from desk.errors import NotFound
from desk.people import AT_THE_DESK, Role

EACH = 40                      # articles on one page
FOUND, NEAREST = 10, 3         # places that a search shows: those found, or those nearest where none is likely to answer
LONGEST_SEARCH = 200
REVIEWERS = (Role.SUPERVISOR, Role.ADMIN)
LEAD_ENDS = "\n## "

router = APIRouter(route_class=PageRoute)


@dataclass(frozen=True)
class Entry:
    """An article as it is listed, in the reader's language if it has it."""

    id: str
    title: str
    lang: str
    lead: str
    foreign: bool              # it stands in other languages only


@router.get("/knowledge")
async def browse(visit: Look, q: str = "") -> HTMLResponse:
    """Every article by its title, or what a search finds."""
    may_see = MAY_SEE[visit.known.role]
    sought = q.strip()[:LONGEST_SEARCH]
    if sought:
        return await _search(visit, sought)
    async with visit.house.desk.store.read() as tx:
        entries = _entries([each for each in await tx.shelf.documents() if _readable(each, may_see)], visit.lang)
    here = page_number(visit.request.query_params.get("page", ""))
    return page(visit, "knowledge.html", entries=entries[(here - 1) * EACH:here * EACH], total=len(entries), sought="", found=None, hits=(),
                pager=pager(here, len(entries), EACH, {}), section="articles", desk=_at_desk(visit))


@router.get("/knowledge/{document}")
async def article(visit: Look, document: str) -> HTMLResponse:
    may_see = MAY_SEE[visit.known.role]
    async with visit.house.desk.store.read() as tx:
        found = await tx.shelf.document(document)
        if found is None or not _readable(found, may_see):
            raise NotFound()
        parts = await tx.shelf.sections(document)
        others = [other for other in await tx.shelf.documents()
                  if (other["source"], other["topic"]) == (found["source"], found["topic"]) and other["id"] != document
                  and _readable(other, may_see)]
    return page(visit, "article.html", document=found, parts=parts, others=others, reviewed=visit.iso_day(found["reviewed"]),
                old=visit.house.desk.freshness.overdue(found["reviewed"], visit.now.date()),
                may_withdraw=found["source"] == SOURCE and visit.known.role in REVIEWERS,
                updated=visit.day(found["updated_at"].date()) if found["updated_at"] else "")


async def _search(visit: Visit, sought: str) -> HTMLResponse:
    found = await find(visit.house, visit.known.role, sought, visit.lang, FOUND)
    hits = found.hits if found.likely else found.hits[:NEAREST]
    return page(visit, "knowledge.html", entries=[], total=0, sought=sought, found=found, hits=hits, snippet=snippet, pager=None,
                section="articles", desk=_at_desk(visit))


def _at_desk(visit: Visit) -> bool:
    return visit.known.role in AT_THE_DESK


def _readable(document: dict[str, Any], may_see: frozenset[str]) -> bool:
    return document["audience"] in may_see and document["tier"] not in WAITING


def _entries(documents: Sequence[dict[str, Any]], lang: str) -> list[Entry]:
    """One for each topic in the reader's language, then one for each document of a topic that isn't in it; by title."""
    topics: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for each in documents:
        topics[each["source"], each["topic"]].append(each)
    entries = [_entry(each, foreign=each["lang"] != lang) for some in topics.values()
               for each in ([own for own in some if own["lang"] == lang] or some)]
    return sorted(entries, key=lambda entry: (entry.foreign, entry.title.casefold()))


def _entry(document: dict[str, Any], *, foreign: bool) -> Entry:
    lead = document["text"].partition(LEAD_ENDS)[0]
    return Entry(document["id"], document["title"], document["lang"], "" if lead.startswith("## ") else snippet(lead), foreign)
