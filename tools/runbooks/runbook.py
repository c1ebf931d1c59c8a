"""What a runbook is: ordered steps, each a check whose finding may end or turn it, or something for the user to try."""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from tools.assets import AssetId
from tools.checks.found import FINDINGS, Weight
from tools.declared import Declared, Trilingual

StepId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
ENDS = ("owner", "disruption", "person")       # our fault: the owner mends it; a known disruption: told; else a person
NEXT = "next"
USUALLY: Mapping[Weight, str] = {Weight.FINE: NEXT, Weight.NOTE: NEXT, Weight.FAULT: "owner", Weight.KNOWN: "disruption"}


class Step(Declared):
    id: StepId
    check: str | None = None
    asset: AssetId | None = None           # of the check; empty: the runbook's own
    if_found: Mapping[str, str] = Field(default_factory=dict)   # finding → next, an end, or a later step; else as usual
    tell: Trilingual | None = None

    @model_validator(mode="after")
    def _checks_or_tells(self) -> Self:
        if (self.check is None) == (self.tell is None):
            raise ValueError("a step has either a `check` or a `tell`")
        if self.check is None:
            if self.asset or self.if_found:
                raise ValueError("`asset` and `if_found` belong to a check")
        elif self.check not in FINDINGS:
            raise ValueError(f"there is no check {self.check}; there are {', '.join(FINDINGS)}")
        elif strange := sorted(set(self.if_found) - set(FINDINGS[self.check])):
            raise ValueError(f"{self.check} never finds {', '.join(strange)}; it finds {', '.join(FINDINGS[self.check])}")
        return self

    def leads_to(self, code: str) -> str:
        assert self.check is not None
        return self.if_found.get(code, USUALLY[FINDINGS[self.check][code]])


class Runbook(Declared):
    id: StepId
    steps: tuple[Step, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _leads_forward(self) -> Self:
        ids = [step.id for step in self.steps]
        if twice := sorted({each for each in ids if ids.count(each) > 1}):
            raise ValueError(f"a step stands twice: {', '.join(twice)}")
        for at, step in enumerate(self.steps):
            for target in step.if_found.values():
                if target not in (NEXT, *ENDS) and target not in ids[at + 1:]:
                    ends = ", ".join((NEXT, *ENDS))
                    raise ValueError(f"step {step.id} leads to {target}, which is neither a later step nor one of {ends}")
        if not any(step.tell for step in self.steps):
            raise ValueError("a runbook tells the user at least one thing to try")
        return self

    def after(self, passed: frozenset[str]) -> tuple[Step, ...]:
        """The steps behind the last one that was passed: none is ever taken twice."""
        last = max((at for at, step in enumerate(self.steps) if step.id in passed), default=-1)
        return self.steps[last + 1:]
