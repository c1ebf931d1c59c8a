"""What the built-in planner's choice means more exactly: which act on a ticket, which entry of the catalogue, which picked ticket."""

from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.messages import AIMessage

from agent.planner.acts import TicketActs
from agent.planner.routes import ticket_number
from agent.planner.situation import Situation
from agent.planner.telling import Telling
from desk.catalogue import Catalogue
from desk.codes import new_id
from desk.tickets import Kind
from tools.entries import entry_for

PICKED = "ticket:"             # what was asked for: one of the tickets that stood as choices, for that tool
ABOUT_TICKETS = ("ticket_status", "add_to_ticket")
REFINED = (*ABOUT_TICKETS, "create_ticket", "search_knowledge")
TAKES_DOWN: Mapping[str, str] = {"add_to_ticket": "text", "escalate": "reason", "reopen_ticket": "reason"}
FORM = "request_service"


def picked(said: Sequence[str], situation: Situation, tools: frozenset[str]) -> AIMessage | None:
    """The ticket that was picked of several, for the tool that asked which; what was said before it is what the tool is to take down."""
    name, number = situation.asks.removeprefix(PICKED), ticket_number(said[-1])
    if not situation.asks.startswith(PICKED) or name not in tools or number is None or said[-1] not in situation.choices:
        return None
    words = {TAKES_DOWN[name]: said[-2]} if name in TAKES_DOWN and len(said) > 1 else {}
    return call_of(name, {"number": number} | words)


def refined(planned: AIMessage, text: str, tools: frozenset[str], acts: TicketActs, catalogue: Catalogue) -> AIMessage:
    """The same step, with the tool that fits the words best."""
    if not planned.tool_calls:
        return planned
    first, *besides = planned.tool_calls
    name, args = first["name"], first["args"]
    if name == "create_ticket" and args.get("kind") == Kind.REQUEST and FORM in tools and entry_for(catalogue, text):
        return AIMessage(content="", tool_calls=[*call_of(FORM, {}).tool_calls, *besides])
    act = acts.act(text, tools, about_tickets=name in ABOUT_TICKETS, new_ticket=name == "create_ticket") if name in REFINED else ""
    return call_of(act, {"number": ticket_number(text)}) if act else planned


def reminded(planned: AIMessage, situation: Situation, telling: Telling) -> AIMessage:
    """While a card waits for its button, words that ask for nothing else are answered with where the button is."""
    empty = not planned.tool_calls and not planned.additional_kwargs.get("hand_off")
    return telling.of("confirm.still_open") if situation.card and empty else planned


def call_of(name: str, args: dict[str, Any]) -> AIMessage:
    return AIMessage(content="", tool_calls=[{"name": name, "args": args, "id": new_id(), "type": "tool_call"}])
