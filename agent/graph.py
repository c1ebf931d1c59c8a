"""One turn as a graph of one page: screen → plan → gate → act → judge → answer or hand off."""

from collections.abc import Awaitable
from typing import Any, Literal, Protocol

from langgraph.graph import START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from agent import acting, confirming, freezing, planning, proposing
from agent.falling_back import fall_back
from agent.planner import mending
from agent.planner.failing import Failure
from agent.planner.reactions import MISREAD, THANKS, reaction
from agent.returned import dealt_with
from agent.solved import solved
from agent.state import Going, State
from agent.warning import with_a_way_to_security
from desk.handoffs import Reason
from guardrails import CALL, INPUT, OUTPUT, judge
from guardrails.matters import Draft, Incoming, Proposed
from guardrails.verdict import Kind, Verdict

STEPS = 6                      # plans of one turn and planner; a loop ends at a person


class Node(Protocol):
    def __call__(self, state: State, runtime: Runtime[Going]) -> Awaitable[State]: ...


async def screen(state: State, runtime: Runtime[Going]) -> State:
    """Guardrails on the message, before any model."""
    going = runtime.context
    if going.turn.kind != "message" or confirming.only_nods(going):
        return {"lang": state["lang"]}
    signals = await going.mind.reader.read(going.turn.text, last=state["lang"])
    negative = signals.negative.probability
    answerable = await planning.answerable(going, signals)
    verdict = judge(Incoming(text=going.turn.text, signals=signals, answerable=answerable or 0.0, negative_before=going.negative_before,
                             picked=going.turn.text in going.choices,
                             reports=_reports(going)), INPUT)
    _count(verdict, going)
    seen: State = {"lang": signals.lang, "answerable": answerable, "because": verdict.code, "tainted": verdict.kind is Kind.TAINTS,
                   "sentiment": {"label": "negative" if negative >= signals.negative.threshold else "other", "score": round(negative, 4)}}
    if verdict.reason and not dealt_with(verdict.reason, going):
        return seen | {"hand_off": str(verdict.reason), "outcomes": await freezing.offered(verdict.reason, {**state, **seen}, going)}
    answer = solved(going.turn.text, going.mind.desk.words) if going.asks == "solved" and not verdict.reason else None
    return seen if answer is None else seen | {"solved": "yes" if answer else "no"}


async def plan(state: State, runtime: Runtime[Going]) -> State:
    """The planner proposes calls, or words."""
    if state["steps"] >= STEPS:
        return {"hand_off": Reason.LOOP, "because": "steps_used_up"}
    approved = await confirming.approved(state, runtime.context) or proposing.approved(state, runtime.context)
    planned = approved or await planning.propose(state, runtime.context)
    if planned.get("hand_off") == Reason.SECURITY:
        planned["outcomes"] = [*state["outcomes"], *await freezing.offered(Reason.SECURITY, state, runtime.context)]
    return planned | {"steps": planned.get("steps", state["steps"]) + 1}


async def gate(state: State, runtime: Runtime[Going]) -> State:
    """Guardrails on each proposed call; what is refused goes back to the planner as the tool's answer."""
    going = runtime.context
    granted, heard, refused = [], list(state["heard"]), []
    for call in state["calls"]:
        tool = going.mind.tools.get(call["name"])
        key = acting.key_of(going, call)
        verdict = judge(Proposed(name=call["name"], args=call["args"], tool=tool, role=going.role, tainted=state["tainted"],
                                 made=tuple(state["made"]), key=key, held=call["name"] in going.held, stage=going.stage(call["name"]),
                                 released=going.releases(call), approved=state.get("approved", "") == key or going.releases(call),
                                 asked=await confirming.plainly_asked(tool, call["args"], state, going)), CALL)
        _count(verdict, going)
        if verdict.ok:
            granted.append(call)
        elif verdict.kind is Kind.CONFIRMS:
            told, outcome = await confirming.ask(call, state, going)
            heard.append(told)
            refused.append(outcome)
        elif stage := proposing.held(verdict):
            kept = await proposing.hold(call, stage, state, going)
            heard.append(acting.told(call, kept))
            refused.append(acting.report(call["name"], str(kept.status), kept.code, state["lang"], going))
        else:
            heard.append(acting.refusal(call, verdict.code))
            refused.append(acting.report(call["name"], "refused", verdict.code, state["lang"], going))
            going.mind.figures.tool(tool.name if tool else "unknown", "refused")
    return {"granted": granted, "heard": heard, "outcomes": [*state["outcomes"], *refused], "calls": []}


