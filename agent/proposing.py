"""Calls that are decided and not run: recorded in shadow, or held until an agent approves; and the turn that runs an approved one."""

from agent import acting
from agent.state import Call, Going, Said, State
from desk.codes import new_id
from desk.rollouts import Stage
from guardrails.verdict import Verdict
from tools.tool import Outcome, Status

HELD = {f"tool_{stage}": stage for stage in (Stage.OFF, Stage.SHADOW, Stage.SUGGEST)}


def held(verdict: Verdict) -> Stage | None:
    """The stage that kept a call from running, where it was the rollout that did."""
    return HELD.get(verdict.code)


def approved(state: State, going: Going) -> State | None:
    """In a proposal's turn the first step is the approved call itself: nobody plans it again."""
    if going.proposal is None or state["steps"]:
        return None
    call: Call = {"id": new_id(), "name": going.proposal.tool, "args": going.proposal.args}
    said: Said = {"role": "assistant", "text": "", "calls": [call]}
    return {"calls": [call], "heard": [*state["heard"], said], "draft": None}


async def hold(call: Call, stage: Stage, state: State, going: Going) -> Outcome:
    """Record the call as far as its stage says, and what the user is told instead of it."""
    refused = Outcome(status=Status.REFUSED, code="tool.off", facts={"tool": call["name"]})
    if stage is Stage.OFF or going.proposal:
        return refused
    desk, now = going.mind.desk, going.mind.clock()
    args = going.mind.tools[call["name"]].args.model_validate(call["args"]).model_dump(mode="json")
    async with desk.store.begin() as tx:
        proposal = await desk.proposing.record(
            tx, key=acting.key_of(going, call), turn=going.turn, conversation=going.conversation, group=str(going.role),
            lang=going.turn.lang, tool=call["name"], args=args, stage=stage, now=now)
        when = await desk.proposing.when(tx, proposal, now)
    if stage is Stage.SHADOW:
        return refused
    return Outcome(status=Status.WAITING, code="proposal.waiting", facts={"when": when})
