"""What the library had no answer to, or a doubtful one: recorded with the end of the turn that asked, so that somebody can write it."""

from dataclasses import dataclass

import structlog

from agent.mind import Mind
from agent.state import State
from desk.conversations import Conversation
from desk.handoffs import Reason
from desk.store import Tx
from desk.turns import Turn
from guardrails.leaving import CITED
from knowledge.embedder import Vector

log = structlog.get_logger()
NOTHING, FOUND = "knowledge.nothing", "knowledge.found"


@dataclass(frozen=True)
class Missing:
    """How a turn stands to the library."""

    missed: bool               # asked, and not answered
    answered: bool             # answered with a source, and not in doubt
    asked_back: bool           # the assistant asks before it gives up
    vector: Vector | None      # the question's, where it was missed


async def missing(turn: Turn, state: State, mind: Mind) -> Missing:
    draft = state["draft"] if not state["hand_off"] else None
    doubtful = any(outcome["code"] == FOUND and outcome["facts"].get("doubtful") for outcome in state["outcomes"])
    looked = doubtful or any(outcome["code"] == NOTHING for outcome in state["outcomes"])
    answered = draft is not None and not doubtful and CITED.search(draft["text"]) is not None
    missed = turn.kind == "message" and not answered and (looked or state["hand_off"] == Reason.LOW_CONFIDENCE)
    return Missing(missed=missed, answered=answered, asked_back=draft is not None and bool(draft["asks"]),
                   vector=await _vector(turn, state, mind) if missed else None)


async def _vector(turn: Turn, state: State, mind: Mind) -> Vector | None:
    """Read before in this turn, and kept; a turn never fails for want of it."""
    try:
        return (await mind.reader.read(turn.text, last=state["lang"])).vector
    except Exception as error:
        log.warning("gap.without_vector", turn=turn.id, error=type(error).__name__)
        return None


async def record(tx: Tx, turn: Turn, conversation: Conversation, state: State, found: Missing, mind: Mind) -> None:
    if found.answered:
        await tx.gaps.closed(conversation.id)
    if found.missed:
        owner = await tx.people.by_id(conversation.account) if conversation.account else None
        await tx.gaps.record(turn=turn.id, conversation=conversation.id, owner=owner, text=turn.text, lang=state["lang"],
                             asked_back=found.asked_back, embedder=mind.library.embedder,
                             vector=None if found.vector is None else found.vector.astype("<f2").tobytes(), now=mind.clock())