async def act(state: State, runtime: Runtime[Going]) -> State:
    """Run what was granted, each effect once."""
    return await acting.run_all(state, runtime.context)


async def judged(state: State, runtime: Runtime[Going]) -> State:
    """Guardrails on the draft."""
    going, draft = runtime.context, state["draft"]
    assert draft is not None
    passages = tuple(passage for outcome in state["outcomes"] for passage in outcome["facts"].get("passages", ()))
    by_model = state["planner"] == "openai"
    verdict = judge(Draft(text=draft["text"], lang=state["lang"], passages=tuple(planning.renumbered(draft, passages)),
                          said_before=going.said_before, own_hosts=going.mind.own_hosts, asked=going.turn.text, by_model=by_model,
                          rests=not by_model or await planning.rests(state, going)), OUTPUT)
    _count(verdict, going)
    if verdict.ok:
        return {"because": "", "draft": await with_a_way_to_security(draft, state, going)}
    if verdict.kind is Kind.WITHHOLDS and by_model:
        return fall_back(state, going, Failure.WITHHELD, because=verdict.code)
    reason = verdict.reason or Reason.LOW_CONFIDENCE
    return {"hand_off": str(reason), "because": verdict.code, "draft": None}


def _reports(going: Going) -> bool:
    """Whether the message is word of how the last answer did. Bare words like "no" are that only where it was asked."""
    said = reaction(going.turn.text) if going.said_before else None
    return said is not None and (going.asks == mending.ASKS or said in (MISREAD, THANKS) or len(going.turn.text.split()) > 1)


def _count(verdict: Verdict, going: Going) -> None:
    if not verdict.ok:
        going.mind.figures.guardrail(verdict.code)


def after_screen(state: State) -> Literal["plan", "__end__"]:
    return "__end__" if state.get("hand_off") or state.get("solved") else "plan"


def after_plan(state: State) -> Literal["gate", "judge", "__end__"]:
    if state.get("hand_off"):
        return "__end__"
    return "gate" if state["calls"] else "judge"


def after_gate(state: State) -> Literal["act", "plan"]:
    return "act" if state["granted"] else "plan"


def after_judge(state: State) -> Literal["plan", "__end__"]:
    return "plan" if state["draft"] is None and not state.get("hand_off") else "__end__"


def _traced(name: str, node: Node) -> Node:
    async def run(state: State, runtime: Runtime[Going]) -> State:
        with runtime.context.mind.tracing.span(name):
            return await node(state, runtime)

    return run


def build_graph(checkpointer: Any = None) -> CompiledStateGraph[State, Going, State, State]:
    graph = StateGraph(State, context_schema=Going)
    graph.add_node("screen", _traced("screen", screen))
    graph.add_node("plan", _traced("plan", plan))
    graph.add_node("gate", _traced("gate", gate))
    graph.add_node("act", _traced("act", act))
    graph.add_node("judge", _traced("judge", judged))
    graph.add_edge(START, "screen")
    graph.add_conditional_edges("screen", after_screen)
    graph.add_conditional_edges("plan", after_plan)
    graph.add_conditional_edges("gate", after_gate)
    graph.add_edge("act", "plan")
    graph.add_conditional_edges("judge", after_judge)
    return graph.compile(checkpointer=checkpointer)
