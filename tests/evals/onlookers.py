"""What tests of the runner need: somebody who looks on, and the time."""

from datetime import UTC, datetime


class Onlooker:
    """Counts what is shown."""

    def __init__(self) -> None:
        self.asked = 0

    def begin(self, suite: str, attempts: int) -> None:
        pass

    def done(self) -> None:
        self.asked += 1

    def say(self, line: str) -> None:
        pass


def noon() -> datetime:
    return datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
