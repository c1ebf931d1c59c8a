"""What goes out about kept runs of the exams."""

from datetime import datetime
from math import isfinite
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field

from api.evaluation_cases import Outcome
from api.shapes import Shape


def _finite(value: Any) -> Any:
    """JSON has no number for what is none: a file may hold it all the same."""
    return None if isinstance(value, float) and not isfinite(value) else value


Number = Annotated[float | None, BeforeValidator(_finite)]
Figures = dict[str, Number]


class FromRun(Shape):
    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)


class GateShown(FromRun):
    name: str
    value: Number
    wanted: float
    less: bool = Field(description="It must not exceed `wanted`")
    holds: bool


class SuiteShown(FromRun):
    suite: str
    about: str
    n: int
    seed: int
    repeat: int
    at: str
    versions: dict[str, str]
    metrics: Figures
    by_lang: dict[str, Figures]
    intervals: dict[str, tuple[Number, Number]] = Field(description="95 %; of one language under a name like `fa.recall`")
    goals: Figures
    less: list[str] = Field(description="Figures where less is better")
    gap: Figures
    errors: int = Field(description="Attempts that could not be judged: in no figure")
    peers: dict[str, Figures]
    peer_errors: dict[str, str]
    gates: list[GateShown]


class RunShown(FromRun):
    id: str
    at: datetime = Field(description="When it was kept")
    size: int = Field(description="Bytes")
    suites: list[SuiteShown]
    unreadable: str = Field(description="Empty, or why: `not_a_run`, `too_large`, `no_access`")
    detail: str


class RunsShown(Shape):
    runs: list[RunShown]
    total: int


class CaseLine(Shape):
    number: int = Field(description="Over all suites of the run")
    suite: str
    id: str
    lang: str
    text: str
    label: str
    got: str
    outcome: Outcome
    reason: str


class CasesShown(Shape):
    cases: list[CaseLine]
    total: int


class CaseShown(CaseLine):
    probability: Number
    values: Figures
    evidence: dict[str, Any]
    transcript: list[dict[str, Any]]
    turns: list[dict[str, Any]] = Field(description="Why each turn went as it did; `at` names its message in the transcript, from 1")
    tags: list[str]
    error: str


class DifferenceShown(FromRun):
    name: str
    n: int
    before: Number
    after: Number
    change: Number
    low: Number
    high: Number
    q: float = Field(description="By Benjamini and Hochberg over the suite's figures")
    test: str
    significant: bool
    worse: bool


class ChangeShown(Shape):
    suite: str
    id: str
    lang: str
    text: str
    before: Outcome
    after: Outcome
    number_before: int
    number: int


class ComparisonShown(Shape):
    state: str = Field(description="`done`; `waiting`: the figures are being worked out, ask again; `failed`")
    differences: dict[str, list[DifferenceShown]]
    changes: list[ChangeShown]
    changed: int
