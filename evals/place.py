"""What the command line brings along from the composition root. Light: nothing heavy is imported here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from evals.work import MakeHouse


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Place:
    make_house: MakeHouse | None = None
    runs: Path | None = None   # where records of runs are kept
    facts: Mapping[str, str] = field(default_factory=dict)         # commit and machine
    now: Callable[[], datetime] = _now
