"""Cards beside the chat: a form to fill in, or an action to confirm. What is sent there runs exactly as it was shown, once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from desk.codes import digest

OPEN_AT_ONCE = 5               # cards of one conversation; more would be a flood, not a question


class CardKind(StrEnum):
    FORM = "form"
    CONFIRMATION = "confirmation"


class CardState(StrEnum):
    OPEN = "open"
    SUBMITTED = "submitted"    # sent or confirmed, by the button alone
    CANCELLED = "cancelled"    # left by the person: nothing was done
    EXPIRED = "expired"


MOVES: Mapping[CardState, frozenset[CardState]] = {
    CardState.OPEN: frozenset({CardState.SUBMITTED, CardState.CANCELLED, CardState.EXPIRED}),
    CardState.SUBMITTED: frozenset(),
    CardState.CANCELLED: frozenset(),
    CardState.EXPIRED: frozenset(),
}

LASTS: Mapping[CardKind, timedelta] = {
    CardKind.FORM: timedelta(hours=24),              # people look things up before they fill in a form
    CardKind.CONFIRMATION: timedelta(minutes=30),    # what was meant half an hour ago is asked again
}


@dataclass(frozen=True, kw_only=True)
class Card:
    id: str
    conversation: str
    account: str               # whose button it is
    kind: CardKind
    tool: str
    args: dict[str, Any]       # what runs; of a form, what it is prefilled with until it is sent
    seal: str                  # binds these arguments to the person, the conversation, the tool and the card
    state: CardState
    created_at: datetime
    expires_at: datetime

    def alive(self, now: datetime) -> bool:
        return bool(MOVES[self.state]) and now < self.expires_at

    def standing(self, now: datetime) -> CardState:
        """The state as it is told: one that nobody moved expires by itself."""
        return self.state if self.alive(now) or not MOVES[self.state] else CardState.EXPIRED

    @property
    def sealed(self) -> bool:
        """False if anything of the card is not as it was sealed."""
        return self.seal == seal(self.id, self.account, self.conversation, self.tool, self.args)

    @property
    def url(self) -> str:
        return f"/{'requests' if self.kind is CardKind.FORM else 'confirmations'}/{self.id}"

    @property
    def needs(self) -> dict[str, Any]:
        """The card as the API names it."""
        return {"kind": str(self.kind), "url": self.url, "flow": self.id, "tool": self.tool}


def seal(card: str, account: str, conversation: str, tool: str, args: Mapping[str, Any]) -> str:
    return digest(card, account, conversation, tool, json.dumps(args, sort_keys=True, ensure_ascii=False))
