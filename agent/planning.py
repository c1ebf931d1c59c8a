"""Asks the planner for its next step, in LangChain's words, and turns the answer into plain state."""

import asyncio
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import structlog
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from agent.mind import MAY_SEE
from agent.planner.situation import Situation
from agent.state import Call, Draft, Going, Said, State
from desk.codes import new_id
from desk.rollouts import Stage
from desk.services.proposing import PROPOSAL_TURN
from guardrails.signals import Signals
from tools.tool import Args, Tool

log = structlog.get_logger()
MODEL_WITHIN = 15.0            # seconds for one step of a model; then the built-in planner takes over
PROMPT = "system.md"


async def propose(state: State, going: Going) -> State:
    """The next calls or the draft; a model that fails in any way is followed by the built-in planner."""
    planned = await _first_that_answers(state, going)
    calls = planned.get("calls")
    if not calls:
        return planned
    said: Said = {"role": "assistant", "text": "", "calls": calls}
    planned["heard"] = [*state["heard"], said]
    return planned


async def _first_that_answers(state: State, going: Going) -> State:
    if state["planner"] == "openai":
        try:
            async with asyncio.timeout(MODEL_WITHIN):
                return _read(await _ask_model(state, going), "openai")
        except Exception as error:
            log.warning("planner.fell_back", turn=going.turn.id, error=type(error).__name__)
    return _read(await _ask_builtin(state, going), "builtin")


async def _ask_builtin(state: State, going: Going) -> AIMessage:
    event = going.turn.kind if going.turn.kind not in ("message", PROPOSAL_TURN) else ""
    situation = Situation(lang=state["lang"], guest=going.conversation.is_guest, event=event, asks=going.asks, choices=going.choices,
                          answerable=state["answerable"] or 0.0)
    planner = going.mind.planners.builtin.bind_tools(_offered(going), situation=situation)
    return await planner.ainvoke(_messages(state["heard"]))


async def answerable(going: Going, signals: Signals) -> float | None:
    """How likely the library answers the message: weighed once, for the guardrails, the planner and the search itself."""
    mind, text = going.mind, going.turn.text
    if going.stage("search_knowledge") is not Stage.AUTOMATIC:
        return None                # what may not be looked up can keep nobody from a person
    try:
        hits = await mind.library.search(text, vector=signals.vector, may_see=MAY_SEE[going.role], lang=signals.lang)
    except Exception as error:     # a person must be reachable also where nothing can be looked up
        log.exception("library.failed", turn=going.turn.id, error=type(error).__name__)
        return None
    return mind.answering.probability(text, signals, hits) if mind.answering else mind.library.answers(text, hits)


async def _ask_model(state: State, going: Going) -> AIMessage:
    prompt = files("agent").joinpath("prompts", PROMPT).read_text("utf-8")
    event = f"\nWhat just happened at the desk: {going.turn.kind}." if going.turn.kind != "message" else ""
    system = SystemMessage(prompt.format(lang=state["lang"], guest=going.conversation.is_guest) + event)
    answer = await going.mind.planners.named("openai").bind_tools(_offered(going)).ainvoke([system, *_messages(state["heard"])])
    if not answer.tool_calls and not str(answer.content).strip():
        raise ValueError("empty answer")
    return answer


def _offered(going: Going) -> list[dict[str, Any]]:
    return [_schema(tool) for tool in going.mind.tools.values() if tool.allows(going.role)]


def _schema(tool: Tool) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": _parameters(tool.args)}
    return {"type": "function", "function": function}


@cache
def _parameters(args: type[Args]) -> dict[str, Any]:
    """Of a tool's arguments; made once, it takes longer than a step of the graph."""
    return args.model_json_schema()


def _messages(heard: Sequence[Said]) -> list[BaseMessage]:
    return [_message(said) for said in heard]


def _message(said: Said) -> BaseMessage:
    if said["role"] == "user":
        return HumanMessage(said["text"])
    if said["role"] == "tool":
        return ToolMessage(said["text"], tool_call_id=said.get("call", ""), name=said.get("tool"))
    return AIMessage(content=said["text"], tool_calls=[{**call, "type": "tool_call"} for call in said.get("calls", [])])


def _read(answer: AIMessage, planner: str) -> State:
    if answer.additional_kwargs.get("hand_off"):
        return {"hand_off": answer.additional_kwargs["hand_off"], "because": "planner", "planner": planner, "calls": []}
    calls: list[Call] = [{"id": call.get("id") or new_id(), "name": call["name"], "args": dict(call["args"])} for call in answer.tool_calls]
    if calls:
        return {"calls": calls, "planner": planner, "draft": None}
    more = answer.additional_kwargs
    draft: Draft = {"text": str(answer.content), "choices": list(more.get("choices", [])), "asks": more.get("asks", ""),
                    "used": list(more.get("used", []))}
    return {"calls": [], "draft": draft, "planner": planner}


def renumbered(draft: Draft, passages: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The passages as the draft numbers them: in its own order of use, or as they were found."""
    if not draft["used"]:
        return list(passages)
    found = {passage["n"]: passage for passage in passages}
    return [found[n] | {"n": number} for number, n in enumerate(draft["used"], 1) if n in found]
