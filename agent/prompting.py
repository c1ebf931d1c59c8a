"""What a model is told: the prompts in files, the conversation within a budget, and what tools found as labelled data.

Everything in it is redacted already: the transcript is, and nothing else of the person's goes in but the role.
"""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from agent.planner.budget import Budget, tokens_of
from agent.returned import for_model
from agent.state import Going, Said, State
from desk.people import Lang

LANGUAGES: Mapping[Lang, str] = {"en": "English", "ar": "Arabic", "fa": "Persian"}
LONGEST = 600                  # characters of an older message
LABEL = re.compile(r"<(?=/?\s*(?:data|result)\b)", re.IGNORECASE)


@cache
def prompt(name: str) -> str:
    return files("agent").joinpath("prompts", f"{name}.md").read_text("utf-8").strip()


def messages(state: State, going: Going, budget: Budget) -> list[BaseMessage]:
    who = prompt("who_guest") if going.conversation.is_guest else prompt("who_user").format(role=going.role)
    system = SystemMessage(prompt("system").format(language=LANGUAGES[state["lang"]], who=who) + for_model(going.note))
    asked = last_of_the_user(state["heard"])
    before = _shortened(state["heard"][:asked], budget.history)
    return [system, *(_message(said, budget) for said in [*before, *state["heard"][asked:]])]


def last_of_the_user(heard: Sequence[Said]) -> int:
    """Where this turn begins: the place of the user's newest message."""
    return max((at for at, said in enumerate(heard) if said["role"] == "user"), default=0)


def _shortened(before: Sequence[Said], most: int) -> list[Said]:
    """The newest of what was said before, long messages cut, as far as the budget goes."""
    kept: list[Said] = []
    for said in reversed(before):
        text = said["text"] if len(said["text"]) <= LONGEST else said["text"][:LONGEST].rsplit(" ", 1)[0] + " …"
        most -= tokens_of(text)
        if most < 0:
            break
        kept.insert(0, {"role": said["role"], "text": text})
    return kept


def _message(said: Said, budget: Budget) -> BaseMessage:
    if said["role"] == "user":
        return HumanMessage(said["text"])
    if said["role"] == "tool":
        return ToolMessage(_told(said, budget), tool_call_id=said.get("call", ""), name=said.get("tool"))
    return AIMessage(content=said["text"], tool_calls=[{**call, "type": "tool_call"} for call in said.get("calls", [])])


def _told(said: Said, budget: Budget) -> str:
    """A tool's outcome as data under a label that its text cannot close."""
    outcome = json.loads(said["text"])
    passages = outcome["facts"].get("passages")
    if passages is None or outcome["code"] == "knowledge.nothing":
        facts = {name: value for name, value in outcome["facts"].items() if name != "passages"}
        told = json.dumps({"status": outcome["status"], "code": outcome["code"], **facts}, ensure_ascii=False)
        return f"<result>{LABEL.sub('‹', told)}</result>"
    return "\n".join(_source(each) for each in _within(passages, budget.sources))


def _within(passages: Sequence[Mapping[str, Any]], most: int) -> list[Mapping[str, Any]]:
    kept: list[Mapping[str, Any]] = []
    for passage in passages:
        most -= tokens_of(str(passage["text"]))
        if kept and most < 0:
            break
        kept.append(passage)
    return kept


def _source(passage: Mapping[str, Any]) -> str:
    text = LABEL.sub("‹", f"{passage['title']} – {passage['heading']}\n{passage['text']}")
    return f"<data passage=\"{passage['n']}\" cite=\"[{passage['n']}]\">\n{text}\n</data>"
