"""What a tool is: its schema, risk, who may, examples in three languages and the code, declared in one file."""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, cast, get_type_hints

from pydantic import BaseModel, ConfigDict

from desk.conversations import Conversation
from desk.people import Lang, Role
from desk.services import Desk
from knowledge.embedder import Vector
from knowledge.library import Library
from tools.inventory import Inventory


class Risk(StrEnum):
    READ = "read"
    WRITE = "write"            # changes something of the caller's own, and can be undone
    FORM = "form"              # only opens a form beside the chat; what is sent there runs
    IDENTITY = "identity"      # only opens a verification; the desk does the rest


class Status(StrEnum):
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    WAITING = "waiting"


class Args(BaseModel):
    """Arguments of a tool. Never a subject: authority comes from the context."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


@dataclass(frozen=True, kw_only=True)
class Context:
    """On whose behalf, in which conversation and when: what no model can write."""

    desk: Desk
    library: Library
    conversation: Conversation
    turn: str
    role: Role
    lang: Lang
    now: datetime
    may_see: frozenset[str]
    key: str = ""              # of this call's effect: the same call of the same turn has the same key
    inventory: Inventory = field(default_factory=Inventory)
    vector: Vector | None = None   # of the user's message, computed once
    message: str = ""          # the user's message, redacted
    answerable: float | None = None   # probability that the library answers the message, where it was weighed
    approved: bool = False     # the person pressed the button of the card that shows exactly this call

    @property
    def is_guest(self) -> bool:
        return self.conversation.is_guest


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a tool did, in plain facts: the planner tells the user of it by `code`, a catalogue key."""

    status: Status
    code: str
    facts: dict[str, Any] = field(default_factory=dict)
    needs: dict[str, Any] | None = None
    tainted: bool = False      # holds text that other people wrote


Run = Callable[[Any, Context], Awaitable[Outcome]]
Settle = Callable[[Any, Context], Awaitable["Args | Outcome"]]


class BadTool(Exception):
    """A tool lacks its docstring, an argument model or examples in one of the languages. Add what the message names."""


@dataclass(frozen=True, kw_only=True)
class Tool:
    name: str
    description: str           # what a model reads
    args: type[Args]
    risk: Risk
    who: Role
    intent: str                # the fine intent whose messages call for it
    examples: Mapping[Lang, Sequence[str]]
    run: Run
    confirms: bool = False     # asks with a card, however plainly the user said it
    settle: Settle | None = None   # makes the arguments exact before a card shows them, or says why there is nothing to confirm

    def allows(self, role: Role) -> bool:
        return self.who is Role.GUEST or role is not Role.GUEST


def tool(*, risk: Risk, who: Role, intent: str = "", examples: Mapping[Lang, Sequence[str]], confirms: bool = False,
         settle: Settle | None = None) -> Callable[[Run], Tool]:
    """Declare an async function `(args, ctx) -> Outcome` a tool. Its docstring is what the model reads."""
    def declare(run: Run) -> Tool:
        name = cast(Any, run).__name__
        if not run.__doc__:
            raise BadTool(f"{name}: no docstring. {BadTool.__doc__}")
        missing = {"en", "ar", "fa"} - {lang for lang, lines in examples.items() if lines}
        if missing:
            raise BadTool(f"{name}: no examples in {', '.join(sorted(missing))}. {BadTool.__doc__}")
        args = get_type_hints(run).get("args")
        if not (inspect.isclass(args) and issubclass(args, Args)):
            raise BadTool(f"{name}: its first argument is no `Args`. {BadTool.__doc__}")
        return Tool(name=name, description=inspect.cleandoc(run.__doc__), args=args, risk=risk, who=who, intent=intent or name,
                    examples=examples, run=run, confirms=confirms, settle=settle)
    return declare
