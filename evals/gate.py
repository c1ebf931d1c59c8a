"""One bound that a run must keep to."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from desk.people import LANGS


def placed(name: str) -> tuple[str, str]:
    """The language and the figure that a name speaks of; "" for the whole.

    >>> placed("fa.recall"), placed("recall.card")
    (('fa', 'recall'), ('', 'recall.card'))
    """
    lang, _, figure = name.partition(".")
    return (lang, figure) if lang in LANGS else ("", name)


@dataclass(frozen=True, kw_only=True)
class Gate:
    """One figure of a run and its bound."""

    suite: str
    name: str                  # `fa.accuracy`, `gap of accuracy`
    value: float | None        # None: it is not there, which holds nothing
    wanted: float
    less: bool = False         # must not exceed it

    @property
    def holds(self) -> bool:
        if self.value is None:
            return False
        return self.value <= self.wanted if self.less else self.value >= self.wanted

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"holds": self.holds}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Gate":
        return cls(**{name: value for name, value in row.items() if name != "holds"})

    def __str__(self) -> str:
        found = "not there" if self.value is None else f"{self.value:.4f}"
        return f"{self.suite}: {self.name} is {found}, wanted {'≤' if self.less else '≥'} {self.wanted:g}"
