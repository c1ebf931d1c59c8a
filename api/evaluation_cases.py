"""What is shown of a run: the cases that fit, how each came out, and the figures that its goals are about."""

from collections.abc import Mapping
from typing import Literal

from api.evaluations import Case, Numbered, Run, Suite
from desk.errors import NotFound

Outcome = Literal["wrong", "unjudged", "right"]
OUTCOMES: Mapping[Outcome, bool | None] = {"wrong": False, "unjudged": None, "right": True}


def chosen(run: Run, *, suite: str = "", lang: str = "", outcome: Outcome | None = None) -> list[Numbered]:
    """The cases that fit all that is asked for, the worst first."""
    return [each for each in run.cases if suite in ("", each.suite) and lang in ("", each.case.lang)
            and (outcome is None or each.case.right is OUTCOMES[outcome])]


def case_of(run: Run, number: int) -> Numbered:
    for each in run.cases:
        if each.number == number:
            return each
    raise NotFound()


def outcome_of(case: Case) -> Outcome:
    return "unjudged" if case.right is None else "right" if case.right else "wrong"


def reached(suite: Suite, name: str, value: float | None) -> bool | None:
    """Whether a figure reaches its goal; None where it has none."""
    goal = suite.goals.get(name)
    if goal is None or value is None:
        return None
    return value <= goal if name in suite.less else value >= goal


def headline(suite: Suite) -> list[str]:
    """The figures that have goals; else the first."""
    return [name for name in suite.metrics if name in suite.goals] or list(suite.metrics)[:1]
