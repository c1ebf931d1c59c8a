"""Runbooks lead forward, say it in three languages, and are walked so that no step comes twice."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.checks.found import Found
from tools.declared import BadDeclaration, read
from tools.runbooks import shipped
from tools.runbooks.runbook import Runbook, Step
from tools.runbooks.walking import Halt, walk

GOOD = """id: thing
steps:
  - {id: port, check: tcp, if_found: {refused: later}}
  - id: first
    tell: {en: One., ar: واحد., fa: یک.}
  - id: later
    tell: {en: Two., ar: اثنان., fa: دو.}
"""
OWN_LETTERS = {"ar": re.compile("[پچژگکی]"), "fa": re.compile("[كيةى٠-٩]")}
MIRRORED = re.compile("[“”]")


@pytest.mark.parametrize(("change", "line", "said"), [
    (("check: tcp", "check: telepathy"), 3, "there is no check telepathy"),
    (("refused: later", "melted: later"), 3, "tcp never finds melted"),
    (("refused: later", "refused: nowhere"), 1, "neither a later step"),
    (("id: later", "id: first"), 1, "stands twice"),
    (("fa: دو.", ""), 7, "Field required"),
    (("tell: {en: One., ar: واحد., fa: یک.}", "check: tcp\n    tell: {en: One., ar: واحد., fa: یک.}"), 4, "either a `check` or a `tell`"),
])
def test_what_is_wrong_in_a_runbook_is_named_with_its_line(change: tuple[str, str], line: int, said: str) -> None:
    assert read(GOOD, "thing.yaml", Runbook)
    with pytest.raises(BadDeclaration) as told:
        read(GOOD.replace(*change), "thing.yaml", Runbook)
    assert f"thing.yaml:{line}:" in str(told.value) and said in str(told.value), str(told.value)


def test_ten_runbooks_ship_and_each_first_asks_what_is_known() -> None:
    assert len(shipped()) == 10
    assert {runbook.steps[0].check for runbook in shipped().values()} == {"known"}
    assert all(sum(1 for step in runbook.steps if step.tell) >= 3 for runbook in shipped().values())


@pytest.mark.parametrize("runbook", shipped())
@pytest.mark.parametrize("lang", ["ar", "fa"])
def test_steps_are_written_in_the_letters_of_their_language(runbook: str, lang: str) -> None:
    told = [step.tell.in_(lang) for step in shipped()[runbook].steps if step.tell]
    assert [text for text in told if OWN_LETTERS[lang].search(text) or MIRRORED.search(text)] == []


def _thing() -> Runbook:
    return read(GOOD, "thing.yaml", Runbook)


def _finds(code: str):
    async def look(step: Step) -> Found:
        return Found(asset="thing", check=str(step.check), code=code)
    return look


@pytest.mark.parametrize(("code", "checks_only", "halt", "step"), [
    ("open", True, Halt.CLEAR, "first"), ("open", False, Halt.TELL, "first"),
    ("refused", False, Halt.TELL, "later"),                                  # this runbook jumps there
    ("silent", False, Halt.OWNER, "port"), ("silent", True, Halt.OWNER, "port"),
])
async def test_a_walk_halts_where_something_is_to_be_said(code: str, checks_only: bool, halt: Halt, step: str) -> None:
    halted = await walk(_thing().steps, _finds(code), checks_only=checks_only)
    assert halted.halt is halt and halted.step is not None and halted.step.id == step


@given(st.lists(st.sampled_from(["open", "refused", "silent"]), min_size=1, max_size=8))
async def test_no_step_is_told_twice_and_a_walk_ends(codes: list[str]) -> None:
    passed: frozenset[str] = frozenset()
    told: list[str] = []
    for code in codes * 3:
        halted = await walk(_thing().after(passed), _finds(code), checks_only=False)
        if halted.halt is Halt.TELL and halted.step:
            told.append(halted.step.id)
            passed |= {halted.step.id}
        if halted.halt is Halt.USED_UP:
            break
    assert len(told) == len(set(told))
    assert (await walk(_thing().after(frozenset({"later"})), _finds("open"), checks_only=False)).halt is Halt.USED_UP
