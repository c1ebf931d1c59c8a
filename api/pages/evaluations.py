"""The evaluator's pages: kept runs of the exams, one run, one case with its transcript and the why of each turn, and two runs compared."""

import json
from asyncio import to_thread
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from math import isfinite
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from api.evaluation_cases import OUTCOMES, Outcome, case_of, chosen, headline, outcome_of, reached
from api.evaluation_turns import why_of
from api.evaluations import KeptRuns, Numbered, Run
from api.pages.frame import PageRoute, Visit, only, page
from api.pages.markup import digits
from api.pages.paging import page_number, pager
from api.routes.evaluations import TYPES, as_file
from desk.errors import NotFound
from desk.people import LANGS, Lang, Role

EACH, CASES, CHANGED, OTHERS = 10, 25, 50, 50      # on one page: runs, cases, cases that changed, runs to compare with
AGAIN = "5"                    # seconds until a page looks again whether a comparison is done
LONGEST = 20_000               # characters of one piece of evidence
FILTERS = ("suite", "lang", "outcome")
POINT: Mapping[Lang, str] = {"en": ".", "ar": "٫", "fa": "٫"}

Evaluating = Annotated[Visit, only(Role.EVALUATOR, Role.ADMIN)]
router = APIRouter(prefix="/evaluations", route_class=PageRoute)


@router.get("")
async def runs(visit: Evaluating, kept: KeptRuns) -> HTMLResponse:
    here = page_number(visit.request.query_params.get("page", ""))
    found, total = await to_thread(kept.page, skip=(here - 1) * EACH, limit=EACH)
    return _page(visit, "evaluations.html", runs=found, total=total, pager=pager(here, total, EACH, {}))


@router.get("/{run}")
async def one(visit: Evaluating, kept: KeptRuns, run: str) -> HTMLResponse:
    """Its figures, and its cases as far as they fit the filter."""
    found = await to_thread(kept.run, run)
    asked = {name: visit.request.query_params.get(name, "")[:100] for name in FILTERS}
    outcome: Outcome | None = next((each for each in OUTCOMES if each == asked["outcome"]), None)
    cases = chosen(found, suite=asked["suite"], lang=asked["lang"], outcome=outcome)
    here = page_number(visit.request.query_params.get("page", ""))
    return _page(visit, "evaluation.html", run=found, asked=asked, outcomes=tuple(OUTCOMES), total=len(cases), counts=_counts(found),
                 cases=cases[(here - 1) * CASES:here * CASES], pager=pager(here, len(cases), CASES, asked),
                 others=await _others(kept, run))


@router.get("/{run}/cases/{number}")
async def case(visit: Evaluating, kept: KeptRuns, run: str, number: str) -> HTMLResponse:
    found = await to_thread(kept.run, run)
    told = case_of(found, int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 0)
    whys = [why for turn in told.case.turns if (why := why_of(turn))]
    says = [(message, [why for why in whys if why.at == at]) for at, message in enumerate(told.case.transcript, start=1)]
    return _page(visit, "evaluation_case.html", run=found, found=told, case=told.case, evidence=_evidence(told), says=says,
                 unplaced=[why for why in whys if not 1 <= why.at <= len(says)])


@router.get("/{run}/compare")
async def compare(visit: Evaluating, kept: KeptRuns, run: str) -> HTMLResponse:
    """Beside an earlier run; until the figures are worked out the page looks again by itself."""
    before = visit.request.query_params.get("before", "")
    after = await to_thread(kept.run, run)
    if not before:
        return _page(visit, "evaluation_compare.html", run=after, before=None, others=await _others(kept, run), waiting=False)
    earlier, found = await to_thread(kept.run, before), await to_thread(kept.compare, before, run)
    waiting = found.differences is None and not found.failed
    answer = _page(visit, "evaluation_compare.html", run=after, before=earlier, found=found, waiting=waiting,
                   changes=found.changes[:CHANGED], others=await _others(kept, run),
                   fell=_flagged(found.differences, worse=True), rose=_flagged(found.differences, worse=False))
    if waiting:
        answer.headers["Refresh"] = AGAIN
    return answer


@router.get("/{run}/export/{form}")
async def export(visit: Evaluating, kept: KeptRuns, run: str, form: str) -> Response:
    if form not in TYPES:
        raise NotFound()
    return await as_file(kept, run, form)


def _page(visit: Visit, name: str, **facts: Any) -> HTMLResponse:
    return page(visit, name, langs=LANGS, fig=lambda value: figure(value, visit.lang), headline=headline, reached=reached,
                outcome_of=outcome_of, clock=lambda moment: _clock(visit, moment),
                glossed=lambda metrics: [each for each in metrics if visit.has(f"pages.metric.{each}")], **facts)


def _clock(visit: Visit, moment: datetime) -> str:
    return digits(moment.astimezone(ZoneInfo(visit.timezone)).strftime("%H:%M"), visit.lang)


def figure(value: object, lang: Lang) -> str:
    """Three digits after the point, in the digits of the language; a count has none after it."""
    if not isinstance(value, int | float) or not isfinite(value):
        return "–"
    text = f"{value:.0f}" if value == int(value) and abs(value) > 1 else f"{value:.3f}"
    return digits(text.replace(".", POINT[lang]).replace("-", "−"), lang)


def _counts(run: Run) -> dict[str, dict[str, int]]:
    """By suite, how many cases were right, wrong and not to be judged."""
    counted = Counter((each.suite, outcome_of(each.case)) for each in run.cases)
    return {suite.suite: {outcome: counted[suite.suite, outcome] for outcome in OUTCOMES} for suite in run.suites}


def _flagged(differences: Mapping[str, Any] | None, *, worse: bool) -> int:
    return sum(each.significant and each.worse is worse for rows in (differences or {}).values() for each in rows)


def _evidence(found: Numbered) -> list[tuple[str, str]]:
    """Each piece as text, as far as a page bears it."""
    told = {name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)
            for name, value in found.case.evidence.items() if value not in ("", [], {}, None)}
    return [(name, text if len(text) <= LONGEST else text[:LONGEST] + " …") for name, text in told.items()]


async def _others(kept: KeptRuns, run: str) -> list[Run]:
    """Those that it can be compared with."""
    found, _ = await to_thread(kept.page, skip=0, limit=OTHERS)
    return [each for each in found if each.id != run and not each.unreadable]
