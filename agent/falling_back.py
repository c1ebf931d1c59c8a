"""From the model to the built-in planner in the middle of a turn: what was done is kept, what was only looked up is forgotten."""

import json

import structlog

from agent.acting import key_of
from agent.planner.failing import Failure
from agent.prompting import last_of_the_user
from agent.state import Going, Said, State
from tools.tool import Risk, Status

log = structlog.get_logger()


def fall_back(state: State, going: Going, failure: Failure, *, because: str = "") -> State:
    """The built-in planner begins the turn as if it were alone, but tells of what the model has already got done.

    It looks things up again by itself: a model may have looked for something else than the user's own words ask for. The user is told by
    `fell`.
    """
    log.warning("planner.fell_back", turn=going.turn.id, failure=str(failure), because=because)
    going.mind.figures.fell_back(str(failure))
    if failure is not Failure.WITHHELD:
        going.mind.figures.model_failed(str(failure))
    asked = last_of_the_user(state["heard"]) + 1
    done = {said["call"] for said in state["heard"][asked:] if said["role"] == "tool" and _changed(said, going)}
    after: list[Said] = []
    for said in state["heard"][asked:]:
        if said["role"] == "tool" and said["call"] in done:
            after.append(said)
        elif calls := [call for call in said.get("calls", []) if call["id"] in done]:
            after.append({**said, "calls": calls})
    made = [key_of(going, call) for said in after for call in said.get("calls", [])]
    return {"planner": "builtin", "fell": str(failure), "because": because, "heard": [*state["heard"][:asked], *after], "made": made,
            "steps": 0, "calls": [], "granted": [], "draft": None}


def _changed(said: Said, going: Going) -> bool:
    """Whether it was a call that changes something, and was made."""
    tool = going.mind.tools.get(said.get("tool") or "")
    return tool is not None and tool.risk is not Risk.READ and json.loads(said["text"])["status"] != Status.REFUSED
