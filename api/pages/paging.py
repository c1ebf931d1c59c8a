"""Pages of a list that is longer than one."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

HIGHEST = 6                    # digits of a page's number


@dataclass(frozen=True, kw_only=True)
class Pager:
    """Where one is in the list."""

    here: int                  # from 1
    last: int
    newer: str                 # queries; empty where there is nothing
    older: str


def pager(here: int, total: int, each: int, asked: Mapping[str, str]) -> Pager:
    last = max(1, -(-total // each))
    said = {name: value for name, value in asked.items() if value}
    return Pager(here=here, last=last, newer=urlencode({**said, "page": min(here, last + 1) - 1}) if here > 1 else "",
                 older=urlencode({**said, "page": here + 1}) if here < last else "")


def page_number(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) <= HIGHEST else 1
