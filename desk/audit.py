"""The audit trail: append-only rows, each hashed over the one before, so that an edit or a deletion is found."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

GENESIS = "0" * 64
CUT = "audit.cut"              # the beginning was let go of: its detail says through which entry, and that entry's hash


@dataclass(frozen=True, kw_only=True)
class Entry:
    seq: int
    at: datetime
    actor: str                 # account id, "guest", "assistant" or "house"
    action: str
    subject: str | None
    detail: dict[str, Any]
    previous: str
    hash: str


def chain(previous: str, seq: int, at: datetime, actor: str, action: str, subject: str | None, detail: dict[str, Any]) -> str:
    body = json.dumps([previous, seq, at.isoformat(), actor, action, subject, detail], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(body.encode()).hexdigest()


def first_break(entries: list[Entry]) -> int | None:
    """The seq of the first entry that does not follow from the one before it; None if the chain holds."""
    began, previous = _beginning(entries)
    for expected, entry in enumerate(entries, began):
        whole = chain(previous, entry.seq, entry.at, entry.actor, entry.action, entry.subject, entry.detail)
        if entry.seq != expected or entry.previous != previous or entry.hash != whole:
            return expected
        previous = entry.hash
    return None


def _beginning(entries: list[Entry]) -> tuple[int, str]:
    """Where the chain must begin: at its first entry, or behind a cut that a later entry of the chain itself tells of."""
    first = entries[0] if entries else None
    told = {"through": first.seq - 1, "hash": first.previous} if first else None
    if first and first.seq > 1 and any(entry.action == CUT and entry.detail == told for entry in entries):
        return first.seq, first.previous
    return 1, GENESIS
