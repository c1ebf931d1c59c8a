"""How long an article may stand without anybody having looked at it."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Freshness:
    months: int = 12           # 0: for ever

    def overdue(self, reviewed: str, today: date) -> bool:
        """Whether an article last reviewed on that ISO date is due again; one of which nobody knows when is not."""
        try:
            last = date.fromisoformat(reviewed)
        except ValueError:
            return False
        return bool(self.months) and _after(last, self.months) < today


def _after(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
