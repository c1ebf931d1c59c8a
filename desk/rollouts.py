"""Rollout: how far each tool may go for a group and a language; and proposals, what a tool would do and nobody has done yet."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from desk.codes import digest
from desk.people import LANGS, Lang, Role

ANY = "*"                      # every tool, every group or every language
GROUPS = (ANY, *(str(role) for role in Role))
TONGUES = (ANY, *LANGS)
LOOK_WITHIN = timedelta(minutes=30)    # of working time: by then somebody has decided on a proposal, or a person is brought


class Stage(StrEnum):
    OFF = "off"                # never runs; the user is offered a person
    SHADOW = "shadow"          # decides and records; for the user it is off
    SUGGEST = "suggest"        # runs when an agent has approved exactly this call
    AUTOMATIC = "automatic"


WHERE_NOBODY_SAID = Stage.AUTOMATIC


@dataclass(frozen=True, kw_only=True)
class Rollout:
    """One decision of an administrator. Each of `tool`, `group` and `lang` may be ANY."""

    tool: str
    group: str
    lang: str
    stage: Stage
    since: datetime
    by: str                    # account, or "operator" from the command line

    @property
    def exactness(self) -> tuple[bool, bool, bool]:
        return self.tool != ANY, self.group != ANY, self.lang != ANY

    def covers(self, tool: str, group: str, lang: str) -> bool:
        return self.tool in (ANY, tool) and self.group in (ANY, group) and self.lang in (ANY, lang)


def stage_of(rollouts: Iterable[Rollout], tool: str, group: str, lang: str) -> Stage:
    """What holds: the most exact decision that covers the call. A tool's own outweighs the group's, the group's the language's."""
    covering = [each for each in rollouts if each.covers(tool, group, lang)]
    return max(covering, key=lambda each: each.exactness).stage if covering else WHERE_NOBODY_SAID


class Decision(StrEnum):
    WATCHED = "watched"        # shadow: nothing comes of it; an agent may say whether it would have been right
    WAITING = "waiting"        # suggest: an agent is to decide
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"        # nobody decided in time; a person was brought


MOVES: Mapping[Decision, frozenset[Decision]] = {
    Decision.WATCHED: frozenset(),
    Decision.WAITING: frozenset({Decision.APPROVED, Decision.REJECTED, Decision.EXPIRED}),
    Decision.APPROVED: frozenset(),
    Decision.REJECTED: frozenset(),
    Decision.EXPIRED: frozenset(),
}


@dataclass(frozen=True, kw_only=True)
class Proposal:
    id: str
    key: str                   # the turn's key of the call: a turn that runs again proposes nothing new
    turn: str
    conversation: str
    account: str | None        # whose; None for a guest's
    group: str
    lang: Lang
    tool: str
    args: dict[str, Any]       # as the tool's schema reads them: what is approved is what runs
    seal: str
    stage: Stage
    decision: Decision
    created_at: datetime
    expires_at: datetime
    by: str | None = None      # who decided
    decided_at: datetime | None = None
    right: bool | None = None  # shadow: an agent's word on whether it would have been right
    outcome: dict[str, Any] | None = None   # what came of it when it ran

    def open(self, now: datetime) -> bool:
        return self.decision is Decision.WAITING and now < self.expires_at


def seal_of(tool: str, args: Mapping[str, Any]) -> str:
    """Two calls have the same seal only if they are the same call."""
    return digest(tool, json.dumps(dict(args), sort_keys=True, ensure_ascii=False))
