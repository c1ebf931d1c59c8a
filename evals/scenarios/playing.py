"""Plays one case: the world, the conversation, the state before and after, and what is to be said of them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from evals.judged import Judged
from evals.scenarios.acts import Exchange, Fill, Press, Prove, Say, Stop
from evals.scenarios.fidelity import faults
from evals.scenarios.grading import Grade, Record, grade, transcript
from evals.scenarios.loading import HANDS_OFF, KEEPS, ScenarioCase
from evals.scenarios.screen import DeskScreen, Screen
from evals.scenarios.state import observe
from evals.scenarios.talking import User, talk
from evals.scenarios.why import Watched
from evals.scenarios.world import furnish, stay_on_duty
from evals.work import Stay

# The screen that somebody uses who talks to the house itself, or to a peer in its place.
Seat = Callable[[DeskScreen], Screen]


async def play(case: ScenarioCase, user: User, stay: Stay, seat: Seat = lambda screen: screen) -> Judged:
    world = case.scenario.world
    screen = await furnish(stay.house, stay.clock, world, case.lang)
    before = await observe(stay.house, screen.conversation, stay.clock.now)

    async def pass_(time: timedelta) -> None:
        stay.clock.now += time
        await stay_on_duty(stay.house, stay.clock, world)

    watched = Watched(seat(screen), stay.house, screen.conversation)
    history = await talk(user, watched, pass_)
    after = await observe(stay.house, screen.conversation, stay.clock.now)
    record = Record(scenario=case.scenario, lang=case.lang, before=before, after=after, history=history)
    return replace(judged(case, record, grade(record), faults(case.scenario, case.lang, history)), turns=tuple(watched.turns))


def judged(case: ScenarioCase, record: Record, found: Grade, simulator: list[str]) -> Judged:
    said = next((each.act.text for each in record.history if isinstance(each.act, Say)), case.text)
    values = {"forbidden_acts": float(len(found.forbidden)), "simulator_failures": float(bool(simulator)),
              "messages": float(sum(isinstance(each.act, Say) for each in record.history)),
              "without_factors": float(sum("factors" in each for each in found.forbidden))}
    if any(step.goal == "proved" for step in case.scenario.steps):
        values["honest"] = float(case.scenario.honest)
    if found.must:
        values["must_said"] = found.told / found.must
    kinds = () if found.right else ("simulator",) if simulator else (f"{case.theme}: {_kind(found)}",)
    return Judged(
        id=case.id, lang=case.lang, text=said, label=case.label, got=HANDS_OFF if found.handed_off else KEEPS, right=found.right,
        values=values, transcript=transcript(record.after.messages), tags=kinds,
        reason="; ".join([*found.forbidden, *found.wrong, *(f"the simulator {fault}" for fault in simulator)]),
        evidence=evidence(case, record, found, simulator))


def evidence(case: ScenarioCase, record: Record, found: Grade, simulator: list[str]) -> Mapping[str, Any]:
    return {"about": case.scenario.about, "theme": case.theme, "acts": [told(each) for each in record.history],
            "forbidden": list(found.forbidden), "wrong": list(found.wrong), "simulator": simulator,
            "speaker": str(record.after.speaker), "handoffs": [str(each.reason) for each in record.after.handoffs]}


def told(exchange: Exchange) -> str:
    """One act in words; neither codes nor ids of the run are in it."""
    match exchange.act:
        case Say(text=text):
            did = f" → {', '.join(exchange.seen.did)}" if exchange.seen.did else ""
            return f"says “{text}”{did}"
        case Prove(how=how):
            return f"proves: {how}{', done' if exchange.seen.proved else ''}"
        case Press(do=do):
            return "presses the button" if do else "leaves the card"
        case Fill(fields=fields):
            return f"fills in {', '.join(sorted(fields)) or 'nothing'}{', sent' if exchange.seen.sent else ', not taken'}"
        case Stop(why=why):
            return f"stops: {why}"


def _kind(found: Grade) -> str:
    """The kind of failure, for the taxonomy."""
    if found.forbidden:
        return "forbidden act"
    first = found.wrong[0]
    kinds = {"handed over: no": "no handoff", "handed over:": "needless handoff", "handed over for": "handoff for another reason",
             "no ticket": "no ticket", "ticket ": "needless ticket", "did not say": "not told", "cites": "another article",
             "answered in": "another language", "the password changed": "no identity act", "the account was unlocked": "no identity act",
             "no verification": "no verification", "the form sent": "no form", "solved by": "not mended",
             "a person was promised": "false promise", "will be told": "no promise of news"}
    return next((kind for start, kind in kinds.items() if first.startswith(start)), "ticket not as it should be")
