"""Rollout: how far each tool may go, for administrators; and what agents are to decide on."""

from typing import Any

from fastapi import APIRouter

from api.callers import Administers, AtTheDesk, Open, account_of
from api.shapes import Id
from api.shapes_rollouts import Judgement, Note, ProposalShown, ProposalsShown, RolloutPut, RolloutShown, RolloutsShown, Seal
from desk.rollouts import WHERE_NOBODY_SAID, Proposal, Rollout

router = APIRouter(tags=["rollout"])


@router.get("/rollouts", response_model=RolloutsShown)
async def rollouts(house: Open, caller: Administers) -> dict[str, Any]:
    """Every decision of administrators, and the tools there are. The most exact decision holds; without one a tool is automatic."""
    async with house.desk.store.read() as tx:
        decided = await tx.rollouts.all()
    return {"where_nobody_said": WHERE_NOBODY_SAID, "tools": sorted(house.mind.tools), "rollouts": [shown(each) for each in decided]}


@router.put("/rollouts", response_model=RolloutShown)
async def put(house: Open, caller: Administers, sent: RolloutPut) -> RolloutShown:
    """Decide how far a tool goes; `stage` null takes a decision back. Each change is audited."""
    decided = await house.desk.rolling.set(sent.tool, sent.stage, group=sent.group, lang=sent.lang, known=house.mind.tools.keys(),
                                           by=account_of(caller).id, now=house.clock())
    return shown(decided) if decided else RolloutShown(tool=sent.tool, group=sent.group, lang=sent.lang, stage=None, since=None, by=None)


@router.get("/desk/proposals", response_model=ProposalsShown)
async def proposals(house: Open, caller: AtTheDesk) -> dict[str, Any]:
    """What waits for an agent's decision, the longest waiting first."""
    async with house.desk.store.read() as tx:
        return {"proposals": [_shown(each) for each in await tx.proposals.waiting(house.clock())]}


@router.post("/desk/proposals/{proposal}/approve", response_model=ProposalShown)
async def approve(house: Open, caller: AtTheDesk, proposal: Id, sent: Seal) -> ProposalShown:
    """Let exactly the call of that seal run, once. Of many who decide, one does; the others hear `illegal_move`."""
    approved, turn = await house.desk.proposing.approve(account_of(caller), proposal, sent.seal, house.clock())
    house.assistant.soon(turn)
    house.live.wake(approved.conversation)
    return _shown(approved)


@router.post("/desk/proposals/{proposal}/reject", response_model=ProposalShown)
async def reject(house: Open, caller: AtTheDesk, proposal: Id, sent: Note | None = None) -> ProposalShown:
    """Nothing runs. The user is told, with the note if there is one."""
    note = house.assistant.redact(sent.note) if sent and sent.note else ""
    rejected = await house.desk.proposing.reject(account_of(caller), proposal, note, house.clock())
    house.live.wake(rejected.conversation)
    return _shown(rejected)


@router.post("/desk/proposals/{proposal}/judge", response_model=ProposalShown)
async def judge(house: Open, caller: AtTheDesk, proposal: Id, sent: Judgement) -> ProposalShown:
    """Say of a proposal in shadow whether it would have been right. Nothing runs in either case."""
    return _shown(await house.desk.proposing.judge(account_of(caller), proposal, sent.right, house.clock()))


def shown(rollout: Rollout) -> RolloutShown:
    return RolloutShown(tool=rollout.tool, group=rollout.group, lang=rollout.lang, stage=rollout.stage, since=rollout.since, by=rollout.by)


def _shown(proposal: Proposal) -> ProposalShown:
    return ProposalShown(id=proposal.id, conversation=proposal.conversation, group=proposal.group, lang=proposal.lang, tool=proposal.tool,
                         args=proposal.args, seal=proposal.seal, stage=proposal.stage, decision=proposal.decision, by=proposal.by,
                         right=proposal.right, created_at=proposal.created_at, expires_at=proposal.expires_at, outcome=proposal.outcome)
