"""What a bench found: rows of timings with their spread, goals and whether they hold, as text and as JSON."""

import operator
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

import numpy as np

REPEATS = 400                  # of the bootstrap
DIGITS = 2
UNITS = {"ms": 1000.0, "s": 1.0}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One thing that was timed again and again. Seconds come in, `unit` is shown."""

    name: str
    seconds: Sequence[float]
    unit: str = "ms"

    @property
    def n(self) -> int:
        return len(self.seconds)

    def at(self, percent: float) -> float:
        return float(np.percentile(self.seconds, percent)) * UNITS[self.unit]

    def spread(self, percent: float, seed: int) -> tuple[float, float]:
        """95 % interval of the percentile, by drawing the timings again."""
        draw, values = np.random.default_rng(seed), np.asarray(self.seconds)
        found = np.percentile(values[draw.integers(0, self.n, (REPEATS, self.n))], percent, axis=1) * UNITS[self.unit]
        low, high = np.quantile(found, (0.025, 0.975))
        return float(low), float(high)


@dataclass(frozen=True, kw_only=True)
class Goal:
    """One figure and the bound that measures it: `most` or `least`."""

    name: str
    value: float
    most: float | None = None
    least: float | None = None

    @property
    def holds(self) -> bool:
        bounds: tuple[tuple[float | None, Callable[[float, float], bool]], ...] = ((self.most, operator.le), (self.least, operator.ge))
        return all(compare(self.value, bound) for bound, compare in bounds if bound is not None)

    def __str__(self) -> str:
        wanted = f"≤ {self.most:g}" if self.most is not None else f"≥ {self.least:g}"
        return f"{'✓' if self.holds else '✗'} {self.name}: {self.value:.{DIGITS}f} ({wanted})"


@dataclass(kw_only=True)
class Bench:
    suite: str
    seed: int
    rows: list[Row] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    facts: dict[str, float] = field(default_factory=dict)      # what is no timing: turns a second, MB
    peers: dict[str, dict[str, float]] = field(default_factory=dict)

    @property
    def failing(self) -> list[str]:
        return [str(goal) for goal in self.goals if not goal.holds]

    def as_json(self) -> dict[str, Any]:
        metrics = {f"{row.name}.p{percent} {row.unit}": round(row.at(percent), DIGITS) for row in self.rows for percent in (50, 95)}
        metrics |= {name: round(value, DIGITS) for name, value in self.facts.items()}
        metrics |= {goal.name: round(goal.value, DIGITS) for goal in self.goals}
        intervals = {f"{row.name}.p50 {row.unit}": [round(edge, DIGITS) for edge in row.spread(50, self.seed)] for row in self.rows}
        cases = [{"name": row.name, "n": row.n, "unit": row.unit, "values": [round(each * UNITS[row.unit], 3) for each in row.seconds]}
                 for row in self.rows]
        return {"suite": f"bench.{self.suite}", "n": sum(row.n for row in self.rows), "seed": self.seed, "versions": versions(),
                "metrics": metrics, "by_lang": {}, "intervals": intervals,
                "peers": {peer: {name: round(value, DIGITS) for name, value in found.items()} for peer, found in self.peers.items()},
                "goals": [{"name": goal.name, "value": round(goal.value, 4), "most": goal.most, "least": goal.least, "holds": goal.holds}
                          for goal in self.goals], "cases": cases}

    def as_text(self) -> str:
        wide = max([len(row.name) for row in self.rows] + [len(name) for name in self.facts] + [20])
        lines = [f"bench {self.suite} (seed {self.seed})", f"{'':<{wide}}  {'n':>5}  {'p50':>10}  {'[95 %]':>21}  {'p95':>10}"]
        for row in self.rows:
            low, high = row.spread(50, self.seed)
            middle, spread = f"{row.at(50):>7.1f} {row.unit:<2}", f"[{low:>8.1f} – {high:>8.1f}]"
            lines.append(f"{row.name:<{wide}}  {row.n:>5}  {middle}  {spread}  {row.at(95):>7.1f} {row.unit}")
        lines += [f"{name:<{wide}}  {value:.{DIGITS}f}" for name, value in self.facts.items()]
        return "\n".join([*lines, *map(str, self.goals)])


def versions() -> dict[str, str]:
    return {"python": platform.python_version(), **{name: version(name) for name in ("yavar", "langgraph", "langchain", "chromadb")}}
