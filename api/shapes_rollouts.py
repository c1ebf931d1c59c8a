"""What goes in and out where tools are rolled out: how far each may go, and the calls that an agent approves."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field, StrictBool

from api.shapes import Line, Shape, Text
from desk.people import Lang
from desk.rollouts import Decision, Stage


class RolloutPut(Shape):
    tool: Line = Field(description="A tool's name, or `*` for all")
    stage: Stage | None
    group: Line = Field("*", description="A role, or `*` for everybody")
    lang: Literal["*", "en", "ar", "fa"] = "*"


class Seal(Shape):
    seal: Line = Field(description="Of the proposal as it was seen: exactly that runs")


class Note(Shape):
    note: Text | None = None


class Judgement(Shape):
    right: StrictBool


class RolloutShown(Shape):
    tool: str
    group: str
    lang: str
    stage: Stage | None
    since: datetime | None
    by: str | None


class RolloutsShown(Shape):
    where_nobody_said: Stage
    tools: list[str]
    rollouts: list[RolloutShown]


class ProposalShown(Shape):
    id: str
    conversation: str
    group: str
    lang: Lang
    tool: str
    args: dict[str, Any]
    seal: str
    stage: Stage
    decision: Decision
    by: str | None
    right: bool | None
    created_at: datetime
    expires_at: datetime
    outcome: dict[str, Any] | None


class ProposalsShown(Shape):
    proposals: list[ProposalShown]
