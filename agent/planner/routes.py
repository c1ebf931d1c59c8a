"""Which tool an intent leads to, and how its arguments are filled from the message."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from desk.tickets import Kind

TITLE = 80                     # characters of a ticket's title
NUMBER = re.compile(r"(?<![\w.:-])#?(\d{4,7})(?![\w:-]|\.\d)")
DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


@dataclass(frozen=True)
class Route:
    tool: str
    fill: Callable[[str], dict[str, Any]]


def title_of(text: str) -> str:
    """The first sentence, cut at a word."""
    first = re.split(r"(?<=[.!?؟])\s|\n", text.strip(), maxsplit=1)[0]
    if len(first) <= TITLE:
        return first
    return first[:TITLE].rsplit(" ", 1)[0] + "…"


def ticket_number(text: str) -> int | None:
    found = NUMBER.search(text.translate(DIGITS))
    return int(found[1]) if found else None


def _nothing(text: str) -> dict[str, Any]:
    return {}


def _works(text: str) -> dict[str, Any]:
    return {"works": True}


def _query(text: str) -> dict[str, Any]:
    return {"query": text[:2000]}


def _ticket(kind: Kind) -> Callable[[str], dict[str, Any]]:
    return lambda text: {"title": title_of(text), "description": text[:8000], "kind": str(kind)}


def _another(text: str) -> dict[str, Any]:
    """What was taken for an open ticket's matter, and is none."""
    return _ticket(Kind.INCIDENT)(text) | {"separate": True}


def _number(text: str) -> dict[str, Any]:
    return {"number": ticket_number(text)}


def _addition(text: str) -> dict[str, Any]:
    return {"text": text[:8000], "number": ticket_number(text)}


ROUTES: Mapping[str, Route] = {
    "knowledge": Route("search_knowledge", _query),
    "diagnostics": Route("search_knowledge", _query),
    "factor": Route("search_knowledge", _query),
    "reset": Route("reset_password", _nothing),
    "unlock": Route("unlock_account", _nothing),
    "ticket_create": Route("create_ticket", _ticket(Kind.INCIDENT)),
    "service_request": Route("create_ticket", _ticket(Kind.REQUEST)),
    "another": Route("create_ticket", _another),
    "ticket_status": Route("ticket_status", _number),
    "ticket_add": Route("add_to_ticket", _addition),
    "still": Route("continue_runbook", _nothing),
    "solved": Route("continue_runbook", _works),
    "news": Route("tell_when_over", _nothing),
    "identity_status": Route("identity_status", _nothing),
}

SEARCHED = ("knowledge", "diagnostics", "factor")
TICKETS = ("ticket_create", "service_request")           # open one, and need to know what about
PROVED = ("reset", "unlock")                             # begin with a verification
INFORMED = (*PROVED, "ticket_create", "service_request")   # done, and told of from the library besides
SPOKEN = ("greeting", "thanks", "capabilities", "out_of_scope")   # answered in words, without a tool
CHOICES = ("knowledge", "diagnostics", "factor", "reset", "unlock", "ticket_create", "service_request", "ticket_status",
           "ticket_add", "human", "still", "solved", "news", "another", "security")
