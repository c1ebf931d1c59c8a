"""What a guardrail says: pass, or one of few other things, always with a reason."""

from dataclasses import dataclass
from enum import StrEnum

from desk.handoffs import Reason


class Kind(StrEnum):
    PASSES = "passes"
    TAINTS = "taints"          # goes on, but nothing may be written in this turn
    REFUSES = "refuses"        # this call is not made; the planner is told why
    CONFIRMS = "confirms"      # this call is made when the person presses the button of a card that shows it
    WITHHOLDS = "withholds"    # this draft is not shown
    HANDS_OFF = "hands_off"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    kind: Kind
    code: str = ""             # why, as a key: for the planner, the log and the catalogue
    reason: Reason | None = None

    @classmethod
    def passes(cls) -> "Verdict":
        return cls(kind=Kind.PASSES)

    @classmethod
    def taints(cls, code: str) -> "Verdict":
        return cls(kind=Kind.TAINTS, code=code)

    @classmethod
    def refuses(cls, code: str) -> "Verdict":
        return cls(kind=Kind.REFUSES, code=code)

    @classmethod
    def confirms(cls, code: str) -> "Verdict":
        return cls(kind=Kind.CONFIRMS, code=code)

    @classmethod
    def withholds(cls, code: str) -> "Verdict":
        return cls(kind=Kind.WITHHOLDS, code=code)

    @classmethod
    def hands_off(cls, reason: Reason, code: str) -> "Verdict":
        return cls(kind=Kind.HANDS_OFF, code=code, reason=reason)

    @property
    def ok(self) -> bool:
        return self.kind is Kind.PASSES
