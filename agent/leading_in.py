"""What is said before the news that a person comes: what to do now, where somebody is in danger; a word of care for what is delicate."""

from agent import answer as answers
from agent.state import State
from desk.handoffs import Reason
from desk.words import Words

SAID = {Reason.DELICATE: "handoff.delicate", Reason.PLANNER_DOWN: "planner.down"}


def before_handoff(state: State, words: Words) -> str:
    """With the space behind it; "" where there is nothing to say before."""
    reason, lang = Reason(state["hand_off"]), state["lang"]
    if reason is Reason.SECURITY:
        offered = [words.say(lang, "danger.freeze")] if answers.needs(state) else []
        return "\n\n".join([words.say(lang, state["because"].replace("_", ".", 1)), *offered, ""])
    return words.say(lang, SAID[reason]) + " " if reason in SAID else ""
