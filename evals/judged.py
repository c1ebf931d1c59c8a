"""What became of one case: right, wrong, or not to be judged; and all that somebody needs to see why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from desk.people import Lang

DIGITS = 6                     # of what is written: enough that figures computed from the file are those of the run


@dataclass(frozen=True, kw_only=True)
class Judged:
    id: str                    # of the case: the same in every run on the same data
    lang: Lang
    text: str
    label: str = ""            # the right answer, where there is one word for it
    got: str = ""
    right: bool | None         # None: the machinery failed (`error` says how); in no figure, and never counted as wrong
    sure: float | None = None  # stated probability of `got`, or of the label that is looked for
    values: Mapping[str, float] = field(default_factory=dict)      # {"recall@1": 1.0, "mrr": 0.5}
    evidence: Mapping[str, Any] = field(default_factory=dict)      # JSON; shown with the worst cases
    transcript: tuple[Mapping[str, str], ...] = ()                 # {"author", "text"} per message
    turns: tuple[Mapping[str, Any], ...] = ()                      # JSON; why each turn of a conversation went as it did
    reason: str = ""           # why it is wrong, in words
    tags: tuple[str, ...] = () # kinds of failure, for the taxonomy
    error: str = ""

    def as_json(self) -> dict[str, Any]:
        """What is empty is left out, beyond the keys that every case has."""
        found: dict[str, Any] = {"id": self.id, "text": self.text, "lang": self.lang, "label": self.label, "got": self.got,
                                 "right": self.right}
        if self.sure is not None:
            found["probability"] = round(self.sure, DIGITS)
        more = {"values": {name: round(value, DIGITS) for name, value in self.values.items()}, "evidence": dict(self.evidence),
                "transcript": [dict(message) for message in self.transcript], "turns": [dict(turn) for turn in self.turns],
                "reason": self.reason, "tags": list(self.tags), "error": self.error}
        return found | {name: value for name, value in more.items() if value}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Judged":
        """Raises KeyError, TypeError or ValueError where the row is not one that `as_json` made."""
        sure = row.get("probability")
        return cls(id=str(row["id"]), lang=cast(Lang, row["lang"]), text=str(row["text"]), label=str(row.get("label", "")),
                   got=str(row.get("got", "")), right=row["right"], sure=None if sure is None else float(sure),
                   values={name: float(value) for name, value in row.get("values", {}).items()}, evidence=row.get("evidence", {}),
                   transcript=tuple(row.get("transcript", ())), turns=tuple(row.get("turns", ())), reason=row.get("reason", ""),
                   tags=tuple(row.get("tags", ())), error=row.get("error", ""))
