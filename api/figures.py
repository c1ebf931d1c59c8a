"""What this process counts for Prometheus."""

from collections.abc import Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, generate_latest


class Figures:
    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._turns = Counter("yavar_turns", "Turns answered over HTTP", ["planner", "speaker"], registry=self._registry)
        self._handoffs = Counter("yavar_handoffs", "Handoffs to a person", ["reason"], registry=self._registry)
        self._errors = Counter("yavar_errors", "Problems answered over HTTP", ["code"], registry=self._registry)

    def turn(self, answer: Mapping[str, Any]) -> None:
        self._turns.labels(answer["planner"], answer["speaker"]).inc()
        if answer["handoff"]:
            self.handoff(answer["handoff"]["reason"])

    def handoff(self, reason: str) -> None:
        self._handoffs.labels(reason).inc()

    def error(self, code: str) -> None:
        self._errors.labels(code).inc()

    def text(self) -> bytes:
        return generate_latest(self._registry)
