"""What came of one message, as far as two versions are compared: acts, handoff, what was cited, language. Words are not compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from desk.handoffs import Reason
from desk.people import LANGS
from evals.harvest.record import topics_of

# In the order in which they are told. The service is not looked at in a replay, so that after a check only what led to it is compared.
KINDS: Mapping[str, str] = {
    "act": "other tools were called, or in another order",
    "handoff": "handed over by the one and not by the other",
    "reason": "handed over for another reason",
    "topics": "other articles were cited",
    "language": "answered in another language",
}
CHECKS = ("run_diagnostic", "continue_runbook")


@dataclass(frozen=True, kw_only=True)
class Did:
    tools: tuple[str, ...]
    handoff: str               # its reason; "" for none
    topics: tuple[str, ...]
    lang: str

    @classmethod
    def of(cls, answer: Mapping[str, Any], topics: Mapping[str, str]) -> "Did":
        """Of a turn's answer, as it was recorded or has just been given. `topics` names those of documents."""
        reply = answer.get("reply") or {}
        return cls(tools=tuple(each["tool"] for each in answer.get("actions", ())), topics=topics_of(reply.get("citations", []), topics),
                   handoff=(answer.get("handoff") or {}).get("reason", ""), lang=str(reply.get("lang") or ""))

    @property
    def checked(self) -> bool:
        return any(tool in CHECKS for tool in self.tools)

    @property
    def broke(self) -> bool:
        """The machinery did not manage: no word on the version."""
        return self.handoff == Reason.PLANNER_DOWN

    def as_json(self) -> dict[str, Any]:
        return {"tools": list(self.tools), "handoff": self.handoff, "topics": list(self.topics), "lang": self.lang}

    def __str__(self) -> str:
        parts = [" → ".join(self.tools) or ("" if self.handoff else "only spoke"), f"handed over: {self.handoff}" if self.handoff else "",
                 f"cited {', '.join(self.topics)}" if self.topics else "", f"in {self.lang}" if self.lang in LANGS else ""]
        return "; ".join(part for part in parts if part)


def differences(before: Did, now: Did) -> tuple[str, ...]:
    """The kinds in which the two differ, of KINDS."""
    differ = {"act": _until_check(before) != _until_check(now), "language": before.lang != now.lang}
    if not (before.checked and now.checked):
        differ["handoff"] = bool(before.handoff) != bool(now.handoff)
        differ["reason"] = bool(before.handoff and now.handoff) and before.handoff != now.handoff
        differ["topics"] = not differ["handoff"] and set(before.topics) != set(now.topics)
    return tuple(kind for kind in KINDS if differ.get(kind))


def _until_check(did: Did) -> tuple[str, ...]:
    first = next((at for at, tool in enumerate(did.tools) if tool in CHECKS), len(did.tools))
    return did.tools[:first + 1]
