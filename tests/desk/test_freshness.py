"""When an article is due for review."""

from datetime import date

import pytest

from desk.freshness import Freshness


@pytest.mark.parametrize(("months", "reviewed", "today", "overdue"), [
    (12, "2025-03-12", date(2026, 3, 12), False),      # to the day it is fresh
    (12, "2025-03-12", date(2026, 3, 13), True),
    (1, "2026-01-31", date(2026, 2, 28), False),       # there is no 31 February
    (1, "2026-01-31", date(2026, 3, 1), True),
    (2, "2025-12-15", date(2026, 2, 16), True),        # over the turn of the year
    (24, "2024-02-29", date(2026, 2, 28), False),
    (0, "1999-01-01", date(2026, 3, 13), False),       # for ever
    (12, "long ago", date(2026, 3, 13), False),        # nobody knows
])
def test_an_article_is_due_some_months_after_its_last_review(months: int, reviewed: str, today: date, overdue: bool) -> None:
    assert Freshness(months).overdue(reviewed, today) is overdue
