"""What the command line brings along from the composition root. Light: nothing heavy is imported here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from evals.work import MakeHouse

KEPT = "runs"                  # the folder of kept runs in a house's home


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Place:
    make_house: MakeHouse | None = None
    runs: Path | None = None   # where records of runs that are under way are kept
    kept: Path | None = None   # and what finished runs found
    facts: Mapping[str, str] = field(default_factory=dict)         # commit and machine
    now: Callable[[], datetime] = _now
