"""What a turn needs: the desk, the library, the reader and the tools."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from agent.figures import Figures
from agent.live import Live
from agent.planner import Planners
from desk.people import Role
from desk.services import Desk
from desk.tracing import Tracing, Untraced
from guardrails.signals import Answering, Reader
from knowledge.library import Library
from knowledge.likeness import Likeness
from tools.inventory import Inventory
from tools.tool import Tool

MAY_SEE: Mapping[Role, frozenset[str]] = {
    Role.GUEST: frozenset({"public"}),
    Role.USER: frozenset({"public", "everyone"}),
    Role.OBSERVER: frozenset({"public", "everyone"}),
    Role.EVALUATOR: frozenset({"public", "everyone"}),
    Role.AGENT: frozenset({"public", "everyone", "agents"}),
    Role.SUPERVISOR: frozenset({"public", "everyone", "agents"}),
    Role.ADMIN: frozenset({"public", "everyone", "agents"}),
}


@dataclass(frozen=True, kw_only=True)
class Mind:
    desk: Desk
    library: Library
    reader: Reader
    tools: Mapping[str, Tool]
    planners: Planners
    live: Live
    clock: Callable[[], datetime]
    figures: Figures = field(default_factory=Figures)
    answering: Answering | None = None     # None: nothing was fitted for the embedder
    own_hosts: frozenset[str] = frozenset()
    inventory: Inventory = field(default_factory=Inventory)
    tracing: Tracing = field(default_factory=Untraced)
    likeness: Likeness = field(default_factory=Likeness)
