"""Can a stranger tell by the clock whether an account exists? Known and unknown names in turn, to a running server of its own."""

import random
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from evals.served import served

KNOWN, UNKNOWN = "user", "resu"
PASSWORD = "not the right one"  # noqa: S105  wrong on purpose
GOAL_MS = 5.0                  # the difference of medians that must not be reached
WARM = 20                      # pairs that are not counted
RESAMPLES = 1000
NINETY_FIVE = (0.025, 0.975)


@dataclass(frozen=True, kw_only=True)
class Door:
    """One way in at which somebody may try names."""

    name: str
    path: str
    known: dict[str, Any]
    unknown: dict[str, Any]
    form: bool = False


DOORS = (
    Door(name="guest", path="/api/v1/conversations/guest", known={"account": KNOWN}, unknown={"account": UNKNOWN}),
    Door(name="guest_page", path="/signin/help", known={"account": KNOWN}, unknown={"account": UNKNOWN}, form=True),
    Door(name="sign_in", path="/signin", known={"name": KNOWN, "password": PASSWORD}, unknown={"name": UNKNOWN, "password": PASSWORD},
         form=True),
)


@dataclass(frozen=True, kw_only=True)
class Figure:
    door: str
    pairs: int
    known_ms: float
    unknown_ms: float
    low_ms: float
    high_ms: float

    @property
    def difference_ms(self) -> float:
        return self.known_ms - self.unknown_ms

    @property
    def holds(self) -> bool:
        return abs(self.difference_ms) < GOAL_MS


def measure(pairs: int, seed: int, doors: tuple[Door, ...] = DOORS) -> Iterator[Figure]:
    """For each door, as soon as it is measured, the medians of both kinds and a bootstrap interval of their difference."""
    chance = random.Random(seed)
    with served() as url, httpx.Client(base_url=url, timeout=60) as client:
        for door in doors:
            yield _figure(door, *_times(client, door, pairs, chance), seed)


def as_json(figures: list[Figure], pairs: int, seed: int) -> dict[str, Any]:
    return {"suite": "bench.enumeration", "n": pairs, "seed": seed,
            "metrics": {f"{figure.door}.difference_ms": round(figure.difference_ms, 3) for figure in figures}
            | {f"{figure.door}.median_ms": round(figure.unknown_ms, 3) for figure in figures},
            "intervals": {f"{figure.door}.difference_ms": [round(figure.low_ms, 3), round(figure.high_ms, 3)] for figure in figures}}


def _times(client: httpx.Client, door: Door, pairs: int, chance: random.Random) -> tuple[list[float], list[float]]:
    """In random order within each pair: a slow moment of the machine meets both kinds alike."""
    found: dict[bool, list[float]] = {True: [], False: []}
    for number in range(pairs + WARM):
        for known in chance.sample((True, False), 2):
            took = _ask(client, door, door.known if known else door.unknown)
            if number >= WARM:
                found[known].append(took)
    return found[True], found[False]


def _ask(client: httpx.Client, door: Door, body: dict[str, Any]) -> float:
    client.cookies.clear()
    began = time.perf_counter()
    answer = client.post(door.path, data=body) if door.form else client.post(door.path, json=body)
    took = (time.perf_counter() - began) * 1000
    if answer.status_code >= 500 or answer.status_code == 429:
        raise RuntimeError(f"{door.path} answered {answer.status_code}")
    return took


def _figure(door: Door, known: list[float], unknown: list[float], seed: int) -> Figure:
    chance = random.Random(seed)
    pairs = list(zip(known, unknown, strict=True))
    differences = []
    for _ in range(RESAMPLES):
        drawn = chance.choices(pairs, k=len(pairs))
        differences.append(statistics.median(pair[0] for pair in drawn) - statistics.median(pair[1] for pair in drawn))
    differences.sort()
    low, high = (differences[min(RESAMPLES - 1, int(share * RESAMPLES))] for share in NINETY_FIVE)
    return Figure(door=door.name, pairs=len(pairs), known_ms=statistics.median(known), unknown_ms=statistics.median(unknown),
                  low_ms=low, high_ms=high)
