"""Working hours of the desk: is somebody on duty, and when is a promise due."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from desk.errors import BadInput

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SPAN = re.compile(r"(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))?\s+(?P<start>\d\d:\d\d)-(?P<end>\d\d:\d\d)")


class BadHours(BadInput):
    """Working hours are written like `Sun-Thu 08:00-17:00, Sat 09:00-12:00`."""

    code = "bad_hours"


@dataclass(frozen=True)
class Hours:
    """The weekly hours: for each weekday (Monday is 0) its span in minutes of the day, or none."""

    days: tuple[tuple[int, int] | None, ...]
    timezone: str = "UTC"

    @classmethod
    def parse(cls, text: str, timezone: str = "UTC") -> "Hours":
        days: list[tuple[int, int] | None] = [None] * 7
        for part in text.lower().split(","):
            found = SPAN.fullmatch(part.strip())
            if not found or found["first"] not in DAYS or (found["last"] or found["first"]) not in DAYS:
                raise BadHours(f"`{part.strip()}` is no span of hours. {BadHours.__doc__}")
            first, last = DAYS.index(found["first"]), DAYS.index(found["last"] or found["first"])
            for step in range((last - first) % 7 + 1):
                days[(first + step) % 7] = (_minutes(found["start"]), _minutes(found["end"]))
        return cls(tuple(days), timezone)

    def on_duty(self, now: datetime) -> bool:
        local = now.astimezone(ZoneInfo(self.timezone))
        span = self.days[local.weekday()]
        return span is not None and span[0] <= local.hour * 60 + local.minute < span[1]

    def add(self, start: datetime, length: timedelta) -> datetime:
        """The moment at which `length` of working time has passed since `start`, in UTC."""
        if not any(self.days):
            raise BadHours("The desk has no working hours at all.")
        left, day = length, start.astimezone(ZoneInfo(self.timezone)).date()
        while True:
            opens, closes = self._span(day)
            if opens is not None and closes is not None:
                begin = max(opens, start.astimezone(UTC))
                if closes - begin >= left and begin < closes:
                    return begin + left
                left -= max(closes - begin, timedelta(0))
            day += timedelta(days=1)

    def spans(self, start: datetime, days: int) -> Iterator[tuple[datetime, datetime]]:
        """From when to when the desk works on each of the days from `start` on, in UTC."""
        first = start.astimezone(ZoneInfo(self.timezone)).date()
        for step in range(days):
            opens, closes = self._span(first + timedelta(days=step))
            if opens is not None and closes is not None:
                yield opens, closes

    def _span(self, day: date) -> tuple[datetime | None, datetime | None]:
        span = self.days[day.weekday()]
        if span is None:
            return None, None
        midnight = datetime.combine(day, time(), ZoneInfo(self.timezone))
        ends = tuple((midnight + timedelta(minutes=minute)).astimezone(UTC) for minute in span)
        return ends[0], ends[1]


def _minutes(text: str) -> int:
    hours, minutes = (int(part) for part in text.split(":"))
    if hours * 60 + minutes > 24 * 60 or minutes > 59:
        raise BadHours(f"`{text}` is no time of day. {BadHours.__doc__}")
    return hours * 60 + minutes
