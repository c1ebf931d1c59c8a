"""What the built-in planner does about something that does not work: check it, go on step by step, and stop when it works."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from langchain_core.messages import AIMessage

from agent.planner.compose import take_apart
from agent.planner.reactions import SHORT, how_it_went
from agent.planner.routes import ticket_number
from agent.planner.situation import Situation
from agent.planner.telling import Telling
from desk.codes import new_id

CHECK, GO_ON, SEARCH = "run_diagnostic", "continue_runbook", "search_knowledge"
ASKS = "mending"               # what was asked at the end of a step: did it help?
BROKEN = 0.1                   # probability of a report that something does not work, from which it counts beside a ticket's
SURE = 0.8                     # of a report; below it an article that answers as surely comes first, without a check
TOGETHER = 0.6                 # theirs together
A_TICKET = 0.95                # probability from which a ticket was plainly asked for
ANSWERABLE = 0.3               # probability that an article answers, from which a long message is no report of a step
# And from which it is worth more after a check than the runbook's own next step: steps on the asset, facts on it, anything else.
MAY_HELP, HELPS, SETTLES = 0.25, 0.7, 0.9

# Intents of a message that an announcement about what it names may settle.
NOW, TO_COME = "now", "to_come"
ABOUT_A_THING = ("diagnostics", "ticket_status", "out_of_scope", "upset")

AFTER_STEP = ("solved", "still", "human")
AFTER_FAULT = ("ticket_create", "human")
AFTER_DISRUPTION = ("news", "human")


def wanted(text: str, situation: Situation, intents: Mapping[str, float], tools: Iterable[str]) -> AIMessage | None:
    """The call that the message asks for: a check of what it names, the next step of what is being mended, or its end."""
    if CHECK not in tools:
        return None
    same = situation.asset in ("", situation.mending)
    if situation.mending:
        how = how_it_went(text)
        if how == "solved" or (how == "still" and same):
            return _call(GO_ON, {"works": how == "solved"})
        if _broken(intents) and same and (situation.answerable < ANSWERABLE or len(text.split()) <= SHORT // 2):
            return _call(GO_ON, {"works": False})
    if situation.announced and ticket_number(text) is None and _looked_up(intents, situation.answerable):
        if situation.announced == NOW:
            return _call(CHECK, {"asset": situation.asset})
        if any(mark in text for mark in "?؟"):         # a fault told today is not explained by what comes tomorrow
            return _call(CHECK, {"asset": situation.asset, "check": "known"})
    if _broken(intents) and situation.asset and (intents["diagnostics"] >= SURE or situation.answerable < SURE):
        return _call(CHECK, {"asset": situation.asset})
    return None


def _looked_up(intents: Mapping[str, float], answerable: float) -> bool:
    """Something is asked or told of a thing about which the desk has announced something: that comes before a ticket, and before a guess
    from the library; how to use the thing is another matter."""
    likeliest = max(intents, key=lambda intent: intents[intent])
    if likeliest == "knowledge":
        return answerable < ANSWERABLE or intents["diagnostics"] >= BROKEN
    return likeliest in ABOUT_A_THING or (likeliest == "ticket_create" and intents[likeliest] < A_TICKET)


def _broken(intents: Mapping[str, float]) -> bool:
    """Something does not work: the likeliest reading, or as good as that beside a ticket which nobody plainly asked for."""
    report, ticket = intents["diagnostics"], intents["ticket_create"]
    return report == max(intents.values()) or (report >= BROKEN and report + ticket >= TOGETHER and ticket < A_TICKET)


def follows(outcomes: Sequence[Mapping[str, Any]], query: str) -> AIMessage | None:
    """After a check, what the articles say; where that does not help and the asset is well, the runbook's first step."""
    last = outcomes[-1]
    if last["facts"].get("begun") and last["code"] in ("diagnostic.clear", "diagnostic.owner"):
        return _call(SEARCH, {"query": query[:2000]})
    well = _checked(outcomes, "diagnostic.clear")
    if last["code"].startswith("knowledge.") and well and not _helps(last, well):
        return _call(GO_ON, {"works": False})
    return None


def told(outcomes: Sequence[Mapping[str, Any]], query: str, telling: Telling) -> AIMessage | None:
    """What is said of a check and what came after it; None where nothing was checked."""
    last = outcomes[-1]
    if last["status"] == "refused" and _well(outcomes) and _checked(outcomes, "knowledge.found", "knowledge.nothing"):
        return telling.message(_well(outcomes)[0], AFTER_FAULT, ASKS)      # the next step may not be taken here
    if last["status"] != "done" or last["facts"].get("hand_off"):
        return None
    if last["code"] == "diagnostic.disruption":
        return telling.message(f"{last['facts']['said']} {telling.say('mending.no_need')}", AFTER_DISRUPTION, ASKS)
    if last["code"] == "diagnostic.tell":
        return telling.message("\n\n".join([*_well(outcomes), f"{telling.say('mending.try')} {last['facts']['said']}",
                                            telling.say("mending.ask")]), AFTER_STEP, ASKS)
    fault = _checked(outcomes, "diagnostic.owner")
    if fault:
        lead = f"{fault['facts']['said']} {telling.say('mending.ours')}"
        if _helps(last, fault) and _on_it(last, fault) and _has_steps(last):
            return telling.answer(last["facts"]["passages"], query, lead=f"{lead}\n\n{telling.say('mending.besides')}", choices=AFTER_FAULT,
                                  asks=ASKS)
        return telling.message(lead, AFTER_FAULT, ASKS)
    if _well(outcomes) and last["code"] == "knowledge.found":
        return telling.answer(last["facts"]["passages"], query, lead=_well(outcomes)[0], choices=AFTER_STEP, outro="mending.ask",
                              asks=ASKS)
    return telling.message(_well(outcomes)[0], AFTER_STEP, ASKS) if last["code"] == "diagnostic.clear" else None


def _call(tool: str, args: dict[str, Any]) -> AIMessage:
    return AIMessage(content="", tool_calls=[{"name": tool, "args": args, "id": new_id(), "type": "tool_call"}])


def _checked(outcomes: Sequence[Mapping[str, Any]], *codes: str) -> Mapping[str, Any] | None:
    return next((each for each in reversed(outcomes) if each["code"] in codes), None)


def _well(outcomes: Sequence[Mapping[str, Any]]) -> list[str]:
    found = _checked(outcomes, "diagnostic.clear")
    return [str(found["facts"]["said"])] if found else []


def _helps(searched: Mapping[str, Any], checked: Mapping[str, Any]) -> bool:
    """Whether the best passage is the next useful thing: steps on this asset that may help, a likely fact on it, or surely the answer."""
    if searched["code"] != "knowledge.found":
        return False
    on_it, likely = _on_it(searched, checked), searched["facts"].get("answers")
    return likely is not None and likely >= (SETTLES if not on_it else MAY_HELP if _has_steps(searched) else HELPS)


def _on_it(searched: Mapping[str, Any], checked: Mapping[str, Any]) -> bool:
    return searched["facts"]["passages"][0]["topic"] in checked["facts"]["topics"]


def _has_steps(searched: Mapping[str, Any]) -> bool:
    return bool(take_apart(str(searched["facts"]["passages"][0]["text"])).steps)
