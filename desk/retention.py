"""How long things are kept. Zero days is for ever; a legal hold exempts the person from all of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Days for each kind, counted from the last thing that happened to it."""

    conversations: int = 365
    tickets: int = 1095        # that are over
    audit: int = 1825
    mail: int = 30
    sessions: int = 7          # that have ended
    verifications: int = 90

    def before(self, kind: str, now: datetime) -> datetime | None:
        """What is older than this moment goes; None: nothing does."""
        days: int = getattr(self, kind)
        return now - timedelta(days=days) if days else None
