"""Kept runs of the exams, for evaluators: figures, cases, and one run beside another."""

from asyncio import to_thread
from math import isfinite
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from api.callers import Evaluating
from api.evaluation_cases import Outcome, case_of, chosen, outcome_of
from api.evaluations import Case, KeptRuns, Numbered
from api.shapes_evaluations import (
    CaseLine,
    CaseShown,
    CasesShown,
    ChangeShown,
    ComparisonShown,
    DifferenceShown,
    RunShown,
    RunsShown,
)
from desk.people import Lang

router = APIRouter(prefix="/evaluations", tags=["evaluations"])

MOST = 2**31 - 1
TYPES = {"json": "application/json", "html": "text/html; charset=utf-8"}
Name = Annotated[str, Path(max_length=100)]
Skip = Annotated[int, Query(ge=0, le=MOST)]
Limit = Annotated[int, Query(ge=1, le=200)]


@router.get("", response_model=RunsShown)
async def runs(kept: KeptRuns, caller: Evaluating, skip: Skip = 0, limit: Annotated[int, Query(ge=1, le=50)] = 25) -> dict[str, Any]:
    """The newest first. A file that is no run is listed with what is wrong with it."""
    found, total = await to_thread(kept.page, skip=skip, limit=limit)
    return {"runs": [RunShown.model_validate(run) for run in found], "total": total}


@router.get("/{run}", response_model=RunShown)
async def one(kept: KeptRuns, caller: Evaluating, run: Name) -> RunShown:
    return RunShown.model_validate(await to_thread(kept.run, run))


@router.get("/{run}/cases", response_model=CasesShown)
async def cases(kept: KeptRuns, caller: Evaluating, run: Name, suite: Annotated[str, Query(max_length=100)] = "",
                lang: Lang | None = None, outcome: Outcome | None = None, skip: Skip = 0, limit: Limit = 50) -> dict[str, Any]:
    """The worst first: what was wrong and most sure of itself."""
    found = chosen(await to_thread(kept.run, run), suite=suite, lang=lang or "", outcome=outcome)
    return {"cases": [CaseLine(**_line(each)) for each in found[skip:skip + limit]], "total": len(found)}


@router.get("/{run}/cases/{number}", response_model=CaseShown)
async def case(kept: KeptRuns, caller: Evaluating, run: Name, number: Annotated[int, Path(ge=0, le=MOST)]) -> CaseShown:
    """With its transcript, its evidence, and why each turn went as it did."""
    found = case_of(await to_thread(kept.run, run), number)
    told = found.case
    return CaseShown(**_line(found), probability=told.sure, values=dict(told.values), evidence=_sound(told.evidence),
                     transcript=_sound(told.transcript), turns=_sound(told.turns), tags=list(told.tags), error=told.error)


@router.get("/{run}/compare", response_model=ComparisonShown)
async def compare(kept: KeptRuns, caller: Evaluating, run: Name,
                  before: Annotated[str, Query(max_length=100, description="The run to compare with")],
                  limit: Limit = 50) -> ComparisonShown:
    """Paired, case by case. The figures take a while the first time: ask again while `state` is `waiting`."""
    found = await to_thread(kept.compare, before, run)
    state = "failed" if found.failed else "waiting" if found.differences is None else "done"
    told = {suite: [DifferenceShown.model_validate(each) for each in rows] for suite, rows in (found.differences or {}).items()}
    changes = [ChangeShown(suite=each.suite, id=each.after.id, lang=each.after.lang, text=each.after.text, before=outcome_of(each.before),
                           after=outcome_of(each.after), number_before=each.number_before, number=each.number) for each in found.changes]
    return ComparisonShown(state=state, differences=told, changes=changes[:limit], changed=len(changes))


@router.get("/{run}/export", response_class=Response, responses={200: {"description": "The run as a file", "content": {
    each: {} for each in TYPES.values()}}})
async def export(kept: KeptRuns, caller: Evaluating, run: Name,
                 form: Annotated[Literal["json", "html"], Query(alias="format")] = "json") -> Response:
    """The file that `yavar eval` reads, or one page that opens from disk."""
    return await as_file(kept, run, form)


async def as_file(kept: KeptRuns, run: str, form: str) -> Response:
    content = await to_thread(kept.html if form == "html" else kept.text, run)
    return Response(content, media_type=TYPES[form], headers={"Content-Disposition": f'attachment; filename="{run}.{form}"'})


def _line(found: Numbered) -> dict[str, Any]:
    case: Case = found.case
    return {"number": found.number, "suite": found.suite, "id": case.id, "lang": case.lang, "text": case.text, "label": case.label,
            "got": case.got, "outcome": outcome_of(case), "reason": case.reason}


def _sound(value: Any) -> Any:
    """Without numbers that JSON does not have."""
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, dict):
        return {str(name): _sound(each) for name, each in value.items()}
    return [_sound(each) for each in value] if isinstance(value, list | tuple) else value
