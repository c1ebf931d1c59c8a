"""What a check may find, and what each finding means for the one who asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Weight(StrEnum):
    FINE = "fine"
    NOTE = "note"              # worth a line under Details; nothing is wrong for the user
    FAULT = "fault"            # the service's own: the team that owns it mends it
    KNOWN = "known"            # a disruption that the desk has declared


FINDINGS: Mapping[str, Mapping[str, Weight]] = {
    "known": {"clear": Weight.FINE, "planned": Weight.NOTE, "incident": Weight.KNOWN, "maintenance": Weight.KNOWN},
    "dns": {"resolves": Weight.FINE, "unknown_name": Weight.FAULT, "not_allowed": Weight.FAULT, "silent": Weight.FAULT},
    "tcp": {"open": Weight.FINE, "refused": Weight.FAULT, "silent": Weight.FAULT, "unreachable": Weight.FAULT},
    "tls": {"valid": Weight.FINE, "expiring": Weight.NOTE, "expired": Weight.FAULT, "not_yet": Weight.FAULT, "wrong_name": Weight.FAULT,
            "untrusted": Weight.FAULT, "no_handshake": Weight.FAULT},
    "http": {"ok": Weight.FINE, "denied": Weight.FINE, "slow": Weight.FAULT, "server_error": Weight.FAULT, "missing": Weight.FAULT,
             "silent": Weight.FAULT, "broken": Weight.FAULT},
    "status": {"up": Weight.FINE, "limited": Weight.FAULT, "down": Weight.FAULT, "unclear": Weight.NOTE},
}


@dataclass(frozen=True, kw_only=True)
class Found:
    """One finding. `figures` are plain numbers and dates for Details; no addresses."""

    asset: str
    check: str
    code: str
    figures: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        assert self.code in FINDINGS[self.check], (self.check, self.code)

    @property
    def weight(self) -> Weight:
        return FINDINGS[self.check][self.code]
