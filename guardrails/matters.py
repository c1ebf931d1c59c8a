"""What guardrails look at: a message that came in, a call that is proposed, a draft that would be shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from desk.people import Lang, Role
from desk.rollouts import Stage
from guardrails.signals import Signals
from tools.tool import Tool


@dataclass(frozen=True, kw_only=True)
class Incoming:
    text: str                  # canonical and redacted
    signals: Signals
    answerable: float = 0.0    # probability that the library answers it
    reports: bool = False      # plainly says how a step went that the assistant had asked to try
    picked: bool = False       # one of the buttons that stood there: its words are the house's or a ticket's, not the person's
    negative_before: int = 0   # messages of the user in a row, just before this one, that carried negative feeling


@dataclass(frozen=True, kw_only=True)
class Proposed:
    name: str
    args: Mapping[str, Any]
    tool: Tool | None          # None: there is no such tool
    role: Role
    tainted: bool              # untrusted text came into the turn
    made: tuple[str, ...] = () # keys of calls already made in this turn
    key: str = ""
    held: bool = False         # the person who gave the conversation back keeps it from the assistant
    asked: bool = True         # the user's own message plainly asks for such an act
    approved: bool = False     # the person pressed the button of a card that showed exactly this call
    stage: Stage = Stage.AUTOMATIC   # how far the tool is rolled out for this group and language
    released: bool = False     # an agent has approved exactly this call


@dataclass(frozen=True, kw_only=True)
class Draft:
    text: str
    lang: Lang
    passages: tuple[Mapping[str, Any], ...] = ()   # what the turn retrieved, numbered by "n"
    said_before: tuple[str, ...] = ()              # the assistant's last messages
    own_hosts: frozenset[str] = field(default_factory=frozenset)
    asked: str = ""            # the message that it answers
    by_model: bool = False     # a model's own words, not the catalogue's
    rests: bool = True         # on a tool's result, or on a message that calls for none
