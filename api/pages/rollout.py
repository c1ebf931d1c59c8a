"""Rolling tools out: the administrator's page of stages, and the agents' page of what waits for a decision."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages.frame import PageRoute, Visit, form, go, only, page
from desk.errors import DeskError
from desk.people import AT_THE_DESK, Role
from desk.rollouts import ANY, GROUPS, TONGUES, Proposal, Rollout, Stage, stage_of
from desk.store import Tx

LOOKED_BACK = timedelta(days=14)       # as far as shadow proposals are offered for a word
LONGEST_NOTE = 1000
SAID = frozenset({"approved", "rejected", "judged", "saved"})
PROBLEMS = frozenset({"illegal_move", "refused", "not_found"})

Administering = Annotated[Visit, only(Role.ADMIN)]
AtDesk = Annotated[Visit, only(*AT_THE_DESK)]
router = APIRouter(route_class=PageRoute)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One choice of the table: what is decided there, and what would hold if nothing were."""

    lang: str
    decided: Stage | None
    otherwise: Stage


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A proposal as an agent looks at it."""

    proposal: Proposal
    who: str | None            # None: a guest
    said: str                  # what the user wrote, redacted
    own: bool


@router.get("/admin/rollout")
async def rollout(visit: Administering, group: str = ANY, done: str = "") -> HTMLResponse:
    async with visit.house.desk.store.read() as tx:
        decided = await tx.rollouts.all()
    group = group if group in GROUPS else ANY
    tools = [ANY, *sorted(visit.house.mind.tools)]
    return page(visit, "rollout.html", rows=[(tool, [_cell(decided, tool, group, lang) for lang in TONGUES]) for tool in tools],
                group=group, groups=GROUPS, stages=tuple(Stage), done=done if done in SAID else None)


@router.post("/admin/rollout")
async def save(visit: Administering) -> RedirectResponse:
    """One tool's row for one group."""
    sent = await form(visit)
    tool, group = sent.get("tool", ""), sent.get("group", ANY)
    for lang in TONGUES:
        wanted = sent.get(f"stage.{lang}")
        if wanted is not None:
            stage = next((each for each in Stage if each == wanted), None)
            await visit.house.desk.rolling.set(tool, stage, group=group, lang=lang, known=visit.house.mind.tools.keys(),
                                               by=visit.account.id, now=visit.now)
    return go(f"/admin/rollout?{urlencode({'group': group, 'done': 'saved'})}")


def _cell(decided: list[Rollout], tool: str, group: str, lang: str) -> Cell:
    here = next((each for each in decided if (each.tool, each.group, each.lang) == (tool, group, lang)), None)
    return Cell(lang=lang, decided=here.stage if here else None,
                otherwise=stage_of([each for each in decided if each is not here], tool, group, lang))


@router.get("/proposals")
async def proposals(visit: AtDesk, done: str = "", problem: str = "") -> HTMLResponse:
    async with visit.house.desk.store.read() as tx:
        waiting = [await _wish(tx, visit, each) for each in await tx.proposals.waiting(visit.now)]
        shadow = [await _wish(tx, visit, each) for each in await tx.proposals.unjudged(visit.now - LOOKED_BACK)]
    return page(visit, "proposals.html", waiting=waiting, shadow=shadow, done=done if done in SAID else None,
                problem=problem if problem in PROBLEMS else None, longest=LONGEST_NOTE)


@router.post("/proposals/{proposal}")
async def decide(visit: AtDesk, proposal: str) -> RedirectResponse:
    sent = await form(visit)
    proposing, now = visit.house.desk.proposing, visit.now
    try:
        match sent.get("decision"):
            case "approve":
                decided, turn = await proposing.approve(visit.account, proposal, sent.get("seal", ""), now)
                visit.house.assistant.soon(turn)
                said = "approved"
            case "reject":
                note = sent.get("note", "").strip()[:LONGEST_NOTE]
                decided = await proposing.reject(visit.account, proposal, visit.house.assistant.redact(note) if note else "", now)
                said = "rejected"
            case word:
                decided = await proposing.judge(visit.account, proposal, word == "right", now)
                said = "judged"
    except DeskError as error:
        return go(f"/proposals?{urlencode({'problem': error.code})}")
    visit.house.live.wake(decided.conversation)
    return go(f"/proposals?{urlencode({'done': said})}")


async def _wish(tx: Tx, visit: Visit, proposal: Proposal) -> Wish:
    owner = await tx.people.by_id(proposal.account) if proposal.account else None
    return Wish(proposal=proposal, who=owner.display if owner else None, said=(await tx.turns.get(proposal.turn)).text,
                own=proposal.account == visit.account.id)
