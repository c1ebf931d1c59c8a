"""How the assistant honours a person's note when it has a conversation back. The note steers and holds back; it never gives a right."""

import json
import re
from importlib.resources import files

from agent.mind import Mind
from agent.planner.routes import ROUTES
from agent.state import Going, State
from desk.handoffs import Note, Reason
from desk.people import LANGS
from knowledge.normalise import words
from tools.tool import Risk

CLAUSE = re.compile(r"[.,;:!?،؛؟\n]+")
LIKELY = 0.4                   # that a forbidding clause speaks of this tool: held back wrongly, it costs the user one question
FAULTS = frozenset({Reason.TOOL_FAILURE, Reason.PLANNER_DOWN})   # of the machine: no person can have dealt with the next one
EACH_TIME = frozenset({Reason.ASKED, Reason.SECURITY})
PROMPT = "note.md"


def for_model(note: Note | None) -> str:
    """The note as data of a prompt."""
    if note is None:
        return ""
    prompt = files("agent").joinpath("prompts", PROMPT).read_text("utf-8")
    return "\n" + prompt + json.dumps({"note": note.text, "told": note.say, "not_again": sorted(note.hold)}, ensure_ascii=False)


async def held_by(note: Note | None, mind: Mind) -> frozenset[str]:
    """The tools that the note keeps the assistant from: those it names, and those that its words forbid."""
    if note is None:
        return frozenset()
    forbidding = [clause for clause in CLAUSE.split(note.text) if _forbids(clause, mind)]
    return note.hold.union(*[await _spoken_of(clause, mind) for clause in forbidding])


def _forbids(clause: str, mind: Mind) -> bool:
    marks = {mark for lang in LANGS for mark in words(mind.desk.words.say(lang, "note.forbids"))}
    return not marks.isdisjoint(words(clause))


async def _spoken_of(clause: str, mind: Mind) -> frozenset[str]:
    signals = await mind.reader.read(clause)
    likely: dict[str, float] = {}
    for intent, probability in signals.intents.items():
        if intent in ROUTES:
            likely[ROUTES[intent].tool] = likely.get(ROUTES[intent].tool, 0.0) + probability
    return frozenset(name for name, probability in likely.items()
                     if probability >= LIKELY and name in mind.tools and mind.tools[name].risk is not Risk.READ)


def dealt_with(reason: str, going: Going) -> bool:
    """True if a person has had this conversation for that reason. Who asks or is in danger counts each time; who goes in circles, never."""
    known = going.dealt_with | {Reason.LOOP} if going.dealt_with else frozenset()
    return reason in known - FAULTS - EACH_TIME


def not_again(state: State, going: Going) -> State:
    """No second handoff for what a person has dealt with: the way to a person is offered instead."""
    if not dealt_with(state["hand_off"], going):
        return state
    say = going.mind.desk.words.say
    text = say(state["lang"], "handoff.once_more")
    if going.note and going.note.say:
        text += "\n\n" + say(state["lang"], "handoff.desk_said", say=going.note.say)
    choices = [say(state["lang"], "choice.human")]
    return {**state, "hand_off": "", "draft": {"text": text, "choices": choices, "asks": "", "used": []}}
