"""Asks the planner for its next step, in LangChain's words, and turns the answer into plain state."""

from collections.abc import Sequence
from typing import Any

import structlog
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from agent import asking, confirming
from agent.falling_back import fall_back
from agent.mind import MAY_SEE
from agent.planner.failing import ModelFailed
from agent.planner.schemas import schema
from agent.planner.situation import Situation
from agent.state import Call, Draft, Going, Said, State
from desk.codes import new_id
from desk.rollouts import Stage
from desk.services.carding import CARD_TURN
from desk.services.proposing import PROPOSAL_TURN
from guardrails.signals import Signals, calls_for_an_act

TOO_LARGE = 2**63
log = structlog.get_logger()


async def propose(state: State, going: Going) -> State:
    """The next calls or the draft; a model that fails in any way is followed by the built-in planner.

    What happened at the desk (a password changed, a promise kept) is told in the house's own words: there is nothing to plan.
    """
    model = going.mind.planners.openai
    if state["planner"] == "openai" and model and going.turn.kind == "message":
        try:
            return await asking.ask(state, going, model)
        except ModelFailed as failed:
            fallen = fall_back(state, going, failed.kind)
            return {**fallen, **await _builtin({**state, **fallen}, going)}
    return await _builtin(state, going)


async def _builtin(state: State, going: Going) -> State:
    planned = _read(await _ask_builtin(state, going))
    if calls := planned.get("calls"):
        said: Said = {"role": "assistant", "text": "", "calls": calls}
        planned["heard"] = [*state["heard"], said]
    return planned


async def _ask_builtin(state: State, going: Going) -> AIMessage:
    event = going.turn.kind if going.turn.kind not in ("message", CARD_TURN, PROPOSAL_TURN) else ""
    situation = Situation(lang=state["lang"], guest=going.conversation.is_guest, event=event, asks=going.asks, choices=going.choices,
                          desk_said=going.note.say if going.note else "", answerable=state["answerable"] or 0.0, card=going.card,
                          nods=confirming.only_nods(going), **await _mended(going))
    planner = going.mind.planners.builtin.bind_tools(_offered(going), situation=situation)
    return await planner.ainvoke(_messages(state["heard"]))


async def _mended(going: Going) -> dict[str, str]:
    """Which declared asset the message names, and which one this conversation is at."""
    if going.turn.kind != "message":
        return {}
    inventory = going.mind.inventory
    asset = inventory.named(going.turn.text)
    async with going.mind.desk.store.read() as tx:
        mending = await tx.mendings.open_one(going.conversation.id, going.mind.clock())
    return {"asset": asset.id if asset else "", "mending": mending.asset if mending and inventory.asset(mending.asset) else ""}


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


def _offered(going: Going) -> list[dict[str, Any]]:
    return [schema(tool) for tool in going.mind.tools.values() if tool.allows(going.role)]


def _messages(heard: Sequence[Said]) -> list[BaseMessage]:
    return [_message(said) for said in heard]


def _message(said: Said) -> BaseMessage:
    if said["role"] == "user":
        return HumanMessage(said["text"])
    if said["role"] == "tool":
        return ToolMessage(said["text"], tool_call_id=said.get("call", ""), name=said.get("tool"))
    return AIMessage(content=said["text"], tool_calls=[{**call, "type": "tool_call"} for call in said.get("calls", [])])


def _read(answer: AIMessage) -> State:
    if answer.additional_kwargs.get("hand_off"):
        return {"hand_off": answer.additional_kwargs["hand_off"], "because": "planner", "planner": "builtin", "calls": []}
    calls: list[Call] = [{"id": call.get("id") or new_id(), "name": call["name"], "args": _storable(call["args"])} for call in answer.tool_calls]
    if calls:
        return {"calls": calls, "planner": "builtin", "draft": None}
    more = answer.additional_kwargs
    draft: Draft = {"text": str(answer.content), "choices": list(more.get("choices", [])), "asks": more.get("asks", ""),
                    "used": list(more.get("used", []))}
    return {"calls": [], "draft": draft, "planner": "builtin"}


def _storable(value: Any) -> Any:
    """Numbers of more than 64 bits as text: neither a checkpoint nor a database holds them."""
    if isinstance(value, dict):
        return {name: _storable(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_storable(each) for each in value]
    return str(value) if isinstance(value, int) and abs(value) >= TOO_LARGE else value


def renumbered(draft: Draft, passages: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The passages as the draft numbers them: in its own order of use, or as they were found."""
    if not draft["used"]:
        return list(passages)
    found = {passage["n"]: passage for passage in passages}
    return [found[n] | {"n": number} for number, n in enumerate(draft["used"], 1) if n in found]


async def rests(state: State, going: Going) -> bool:
    """Whether words without a source may stand: a tool has told or done something, or the message plainly calls for none."""
    if any(outcome["outcome"] != "refused" and "passages" not in outcome["facts"] for outcome in state["outcomes"]):
        return True
    return not calls_for_an_act(await going.mind.reader.read(going.turn.text, last=state["lang"]))
