"""The audit trail, for those who answer for the desk."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import ConfigDict, Field

from api.callers import Open, Supervising, account_of
from api.shapes import Shape
from desk.errors import BadInput
from desk.store.trail import Search

router = APIRouter(prefix="/audit", tags=["audit"])

LATEST = 2**31 - 1             # no entry has a higher number
NO_NUL = r"^[^\x00]*$"
TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
Person = Annotated[str, Query(max_length=254, pattern=NO_NUL,
                              description="An account's name, address or id, or `guest`, `assistant`, `house`")]
Action = Annotated[str, Query(max_length=60, pattern=NO_NUL, description="An action, or the beginning of several, like `handoff.`")]
Moment = Annotated[datetime | None, Query(description="RFC 3339, with its offset")]


class AuditEntry(Shape):
    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)

    seq: int
    at: datetime
    actor: str = Field(description="An account's id, or `guest`, `assistant`, `house`")
    action: str
    subject: str | None = Field(description="The account's id whose it is; it names nobody once the person was erased")
    detail: dict[str, Any]
    previous: str
    hash: str


class ChainState(Shape):
    holds: bool
    entries: int
    broken_at: int | None = Field(description="The first entry that does not follow from the one before")


class AuditTrail(Shape):
    entries: list[AuditEntry]
    next: int | None
    chain: ChainState


@router.get("", response_model=AuditTrail)
async def look(house: Open, caller: Supervising, person: Person = "", action: Action = "", since: Moment = None, until: Moment = None,
               before: Annotated[int | None, Query(ge=1, le=LATEST, description="Entries before this number")] = None,
               limit: Annotated[int, Query(ge=1, le=200)] = 50) -> dict[str, Any]:
    """Entries, the newest first, and whether the whole chain holds; `next` goes into `before` for those that are older."""
    search = searched(person, action, since, until)
    chain = await house.desk.auditing.chain()
    async with house.desk.store.read() as tx:
        found = await tx.trail.find(search, before=before, limit=limit + 1)
    entries = found[:limit]
    return {"entries": entries, "next": entries[-1].seq if len(found) > limit else None,
            "chain": {"holds": chain.broken_at is None, "entries": chain.entries, "broken_at": chain.broken_at}}


@router.get("/export", response_class=StreamingResponse, responses={200: {"description": "The whole answer to the search, the oldest first",
                                                                          "content": {each: {} for each in TYPES.values()}}})
async def export(house: Open, caller: Supervising, person: Person = "", action: Action = "", since: Moment = None, until: Moment = None,
                 form: Annotated[Literal["csv", "jsonl"], Query(alias="format")] = "jsonl") -> StreamingResponse:
    lines = house.desk.auditing.export(searched(person, action, since, until), form, account_of(caller), house.clock())
    return StreamingResponse(lines, media_type=TYPES[form], headers={"Content-Disposition": f'attachment; filename="audit.{form}"'})


def searched(person: str, action: str, since: datetime | None, until: datetime | None) -> Search:
    if any(each is not None and each.tzinfo is None for each in (since, until)):
        raise BadInput("`since` and `until` need an offset, like 2026-11-22T12:00:00Z.")
    return Search(person=person, action=action, since=since, until=until)
