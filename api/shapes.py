"""What goes in and out over HTTP. Nothing unknown is accepted, every key is always present."""

import re
import unicodedata
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, StrictBool

from desk.conversations import Author, Speaker
from desk.errors import NotFound, TooLarge
from desk.handoffs import HandoffState, Reason
from desk.identity import Action, Method
from desk.people import Lang
from desk.tickets import Kind, Level, Priority, Status
from desk.urging import Fact, Result, Way

LONGEST_TEXT = 16 * 1024       # bytes of UTF-8
AN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
A_NUMBER = re.compile(r"[0-9]{1,9}")
A_CODE = re.compile(r"[0-9]{1,12}")


def _an_id(value: object) -> object:
    if not isinstance(value, str) or not AN_ID.fullmatch(value):
        raise NotFound()
    return value


def _a_number(value: object) -> object:
    if not isinstance(value, str) or not A_NUMBER.fullmatch(value):
        raise NotFound()
    return int(value)


def sound(text: str) -> str:
    if "\0" in text or any(unicodedata.category(char) == "Cs" for char in text):
        raise ValueError("no NUL and no lone surrogates")
    return text


def _said(text: str) -> str:
    if len(text.encode("utf-8")) > LONGEST_TEXT:
        raise TooLarge(limit=LONGEST_TEXT)
    if not text.strip():
        raise ValueError("some text is needed")
    return text


def _sound_secret(secret: SecretStr) -> SecretStr:
    sound(secret.get_secret_value())
    return secret


def _code(secret: SecretStr) -> SecretStr:
    """Digits of any script, with whatever spaces and dashes stand between them, as Latin digits."""
    kept = (char for char in secret.get_secret_value() if unicodedata.category(char) not in ("Zs", "Cf", "Cc", "Pd"))
    code = "".join(str(unicodedata.decimal(char, -1)) for char in kept)
    if not A_CODE.fullmatch(code):
        raise ValueError("a code has digits only")
    return SecretStr(code)


Id = Annotated[str, BeforeValidator(_an_id)]
Number = Annotated[int, BeforeValidator(_a_number)]
NOT_BLANK: dict[str, Any] = {"minLength": 1, "pattern": r"\S"}     # what `_said` asks for, as the schema tells it
Text = Annotated[str, Field(json_schema_extra=NOT_BLANK), AfterValidator(sound), AfterValidator(_said)]
Line = Annotated[str, Field(max_length=200, json_schema_extra=NOT_BLANK), AfterValidator(sound), AfterValidator(_said)]
Said = Annotated[str, Field(max_length=4000), AfterValidator(sound)]
ClientId = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(sound)]
Secret = Annotated[SecretStr, AfterValidator(_sound_secret)]
Code = Annotated[SecretStr, Field(max_length=64), AfterValidator(_code)]


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


# ---- what is sent

class NewConversation(Shape):
    lang: Lang | None = None


class NewGuest(Shape):
    account: Line
    lang: Lang | None = None


class Say(Shape):
    text: Text
    client_id: ClientId | None = Field(None, description="The same one with the same text gives the same answer and one effect")


class Factor(Shape):
    method: Method
    code: Code | None = Field(None, description="Empty for `email`: sends one")


class NewPassword(Shape):
    password: Secret


class NewTicket(Shape):
    title: Line
    description: Text | None = None
    kind: Kind = Kind.INCIDENT
    impact: Level = Level.LOW
    urgency: Level = Level.MEDIUM
    client_id: ClientId | None = None


class TicketChange(Shape):
    status: Status | None = None
    comment: Text | None = None
    public: StrictBool = True


class Urge(Shape):
    reason: Said | None = None


class AgentReply(Shape):
    text: Text
    epoch: int | None = Field(None, ge=0, le=2**31, description="The conversation's epoch that is answered; for an older one it is dropped")


class GiveBack(Shape):
    note: Text | None = Field(None, description="For the assistant and the ticket; the user never sees it")
    say: Text | None = Field(None, description="What the assistant tells the user at once, in your name")
    hold: list[Line] = Field(default=[], max_length=20, description="Writing tools that the assistant does not start again here")


# ---- what is answered

