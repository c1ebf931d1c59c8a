"""What goes in and out over HTTP with cards beside the chat."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from api.shapes import Said, Shape
from desk.cards import CardState


class Decision(Shape):
    decision: Literal["do", "leave"]
    digest: Annotated[str, Field(max_length=64)] | None = Field(None, description="Of what was shown; another one is not carried out")


class Filled(Shape):
    fields: dict[Annotated[str, Field(max_length=40)], Said] = Field(max_length=20)


class ArgumentShown(Shape):
    name: str
    label: str
    value: str


class ConfirmationShown(Shape):
    flow: str
    state: CardState
    tool: str
    title: str
    arguments: list[ArgumentShown] = Field(description="Exactly as they would run")
    digest: str
    conversation: str
    expires_at: datetime


class OptionShown(Shape):
    id: str
    label: str


class FormFieldShown(Shape):
    id: str
    kind: Literal["text", "long", "choice", "date", "yesno", "person"]
    label: str
    hint: str | None
    required: bool
    options: list[OptionShown]
    value: str


class FormShown(Shape):
    flow: str
    state: CardState
    entry: str
    name: str
    about: str
    approval: str | None
    fields: list[FormFieldShown]
    conversation: str
    expires_at: datetime
