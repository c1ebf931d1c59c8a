"""Why a turn went as it did, as the record of a case holds it."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, allow_inf_nan=False)


class Signal(Part):
    probability: float
    threshold: float           # at or above it the signal counts

    @property
    def given(self) -> bool:
        return self.probability >= self.threshold


class Did(Part):
    tool: str
    outcome: str


class Why(Part):
    at: int = 0                # the message of the transcript that began it, from 1; 0: none did
    kind: str = ""             # `message`, or what else began it
    lang: str = ""
    planner: str = ""
    silent: bool = False       # a person speaks: nothing was read
    routes: dict[str, float] = Field(default_factory=dict)         # the likeliest, with probabilities
    answerable: float | None = None
    signals: dict[str, Signal] = Field(default_factory=dict)
    rules: list[str] = Field(default_factory=list)     # guardrails that did not pass
    actions: list[Did] = Field(default_factory=list)
    feeling: float | None = None
    handoff: str = ""
    because: str = ""


def why_of(turn: Mapping[str, Any]) -> Why | None:
    """None for what some other program wrote there."""
    try:
        return Why.model_validate(turn)
    except ValidationError:
        return None
