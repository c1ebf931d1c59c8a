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
    stage: Stage = Stage.AUTOMATIC   # how far the tool is rolled out for this group and language
    released: bool = False     # an agent has approved exactly this call


@dataclass(frozen=True, kw_only=True)
class Draft:
    text: str
    lang: Lang
    passages: tuple[Mapping[str, Any], ...] = ()   # what the turn retrieved, numbered by "n"
    said_before: tuple[str, ...] = ()              # the assistant's last messages
    own_hosts: frozenset[str] = field(default_factory=frozenset)
