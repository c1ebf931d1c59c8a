"""What this process counts for Prometheus: numbers, names of tools and rules, and never a word of anybody's."""

from collections.abc import Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 15, 20, 30, 60)


class Figures:
    """Counts in a registry of its own: two houses in one process do not mix."""

    def __init__(self) -> None:
        mine = self._registry = CollectorRegistry()
        self._turns = Counter("yavar_turns", "Turns that ended", ["planner", "outcome"], registry=mine)
        self._seconds = Histogram("yavar_turn_seconds", "From the message's arrival to the turn's end", ["planner"], buckets=SECONDS,
                                  registry=mine)
        self._handoffs = Counter("yavar_handoffs", "Handoffs to a person", ["reason"], registry=mine)
        self._tools = Counter("yavar_tool_calls", "Calls of tools by how they ended", ["tool", "outcome"], registry=mine)
        self._guardrails = Counter("yavar_guardrail_hits", "Verdicts other than a pass", ["rule"], registry=mine)
        self._identity = Counter("yavar_identity", "Resets and unlocks: begun, failed, done", ["event"], registry=mine)
        self._audited = Counter("yavar_audited", "Entries of the audit trail", ["action"], registry=mine)
        self._model_errors = Counter("yavar_model_errors", "Failures of the model", ["kind"], registry=mine)
        self._fallbacks = Counter("yavar_fallbacks", "Turns in which the built-in planner took over from the model", ["why"], registry=mine)
        self._tokens = Counter("yavar_model_tokens", "Tokens sent to the model and received", ["direction"], registry=mine)
        self._waiting = Gauge("yavar_queue_waiting", "Handoffs that wait for a person", registry=mine)
        self._oldest = Gauge("yavar_queue_oldest_seconds", "How long the one at the head of the queue has waited", registry=mine)

    def turn(self, planner: str, outcome: str, seconds: float) -> None:
        self._turns.labels(planner, outcome).inc()
        self._seconds.labels(planner).observe(max(0.0, seconds))

    def tool(self, name: str, outcome: str) -> None:
        self._tools.labels(name, outcome).inc()

    def guardrail(self, rule: str) -> None:
        self._guardrails.labels(rule).inc()

    def model_failed(self, kind: str) -> None:
        self._model_errors.labels(kind).inc()

    def fell_back(self, why: str) -> None:
        self._fallbacks.labels(why).inc()

    def tokens(self, sent: int, received: int) -> None:
        self._tokens.labels("in").inc(sent)
        self._tokens.labels("out").inc(received)

    def audited(self, action: str, detail: Mapping[str, Any]) -> None:
        """What the desk has committed to its audit trail: handoffs and identity acts are counted there, whoever brought them about."""
        self._audited.labels(action).inc()
        if action == "handoff.opened":
            self._handoffs.labels(str(detail.get("reason", ""))).inc()
        elif action.startswith("identity."):
            event = action.removeprefix("identity.")
            self._identity.labels(f"{detail['what']}_{event}" if "what" in detail else event).inc()

    def queue(self, waiting: int, oldest: float) -> None:
        self._waiting.set(waiting)
        self._oldest.set(oldest)

    def text(self) -> bytes:
        return generate_latest(self._registry)
