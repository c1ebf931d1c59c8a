"""From what was found to lines for review: one a message, without anything that leads to a person; added to a file that may be there."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from desk.store import Store
from evals.case import BadData
from evals.harvest.personal import Known
from evals.harvest.record import Record, records, topics_of
from evals.harvest.signals import HUMAN, SIGNALS, Found, first_of
from evals.review import Sheet, write_lines

HASHED = 20                    # hexadecimal digits of a name
# What the label of a first action says in another suite; other suites' labels are for somebody to say.
IMPLIES: dict[str, Callable[[str], str]] = {"routing": lambda label: label, "human": lambda label: HUMAN if label == HUMAN else "other"}


@dataclass(frozen=True, kw_only=True)
class Harvest:
    rows: tuple[dict[str, Any], ...]
    given_up: int              # messages whose text would have led to somebody
    why: Counter[str]          # signals, by how many of the rows they are in


async def harvest(store: Store, *, suite: str, since: datetime | None, hashed: Callable[[str], str]) -> Harvest:
    """What people corrected or rated since then. `hashed` gives a name that only this house can lead back."""
    found, given_up = [], 0
    async with store.read() as tx:
        known = await Known.of(tx)
        async for record in records(tx, since):
            for candidate in _of(record):
                row = _row(candidate, record, known, suite, hashed)
                given_up += row is None
                found += [row] if row else []
    return Harvest(rows=tuple(found), given_up=given_up, why=Counter(why for row in found for why in row["why"]))


def _of(record: Record) -> list[list[Found]]:
    """What was found, message by message."""
    by_turn: dict[str, list[Found]] = {}
    for signal in SIGNALS:
        for found in signal(record):
            by_turn.setdefault(found.turn.id, []).append(found)
    return sorted(by_turn.values(), key=lambda found: found[0].turn.seq)


def _row(found: Sequence[Found], record: Record, known: Known, suite: str, hashed: Callable[[str], str]) -> dict[str, Any] | None:
    """None where the text would lead to somebody."""
    turn = found[0].turn
    text = known.clean(turn.text)
    if text is None:
        return None
    said = {each.label for each in found if each.label is not None}
    implied = IMPLIES[suite](said.pop()) if len(said) == 1 and suite in IMPLIES else None     # two people who differ imply nothing
    note = known.clean(next((each.note for each in found if each.note), ""))
    row = {"text": text, "lang": turn.lang, "label": implied, "reviewed": False, "suite": suite, "proposed": implied,
           "why": list(dict.fromkeys(each.why for each in found)), "did": did(record, found[0].turn),
           "case": hashed(turn.id)[:HASHED], "conversation": hashed(record.conversation.id)[:HASHED]}
    then = next((each.then for each in found if each.then), "")
    return row | {name: value for name, value in (("then", then), ("note", note)) if value}


def did(record: Record, turn: Any) -> dict[str, Any]:
    """What the assistant did with the message, without a word that it said."""
    answer = turn.answer or {}
    told = record.told(turn)
    topics = topics_of(told.citations, record.topics) if told else ()
    return {"first": first_of(turn) or "", "tools": [each["tool"] for each in answer.get("actions", ())],
            "handoff": (answer.get("handoff") or {}).get("reason", ""), "topics": list(topics)}


def add(path: Path, rows: Sequence[dict[str, Any]]) -> int:
    """Add those that the file does not have yet; what was reviewed in it stays as it is. How many were added. Raises BadData."""
    if not path.parent.is_dir():
        raise BadData(f"{path}: there is no folder {path.parent}")
    before = Sheet.read(path).rows if path.exists() and path.stat().st_size else []
    known = {(row.get("suite"), row.get("case")) for row in before}
    fresh = [row for row in rows if (row["suite"], row["case"]) not in known]
    write_lines(path, [*before, *fresh])
    return len(fresh)
