"""What the house reads in a message and would do with it. Nothing is stored and nothing is run."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from agent import acting, planning
from agent.answer import CALM
from agent.mind import MAY_SEE, Mind
from agent.planner import Planners
from agent.state import Going, State
from desk.codes import new_id
from desk.conversations import Conversation, Speaker
from desk.people import Lang, Role
from desk.rollouts import Rollout
from desk.turns import Turn, TurnState
from guardrails import CALL, INPUT, judge
from guardrails.intake import canonical
from guardrails.matters import Incoming, Proposed
from guardrails.redaction import redact
from guardrails.signals import Signals
from guardrails.verdict import Kind, Verdict
from knowledge.hits import Hit


@dataclass(frozen=True, kw_only=True)
class Would:
    """A call that the planner would propose, and what the gate would say."""

    tool: str
    args: dict[str, Any]
    stage: str
    verdict: Verdict


@dataclass(frozen=True, kw_only=True)
class Explained:
    text: str                  # as it would be stored
    removed: tuple[str, ...]   # kinds of secrets that were taken out
    signals: Signals
    answerable: float | None
    rule: Verdict              # of the guardrails on what comes in
    would: Sequence[Would]
    says: str                  # words, where no tool is called
    hits: Sequence[Hit]


async def explain(mind: Mind, text: str, *, role: Role, lang: Lang, rollouts: Sequence[Rollout], now: datetime, k: int = 3) -> Explained:
    """Read the message as the first of a conversation. The built-in planner plans: a model would be asked for nothing."""
    safe = redact(canonical(text))
    signals = await mind.reader.read(safe.text, last=lang)
    going = _going(replace(mind, planners=Planners(builtin=mind.planners.builtin)), safe.text, role, signals.lang, rollouts, now)
    answerable = await planning.answerable(going, signals)
    rule = judge(Incoming(text=safe.text, signals=signals, answerable=answerable or 0.0), INPUT)
    state: State = {"heard": [{"role": "user", "text": safe.text}], "lang": signals.lang, "sentiment": CALM, "answerable": answerable,
                    "tainted": rule.kind is Kind.TAINTS, "planner": "builtin", "steps": 0, "made": [], "outcomes": []}
    planned: State = {} if rule.reason else await planning.propose(state, going)
    draft = planned.get("draft")
    hits = await mind.library.search(safe.text, vector=signals.vector, may_see=MAY_SEE[role], lang=signals.lang, k=k)
    would = [_gated(call, state, going) for call in planned.get("calls") or []]
    return Explained(text=safe.text, removed=tuple(sorted(set(safe.found))), signals=signals, answerable=answerable, rule=rule,
                     would=would, says=draft["text"] if draft else "", hits=hits)


def _gated(call: Any, state: State, going: Going) -> Would:
    stage = going.stage(call["name"])
    verdict = judge(Proposed(name=call["name"], args=call["args"], tool=going.mind.tools.get(call["name"]), role=going.role,
                             tainted=state["tainted"], key=acting.key_of(going, call), stage=stage), CALL)
    return Would(tool=call["name"], args=call["args"], stage=str(stage), verdict=verdict)


def _going(mind: Mind, text: str, role: Role, lang: Lang, rollouts: Sequence[Rollout], now: datetime) -> Going:
    """A turn of a conversation that there is not: neither is ever stored."""
    guest = role is Role.GUEST
    conversation = Conversation(id=new_id(), account=None if guest else "nobody", claim=None, claim_key=None, lang=lang,
                                speaker=Speaker.ASSISTANT, epoch=0, person=None, seq=1, created_at=now, updated_at=now)
    turn = Turn(id=new_id(), conversation=conversation.id, session="", account=conversation.account, seq=1, kind="message", text=text,
                lang=lang, client_id=None, body_hash="", state=TurnState.RUNNING, attempts=1, lease=None, lease_until=None, received_at=now)
    return Going(mind=mind, turn=turn, conversation=conversation, role=role, asks="", choices=(), negative_before=0, said_before=(),
                 began=time.monotonic(), rollouts=tuple(rollouts))
