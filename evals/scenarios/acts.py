"""What a simulated user does next, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from evals.scenarios.screen import Seen

Why = Literal["met", "handed_over", "gave_up", "attack_over", "long"]      # why somebody stops


@dataclass(frozen=True, kw_only=True)
class Say:
    text: str                  # as typed
    line: str                  # as meant: the line of the scenario, of the stock, or the button


@dataclass(frozen=True, kw_only=True)
class Prove:
    flow: str
    how: str


@dataclass(frozen=True, kw_only=True)
class Press:
    card: str
    do: bool


@dataclass(frozen=True, kw_only=True)
class Fill:
    card: str
    fields: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Stop:
    why: Why


Act = Say | Prove | Press | Fill | Stop


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One act and what was seen after it."""

    step: int                  # which of the person's wishes it was about
    act: Act
    seen: Seen = field(default_factory=Seen)