class Problem(BaseModel):
    """RFC 9457, with facts of the error beside these members."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    code: str
    detail: str = Field(description="In the caller's language")
    message: str = Field(description="For the operator")


class Citation(Shape):
    n: int
    title: str
    url: str
    snippet: str


class Did(Shape):
    tool: str
    outcome: Literal["done", "refused", "failed", "waiting"]
    summary: str


class Reply(Shape):
    text: str
    lang: Lang
    citations: list[Citation]
    choices: list[str]


class Sentiment(Shape):
    label: Literal["negative", "other"]
    score: float


class HandoffTold(Shape):
    reason: Reason
    ticket: int
    queue: str
    expected_by: datetime


class Needs(BaseModel):
    """What the user is to do beside the chat; more members by kind."""

    model_config = ConfigDict(extra="allow", frozen=True)

    kind: Literal["verification", "confirmation", "form", "choice"]


class Answer(Shape):
    """What became of a message."""

    turn_id: str
    reply: Reply | None
    actions: list[Did]
    confidence: float | None
    sentiment: Sentiment
    speaker: Speaker
    handoff: HandoffTold | None
    needs: Needs | None
    planner: Literal["builtin", "openai"]


class AttachmentShown(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, from_attributes=True)

    id: str
    name: str
    media_type: str
    size: int
    url: str


class Attached(Shape):
    attachments: list[AttachmentShown]


class MessageShown(Shape):
    seq: int
    at: datetime
    author: Author
    text: str
    lang: Lang
    citations: list[dict[str, Any]]
    actions: list[dict[str, Any]]
    choices: list[str]
    needs: dict[str, Any] | None
    details: list[str] = Field(default=[], description="What checks found, one line each")
    attachments: list[AttachmentShown] = Field(default_factory=list)


class ConversationShown(Shape):
    id: str
    speaker: Speaker
    lang: Lang


class ConversationOpened(ConversationShown):
    notice: str = Field(description="What is stored and how long, to be told before the first use")


class GuestOpened(ConversationOpened):
    token: str


class Transcript(ConversationShown):
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    handoff: HandoffTold | None
    messages: list[MessageShown]


class HandedOver(ConversationShown):
    text: str
    place: int = Field(description="1 is next; 0 when a person has taken it")
    handoff: HandoffTold


class FlowShown(Shape):
    flow: str
    action: Action
    state: Literal["factors", "password", "person", "done", "failed", "expired"]
    methods: list[Method]
    proven: list[Method]
    code_sent: bool
    tries_left: int
    expires_at: datetime
    next: Literal["factors", "password"] | None


class PasswordSet(FlowShown):
    token: str | None = Field(description="A guest's session goes on under this one")


class CommentShown(Shape):
    at: datetime
    author: str
    text: str
    public: bool


class TicketLine(Shape):
    number: int
    title: str
    description: str
    kind: Kind
    priority: Priority
    impact: Level
    urgency: Level
    status: Status
    queue: str
    lang: Lang
    created_at: datetime
    updated_at: datetime
    due_at: datetime
    conversation: str | None


class TicketShown(TicketLine):
    comments: list[CommentShown]
    attachments: list[AttachmentShown]


class NudgedShown(Shape):
    told: bool = Field(description="False: the desk was reminded a short while ago")
    again_at: datetime


class RaisedShown(Shape):
    result: Result
    facts: list[Fact]
    ticket: TicketLine


class TicketList(Shape):
    tickets: list[TicketLine]


class HitShown(Shape):
    title: str
    url: str
    snippet: str
    lang: Lang
    score: float


class Hits(Shape):
    hits: list[HitShown]


class QueueLine(Shape):
    conversation: str
    ticket: int
    reason: Reason
    state: HandoffState
    queue: str
    place: int | None = Field(description="1 is next; null when taken")
    lane: Literal["security", "p1", "front"] | None = Field(description="Why it goes before those who have waited longer")
    name: str | None = Field(description="Null for a guest")
    guest: bool
    lang: Lang
    summary: str
    feeling: Any
    verified: bool
    waiting_since: datetime
    expected_by: datetime
    overdue: bool


class UrgedLine(Shape):
    ticket: int
    title: str
    priority: Priority
    way: Way
    reason: str
    at: datetime


class Queue(Shape):
    waiting: list[QueueLine]
    mine: list[QueueLine]
    urged: list[UrgedLine] = Field(description="Open tickets that were raised, reopened or nudged, and nobody has answered since")


class TurnShown(Shape):
    id: str
    seq: int
    confidence: float | None
    sentiment: dict[str, Any] | None
    planner: str | None


class DeskTranscript(Transcript):
    epoch: int
    name: str | None
    guest: bool
    person: str | None = Field(description="The agent's account who speaks")
    state: HandoffState
    card: dict[str, Any]
    turns: list[TurnShown]


class Claimed(ConversationShown):
    state: HandoffState
    handoff: HandoffTold
