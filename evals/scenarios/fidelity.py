"""Was the simulator true to its person? Looks at the record alone, so that a fault of the rules or of a model is found here."""

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from desk.people import Lang
from evals.scenarios.acts import Exchange, Press, Prove, Say, Stop
from evals.scenarios.heard import said
from evals.scenarios.shape import Scenario
from evals.scenarios.user import MOST
from evals.scenarios.voice import stock
from knowledge.normalise import fold
from tools.declared import Trilingual

LIKE = 0.7                     # of what was typed with a line that the person knows
SAME = 3                       # times the same words, from which it is a loop
NUMBER = re.compile(r"\d{3,}")


def faults(scenario: Scenario, lang: Lang, history: Sequence[Exchange]) -> list[str]:
    """What the simulator did wrong, in words; nothing for a true one."""
    return [*_strayed(scenario, lang, history), *_ignored(scenario, lang, history), *_stopped_early(scenario, lang, history),
            *_looped(history)]


def known_lines(scenario: Scenario, lang: Lang) -> frozenset[str]:
    """Everything that this person may say."""
    lines: set[str] = set()
    for step in scenario.steps:
        lines |= stock().lines(step.spoken(lang))
        for part in (step.says, step.tells, step.lacks, step.nods):
            lines |= set(part.of(lang)) if part else set()
    return frozenset(lines)


def _strayed(scenario: Scenario, lang: Lang, history: Sequence[Exchange]) -> list[str]:
    """Said what the facts do not hold: another line, a number that nobody gave, too far from what was meant."""
    lines, found = known_lines(scenario, lang), []
    numbers = set(NUMBER.findall(fold(" ".join([*lines, *_filled(scenario, lang)]))))
    offered: set[str] = set()
    for exchange in history:
        if isinstance(exchange.act, Say):
            act = exchange.act
            if act.line and act.line not in lines | offered:
                found.append(f"said what it does not know: “{act.line}”")
            elif act.line and not _is_like(act.text, act.line):
                found.append(f"typed “{act.text}” and meant “{act.line}”")
            elif strange := set(NUMBER.findall(fold(act.text))) - numbers:
                found.append(f"named {min(strange)}, which nobody gave it")
        offered |= set(exchange.seen.choices)
        numbers |= set(NUMBER.findall(fold(exchange.seen.text)))
    return found


def _filled(scenario: Scenario, lang: Lang) -> list[str]:
    return [value.in_(lang) if isinstance(value, Trilingual) else value for step in scenario.steps for value in step.fields.values()]


def _is_like(typed: str, line: str) -> bool:
    """The line stands in what was typed, slips and mood aside."""
    match = SequenceMatcher(None, typed, line, autojunk=False)
    shared = sum(block.size for block in match.get_matching_blocks())
    return shared >= LIKE * len(line)


def _ignored(scenario: Scenario, lang: Lang, history: Sequence[Exchange]) -> list[str]:
    """Was asked for a proof, a decision or a ticket that it has, and did something else."""
    found = []
    for before, after in pairwise(history):
        step, needs = scenario.steps[after.step], before.seen.needs
        if before.step != after.step or not needs or before.seen.waiting:
            continue
        known_flow = needs.get("flow")
        again = any(isinstance(each.act, Prove | Press) and known_flow in (getattr(each.act, "flow", ""), getattr(each.act, "card", ""))
                    for each in history)
        if needs.get("kind") == "verification" and step.proves in ("both", "wrong_then_both", "guesses") and step.goal == "proved":
            found += [] if again else ["was asked to prove who it is, could, and did not"]
        if needs.get("kind") == "confirmation" and step.confirms in ("do", "leave") and needs.get("tool") in step.did:
            found += [] if again else ["was asked to confirm and did not press"]
        picked = isinstance(after.act, Say) and after.act.line in before.seen.choices
        if needs.get("kind") == "choice" and step.ticket is not None and not picked and _offers(before, step.ticket) \
                and not all(said(step.must_say.of(lang), [each.seen.text for each in history if each.step == after.step])):
            found.append("was asked which ticket, knew it, and did not say")
    return found


def _offers(exchange: Exchange, ticket: int) -> bool:
    return any(choice.startswith(f"{ticket} ") for choice in exchange.seen.choices)


def _stopped_early(scenario: Scenario, lang: Lang, history: Sequence[Exchange]) -> list[str]:
    last = history[-1] if history else None
    if last is None or not isinstance(last.act, Stop):
        return ["did not come to an end"]
    step = scenario.steps[last.step]
    texts = [each.seen.text for each in history if each.step == last.step]
    if last.act.why == "met" and step.goal == "told" and not all(said(step.must_say.of(lang), texts)):
        return ["was content without an answer"]
    if last.act.why == "met" and last.step + 1 < len(scenario.steps) and not any(each.seen.waiting for each in history):
        return [f"left with {len(scenario.steps) - last.step - 1} wishes unsaid"]
    tries = sum(1 for each in history if each.step == last.step and not isinstance(each.act, Stop))
    if last.act.why == "gave_up" and step.confirms != "talk" and tries < min(step.patience, 1) + 1:
        return ["gave up before it had tried"]
    return []


def _looped(history: Sequence[Exchange]) -> list[str]:
    offered = {choice for each in history for choice in each.seen.choices}       # to press the same button twice is no loop
    texts = Counter(each.act.text for each in history if isinstance(each.act, Say) and each.act.line not in offered)
    if texts and max(texts.values()) >= SAME:
        return [f"said the same {SAME} times"]
    return ["did not find an end"] if len(history) > MOST + 1 else []
