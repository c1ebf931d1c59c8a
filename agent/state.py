"""The state of one turn in the graph: plain JSON values only, so that it can be kept anywhere."""

from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

from agent.mind import Mind
from desk.conversations import Conversation
from desk.handoffs import Note
from desk.people import Lang, Role
from desk.turns import Turn


class Call(TypedDict):
    id: str
    name: str
    args: dict[str, Any]


class Said(TypedDict):
    """One message as the planner sees it."""

    role: str                  # user, assistant, tool
    text: str
    calls: NotRequired[list[Call]]
    call: NotRequired[str]     # the id of the call that a tool answers
    tool: NotRequired[str]


class Draft(TypedDict):
    text: str
    choices: list[str]
    asks: str                  # what the assistant asks for, so that the next turn knows; "" for nothing
    used: list[int]            # passages in the order of the draft's citation numbers; none: numbered as found


class State(TypedDict, total=False):
    heard: list[Said]          # the conversation, oldest first, then this turn's own exchange
    lang: Lang
    sentiment: dict[str, Any]
    tainted: bool
    answerable: float | None   # probability that the library answers the message; None where it was not weighed
    planner: str               # who plans now: builtin or openai
    steps: int                 # of who plans now
    tokens: int                # that the model has used up in this turn
    corrected: bool            # the model was told once that its arguments do not fit
    fell: str                  # why the built-in planner took over from the model, "" where it did not
    calls: list[Call]          # proposed, not yet gated
    granted: list[Call]
    approved: str              # key of the one call that the person's button has approved, "" for none
    made: list[str]            # keys of calls made in this turn
    outcomes: list[dict[str, Any]]
    draft: Draft | None
    because: str               # the guardrail that decided, "" for none
    hand_off: str              # a handoff's reason, "" for none
    solved: str                # the user's answer to "was this solved?": yes, no, or "" for none


@dataclass(frozen=True, kw_only=True)
class Going:
    """What goes with a turn through the graph and is never kept: who, where, and the house."""

    mind: Mind
    turn: Turn
    conversation: Conversation
    role: Role
    asks: str                  # what the assistant asked for at its last turn
    choices: tuple[str, ...]   # and the choices that it gave
    negative_before: int
    began: float               # of `time.monotonic`: the whole turn has a deadline
    said_before: tuple[str, ...]
    note: Note | None = None   # of the person who gave the conversation back
    held: frozenset[str] = frozenset()      # tools that the note keeps the assistant from
    dealt_with: frozenset[str] = frozenset()   # reasons for which a person has had this conversation already
    card: bool = False         # a confirmation waits for its button
