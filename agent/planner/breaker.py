"""Leaves a model alone for a while after it failed several times in a row, so that nobody waits for it in vain."""

from datetime import datetime, timedelta

IN_A_ROW = 3
REST = timedelta(seconds=60)


class Breaker:
    """Time is passed in. After the rest one turn tries; only if it gets an answer do the others follow."""

    def __init__(self, *, in_a_row: int = IN_A_ROW, rest: timedelta = REST) -> None:
        self._in_a_row = in_a_row
        self._rest = rest
        self._failures = 0
        self._until: datetime | None = None

    def lets(self, now: datetime) -> bool:
        if self._until is None:
            return True
        if now < self._until:
            return False
        self._until = now + self._rest     # this one tries; the next waits for how it ends
        return True

    def failed(self, now: datetime) -> None:
        self._failures += 1
        if self._failures >= self._in_a_row:
            self._until = now + self._rest

    def worked(self) -> None:
        self._failures, self._until = 0, None
