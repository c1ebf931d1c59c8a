"""The house: everything that is put together at the composition root."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from agent.assistant import Assistant
from agent.figures import Figures
from agent.live import Live
from agent.mind import Mind
from desk.company import Provider
from desk.services import Desk
from desk.tracing import Tracing
from knowledge.library import Library


@dataclass(kw_only=True)
class House:
    mind: Mind
    assistant: Assistant
    url: str                   # where people reach it
    demo: bool
    on_open: Callable[["House"], Awaitable[None]]
    on_close: Callable[["House"], Awaitable[None]]
    provider: Provider | None = None   # the company's sign-in, where there is one
    rate: float = 1.0          # how many requests may come at once, as a multiple of what is usual; 0: no limits
    ready: bool = False
    metrics_token: str = ""    # who shows it may read the metrics; "": this machine alone
    facts: dict[str, str] = field(default_factory=dict)   # what is connected, for the operator

    @property
    def planner(self) -> str:
        return self.mind.planners.first

    @property
    def desk(self) -> Desk:
        return self.mind.desk

    @property
    def library(self) -> Library:
        return self.mind.library

    @property
    def live(self) -> Live:
        return self.mind.live

    @property
    def figures(self) -> Figures:
        return self.mind.figures

    @property
    def tracing(self) -> Tracing:
        return self.mind.tracing

    @property
    def clock(self) -> Callable[[], datetime]:
        return self.mind.clock

    async def open(self) -> None:
        await self.on_open(self)
        self.ready = True

    async def close(self) -> None:
        self.ready = False
        await self.on_close(self)
