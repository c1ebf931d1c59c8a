"""The answer of a turn: the one shape that the API gives, every key always present."""

from typing import Any

from agent.planner.compose import snippet, title_of
from agent.planning import renumbered
from agent.state import State
from desk.conversations import Speaker
from desk.handoffs import Handoff
from desk.services.handing import HandedOff, handoff_data
from guardrails.leaving import CITED

CALM = {"label": "other", "score": 0.0}


def silent(turn: str, speaker: Speaker, planner: str, sentiment: dict[str, Any] | None = None) -> dict[str, Any]:
    """The assistant does not speak."""
    return {"turn_id": turn, "reply": None, "actions": [], "confidence": None, "sentiment": sentiment or CALM, "speaker": str(speaker),
            "handoff": None, "needs": None, "planner": planner}


def spoken(turn: str, state: State, speaker: Speaker, note: str = "") -> dict[str, Any]:
    """`note` stands before the words: who planned, where that is not who should have."""
    draft = state["draft"]
    assert draft is not None
    text = f"{note}\n\n{draft['text']}" if note else draft["text"]
    reply = {"text": text, "lang": state["lang"], "citations": citations(state), "choices": draft["choices"]}
    return silent(turn, speaker, state["planner"], state["sentiment"]) | {
        "reply": reply, "actions": actions(state), "needs": needs(state)}


def handed(turn: str, state: State, handed_off: HandedOff) -> dict[str, Any]:
    reply = {"text": handed_off.text, "lang": state["lang"], "citations": [], "choices": []}
    return silent(turn, handed_off.conversation.speaker, state["planner"], state["sentiment"]) | {
        "reply": reply, "actions": actions(state), "handoff": handoff_data(handed_off.handoff), "needs": needs(state)}


def told(turn: str, state: State, text: str, speaker: Speaker, handoff: Handoff | None) -> dict[str, Any]:
    """Words of the desk, not of the planner."""
    reply = {"text": text, "lang": state["lang"], "citations": [], "choices": []}
    return silent(turn, speaker, state["planner"], state["sentiment"]) | {
        "reply": reply, "handoff": handoff_data(handoff) if handoff else None}


def citations(state: State) -> list[dict[str, Any]]:
    """The passages that the text really cites, by their numbers."""
    return [{"n": passage["n"], "title": title_of(passage), "url": passage["url"], "snippet": snippet(passage["text"])}
            for passage in _cited(state)]


def overdue(state: State) -> dict[str, str]:
    """Of the cited passages that are due for review, by their numbers: when they were last reviewed, an ISO date."""
    return {str(passage["n"]): passage["reviewed"] for passage in _cited(state) if passage.get("reviewed")}


def _cited(state: State) -> list[dict[str, Any]]:
    draft = state["draft"]
    assert draft is not None
    found = [passage for outcome in state["outcomes"] for passage in outcome["facts"].get("passages", ())]
    cited = {int(number) for number in CITED.findall(draft["text"])}
    return [passage for passage in renumbered(draft, found) if passage["n"] in cited]


def actions(state: State) -> list[dict[str, Any]]:
    return [{"tool": outcome["tool"], "outcome": outcome["outcome"], "summary": outcome["summary"]} for outcome in state["outcomes"]]


def details(state: State) -> list[str]:
    """What checks found, one line each: shown folded under the message."""
    return [str(line) for outcome in state["outcomes"] for line in outcome["facts"].get("details", ())]


def needs(state: State) -> dict[str, Any] | None:
    return next((outcome["needs"] for outcome in reversed(state["outcomes"]) if outcome["needs"]), None)
