"""A source of the house's own documents: where they lie, who may read them, and how the last look at it ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Source:
    name: str
    kind: str                          # files
    place: str                         # what the kind makes of it: the path of a folder or a file
    audience: str
    lang: str                          # of what does not say; auto: as each passage reads
    added_at: datetime
    added_by: str                      # an account's id, or `house` for the command line
    synced_at: datetime | None = None  # the last look at it, however it ended
    report: Mapping[str, Any] | None = None    # what came of it
