"""Asks the model for the next step of a turn, within its budget; what does not fit is told once, then the model's part ends."""

import re
import time
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, ToolCall, ToolMessage
from pydantic import ValidationError

from agent.fitting import fitting
from agent.planner.answer import Answer, Proposal
from agent.planner.budget import tokens_of
from agent.planner.failing import Failure, ModelFailed
from agent.planner.model import Model
from agent.planner.schemas import schema
from agent.prompting import last_of_the_user, messages, prompt
from agent.state import Call, Draft, Going, Said, State
from desk.codes import new_id
from guardrails.leaving import CITED
from tools.tool import Tool

SEVERAL = re.compile(r"\[(\d+(?:\s*[,،;]\s*\d+)+)\]")
NAME = re.compile(r"[^A-Za-z0-9_-]")
LONGEST_NAME = 64              # of a function, in the protocol
REASONS = 4                    # misfits that are told at once
OFTEN = 2                      # times that the same call was proposed before: once more is a loop


async def ask(state: State, going: Going, model: Model) -> State:
    """The model's calls, which the gate will look at, or its draft. Raises ModelFailed."""
    budget = model.budget
    if state["steps"] >= budget.steps:
        raise ModelFailed(Failure.STEPS)
    deadline = min(time.monotonic() + budget.step_within, going.began + budget.within)
    told, tools = messages(state, going, budget), await fitting(_offered(going), state, going, budget)
    spent, corrected = state["tokens"], state["corrected"]
    while True:
        if time.monotonic() >= deadline:
            raise ModelFailed(Failure.TIME)
        if spent + _size(told) > budget.tokens:
            raise ModelFailed(Failure.TOKENS)
        with going.mind.tracing.span("model", {"gen_ai.operation.name": "chat", "gen_ai.request.model": model.name}) as span:
            try:
                answer = await model.ask(told, [schema(tool) for tool in tools.values()], deadline=deadline, now=going.mind.clock())
            except ModelFailed as failed:
                span.tell({"yavar.failure": str(failed.kind)})
                raise
            span.tell({"gen_ai.usage.input_tokens": answer.tokens_in, "gen_ai.usage.output_tokens": answer.tokens_out,
                       "yavar.calls": len(answer.calls)})
        spent += answer.tokens_in + answer.tokens_out
        going.mind.figures.tokens(answer.tokens_in, answer.tokens_out)
        misfits = [_misfit(call, tools) for call in answer.calls]
        if not any(misfits):
            return {**_planned(answer, state), "tokens": spent, "corrected": corrected}
        failure = Failure.ARGUMENTS if all(call.name in tools for call in answer.calls) else Failure.UNKNOWN_TOOL
        if corrected:
            raise ModelFailed(failure)
        corrected = True
        going.mind.figures.model_failed(str(failure))
        told = [*told, *_correction(answer, misfits)]


def _offered(going: Going) -> dict[str, Tool]:
    return {tool.name: tool for tool in going.mind.tools.values() if tool.allows(going.role)}


def _size(told: Sequence[BaseMessage]) -> int:
    return sum(tokens_of(str(each.content)) for each in told)


def _misfit(call: Proposal, tools: dict[str, Tool]) -> str:
    """Why the call cannot be made, for the model: where and what, never what it wrote."""
    if call.name not in tools:
        return f"there is no such tool; there are {', '.join(tools)}"
    if call.args is None:
        return f"the arguments of {call.name} are no JSON object"
    try:
        tools[call.name].args.model_validate(_given(call))
    except ValidationError as error:
        found = [f"{'.'.join(map(str, each['loc'])) or 'arguments'}: {each['msg']}" for each in error.errors(include_input=False)[:REASONS]]
        return f"the arguments of {call.name} do not fit ({'; '.join(found)})"
    return ""


def _given(call: Proposal) -> dict[str, Any]:
    """Where every property is required, null says that one is left out."""
    return {name: value for name, value in (call.args or {}).items() if value is not None}


def _correction(answer: Answer, misfits: Sequence[str]) -> list[BaseMessage]:
    calls: list[ToolCall] = [{"id": new_id(), "name": NAME.sub("_", call.name)[:LONGEST_NAME] or "unknown", "args": call.args or {},
                              "type": "tool_call"} for call in answer.calls]
    replies = [ToolMessage(prompt("correct").format(reasons=why or "another call of this step does not fit"), tool_call_id=call["id"],
                           name=call["name"]) for call, why in zip(calls, misfits, strict=True)]
    return [AIMessage(content="", tool_calls=calls), *replies]


def _planned(answer: Answer, state: State) -> State:
    if not answer.calls:
        return {"calls": [], "draft": _draft(answer.text), "planner": "openai"}
    # Ids of our own: some servers count from the beginning in each step.
    calls: list[Call] = [{"id": new_id(), "name": call.name, "args": _given(call)} for call in answer.calls]
    if all(_times(call, state["heard"]) >= OFTEN for call in calls):
        raise ModelFailed(Failure.LOOP)
    said: Said = {"role": "assistant", "text": "", "calls": calls}
    return {"calls": calls, "draft": None, "planner": "openai", "heard": [*state["heard"], said]}


def _times(call: Call, heard: Sequence[Said]) -> int:
    """How often the model has proposed the very same call in this turn."""
    here = [each for said in heard[last_of_the_user(heard):] for each in said.get("calls", [])]
    return sum((each["name"], each["args"]) == (call["name"], call["args"]) for each in here)


def _draft(text: str) -> Draft:
    """The text with its citations numbered in their order of use, from 1."""
    text = SEVERAL.sub(lambda found: "".join(f"[{number}]" for number in re.findall(r"\d+", found[1])), text)
    used = list(dict.fromkeys(int(number) for number in CITED.findall(text)))
    numbered = CITED.sub(lambda found: f"[{used.index(int(found[1])) + 1}]", text)
    return {"text": numbered, "choices": [], "asks": "", "used": used}
