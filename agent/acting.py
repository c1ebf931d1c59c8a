"""Runs granted calls: each effect once, its outcome in plain facts."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import structlog

from agent.mind import MAY_SEE
from agent.state import Call, Going, Said, State
from desk.codes import digest
from desk.errors import Unavailable
from desk.people import Lang
from desk.store import Tx
from tools.tool import Context, Outcome, Risk, Status, Tool

log = structlog.get_logger()
TOLD_AS = {"guest_may_not": "guest.only", "held_by_the_desk": "handoff.held"}


def key_of(going: Going, call: Call) -> str:
    """The same call of the same turn has the same key, however often the turn is run; an approved one that of its proposal."""
    if going.proposal and going.releases(call):
        return digest(going.proposal.id, going.proposal.seal)
    return digest(going.turn.id, call["name"], json.dumps(call["args"], sort_keys=True, ensure_ascii=False))


def refusal(call: Call, code: str) -> Said:
    """What the planner hears of a call that was not made."""
    return heard(call, {"status": str(Status.REFUSED), "code": _code_of(code), "facts": {"why": code}})


def told(call: Call, outcome: Outcome) -> Said:
    """What the planner hears of a call that ended without running."""
    return heard(call, {"tool": call["name"], "status": str(outcome.status), "code": outcome.code, "facts": outcome.facts,
                        "needs": outcome.needs})


def report(tool: str, outcome: str, code: str, lang: Lang, going: Going) -> dict[str, Any]:
    """An action as the conversation keeps it: which tool, how it ended, in words."""
    words = going.mind.desk.words
    known = f"step.{tool}" if words.has(lang, f"step.{tool}") else "step.unknown"
    return {"tool": tool, "outcome": outcome, "summary": words.say(lang, known), "facts": {}, "needs": None, "code": code}


async def run_all(state: State, going: Going) -> State:
    said, outcomes, made, tainted = list(state["heard"]), list(state["outcomes"]), list(state["made"]), state["tainted"]
    for call in state["granted"]:
        tool = going.mind.tools[call["name"]]
        going.mind.live.tell(going.conversation.id, "step", {
            "turn": going.turn.id, "tool": tool.name, "text": going.mind.desk.words.say(state["lang"], f"step.{tool.name}")})
        with going.mind.tracing.span(f"tool {tool.name}", {"yavar.tool": tool.name, "yavar.risk": str(tool.risk)}) as span:
            key, outcome = await _run(tool, call, made, state, going)
            outcome = _numbered(outcome, outcomes)
            span.tell({"yavar.outcome": str(outcome.status), "yavar.code": outcome.code})
        going.mind.figures.tool(tool.name, str(outcome.status))
        made += dict.fromkeys((key_of(going, call), key))
        tainted = tainted or outcome.tainted
        facts = {"tool": tool.name, "status": str(outcome.status), "code": outcome.code, "facts": outcome.facts, "needs": outcome.needs}
        said.append(heard(call, facts))
        outcomes.append(report(tool.name, str(outcome.status), outcome.code, state["lang"], going)
                        | {"facts": outcome.facts, "needs": outcome.needs}
                        | ({"summary": outcome.facts["summary"]} if outcome.facts.get("summary") else {}))
    return {"heard": said, "outcomes": outcomes, "made": made, "tainted": tainted, "granted": []}


def _numbered(outcome: Outcome, before: Sequence[dict[str, Any]]) -> Outcome:
    """Passages of a second search count on from those of the first: a citation names one of them."""
    if "passages" not in outcome.facts:
        return outcome
    last = max((passage["n"] for each in before for passage in each["facts"].get("passages", ())), default=0)
    passages = [passage | {"n": last + passage["n"]} for passage in outcome.facts["passages"]]
    return replace(outcome, facts=outcome.facts | {"passages": passages})


async def _run(tool: Tool, call: Call, made: Sequence[str], state: State, going: Going) -> tuple[str, Outcome]:
    """A reading tool just runs. A writing one leaves a mark first, and what is known of its key is never done again."""
    args = tool.args.model_validate(call["args"])
    context = await context_of(state, going, call)
    if tool.risk is Risk.READ:
        return context.key, await _guarded(tool, args, context)
    store = going.mind.desk.store
    async with store.begin() as tx:
        context = replace(context, key=await _known_as(tx, tool, context, made, going))
        fresh = await tx.effects.begin(context.key, going.turn.id, tool.name, context.now)
        known = None if fresh else await tx.effects.outcome(context.key)
    if known:
        return context.key, Outcome(**(known | {"status": Status(known["status"])}))
    outcome = await _guarded(tool, args, context)   # these tools write under the key in one transaction: to run one again is safe
    async with store.begin() as tx:
        await tx.effects.finish(context.key, asdict(outcome))
    return context.key, outcome


async def _known_as(tx: Tx, tool: Tool, context: Context, made: Sequence[str], going: Going) -> str:
    """The call's key; where an earlier run of the turn has begun what this one has not come to, it is that, in other words.

    A model that is asked again words the same wish anew.
    """
    if going.turn.attempts <= 1:
        return context.key
    begun = [each["key"] for each in await tx.effects.of_turn(going.turn.id) if each["tool"] == tool.name]
    left = [key for key in begun if key not in made]
    return context.key if context.key in begun or not left else left[0]


async def _guarded(tool: Tool, args: Any, context: Context) -> Outcome:
    try:
        return await tool.run(args, context)
    except Unavailable:                # nothing is wrong with the tool: the turn is run again
        raise
    except Exception as error:
        log.exception("tool.failed", tool=tool.name, turn=context.turn, error=type(error).__name__)
        return Outcome(status=Status.FAILED, code="tool.failed")


async def context_of(state: State, going: Going, call: Call) -> Context:
    mind = going.mind
    vector = None
    if going.turn.text:
        vector = (await mind.reader.read(going.turn.text, last=state["lang"])).vector
    return Context(desk=mind.desk, library=mind.library, conversation=going.conversation, turn=going.turn.id, role=going.role,
                   lang=state["lang"], now=mind.clock(), may_see=MAY_SEE[going.role], key=key_of(going, call), vector=vector,
                   message=going.turn.text, answerable=state["answerable"], inventory=mind.inventory,
                   approved=state.get("approved", "") == key_of(going, call))


def heard(call: Call, facts: dict[str, Any]) -> Said:
    return {"role": "tool", "text": json.dumps(facts, ensure_ascii=False), "call": call["id"], "tool": call["name"]}


def _code_of(code: str) -> str:
    """The catalogue key under which a refused call is told of."""
    return TOLD_AS.get(code, "call.refused")
