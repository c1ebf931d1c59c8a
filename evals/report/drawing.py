"""Where things stand in a drawing: values to pixels, lines to SVG paths."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor

Point = Sequence[float]


@dataclass(frozen=True, kw_only=True)
class Frame:
    """A plot's area, in pixels, and the ranges of values on its axes."""

    x: tuple[float, float] = (0.0, 1.0)
    y: tuple[float, float] = (0.0, 1.0)
    width: int = 320
    height: int = 240
    left: int = 44
    right: int = 12
    top: int = 10
    bottom: int = 40

    def x_at(self, value: float) -> float:
        return round(self.left + self._share(value, self.x) * (self.width - self.left - self.right), 1)

    def y_at(self, value: float) -> float:
        return round(self.height - self.bottom - self._share(value, self.y) * (self.height - self.top - self.bottom), 1)

    def path(self, points: Iterable[Point]) -> str:
        return " ".join(f"{'L' if number else 'M'}{self.x_at(point[0])} {self.y_at(point[1])}" for number, point in enumerate(points))

    @property
    def x_ticks(self) -> list[float]:
        return ticks(*self.x)

    @property
    def y_ticks(self) -> list[float]:
        return ticks(*self.y)

    @staticmethod
    def _share(value: float, ends: tuple[float, float]) -> float:
        return min(max((value - ends[0]) / (ends[1] - ends[0]), 0.0), 1.0)


def ticks(low: float, high: float) -> list[float]:
    """Round numbers from one end to the other, three to six of them.

    >>> ticks(0, 1)
    [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    """
    for step in (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5):
        if (high - low) / step <= 5.001:
            first = -floor(-low / step + 1e-9)
            return [round(number * step, 6) for number in range(first, floor(high / step + 1e-9) + 1)]
    return [low, high]


def span(values: Iterable[float]) -> tuple[float, float]:
    """A range of an axis that holds all values with some air, within 0 and 1 where they are shares."""
    found = list(values)
    low, high = min(found), max(found)
    air = max(0.02, (high - low) * 0.1)
    return (max(0.0, low - air) if low >= 0 else low - air, min(1.0, high + air) if high <= 1 else high + air)
