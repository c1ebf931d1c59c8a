"""What goes in and out over HTTP about the desk's people, their calls and "was it solved?"."""

from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, Field, StrictBool

from api.shapes import ConversationShown, Secret, Shape
from desk.callbacks import CallbackState
from desk.handoffs import HandoffState
from desk.people import Lang, Role
from desk.presence import Presence

# ---- what is sent

class PresenceChosen(Shape):
    state: Literal[Presence.ONLINE, Presence.BUSY, Presence.ON_CALL, Presence.BREAK, Presence.OFFLINE]


class WasSolved(Shape):
    solved: StrictBool


class NewCallback(Shape):
    phone: Secret = Field(description="5 to 15 digits of any script; stored with the request alone, and erased when it is over")
    slot: AwareDatetime = Field(description="The start of one of the slots that are offered")


# ---- what is answered

class SlotShown(Shape):
    start: datetime
    end: datetime
    text: str = Field(description="In the user's language, calendar and time zone")


class CallbackShown(Shape):
    id: str
    ticket: int
    state: CallbackState
    slot_at: datetime
    due_at: datetime
    text: str


class CallbackOffer(Shape):
    slots: list[SlotShown]
    callback: CallbackShown | None = Field(description="The one that is promised; its number is never told back")


class SolvedHeard(ConversationShown):
    text: str
    state: HandoffState


class PersonShown(Shape):
    account: str
    name: str
    role: Role
    state: Presence
    since: datetime | None = Field(description="Null for somebody who never came")
    conversations: int


class PresenceShown(Shape):
    me: PersonShown
    people: list[PersonShown]
    on_duty: bool = Field(description="Working hours, and somebody at the desk")


class CallLine(Shape):
    id: str
    conversation: str
    ticket: int
    name: str | None = Field(description="Null for a guest")
    lang: Lang
    state: CallbackState
    slot_at: datetime
    due_at: datetime
    taken_by: str | None
    tries: int
    apologies: int
    soon: bool
    phone: str | None = Field(description="For the one who has taken the call, and as long as it lasts")


class CallList(Shape):
    callbacks: list[CallLine]
