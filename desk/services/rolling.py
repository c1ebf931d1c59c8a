"""Rolling tools out: an administrator's decision, checked and audited."""

from collections.abc import Collection
from datetime import datetime

from desk.errors import BadInput
from desk.rollouts import ANY, GROUPS, TONGUES, Rollout, Stage
from desk.store import Store

PEOPLE = frozenset({"handoff", "hand_off", "human", "person"})


class Rolling:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def set(self, tool: str, stage: Stage | None, *, group: str = ANY, lang: str = ANY, known: Collection[str], by: str,
                  now: datetime) -> Rollout | None:
        """Decide how far the tool goes for that group and language; None takes the decision back. Every change is audited."""
        _check(tool, group, lang, known)
        async with self._store.begin() as tx:
            before = next((each for each in await tx.rollouts.all() if (each.tool, each.group, each.lang) == (tool, group, lang)), None)
            if (before.stage if before else None) is stage:
                return before
            decided = Rollout(tool=tool, group=group, lang=lang, stage=stage, since=now, by=by) if stage else None
            if decided:
                await tx.rollouts.put(decided)
            else:
                await tx.rollouts.drop(tool, group, lang)
            await tx.audit.add(by, "rollout.changed", now=now, tool=tool, group=group, lang=lang, stage=str(stage) if stage else None,
                               before=str(before.stage) if before else None)
        return decided


def _check(tool: str, group: str, lang: str, known: Collection[str]) -> None:
    if tool in PEOPLE:
        raise BadInput("Reaching a person is no tool and cannot be rolled out: it is always on.", field="tool")
    for field, value, allowed in (("tool", tool, (ANY, *sorted(known))), ("group", group, GROUPS), ("lang", lang, TONGUES)):
        if value not in allowed:
            raise BadInput(f"`{value[:60]}` is no {field} here. Choose one of {', '.join(allowed)}.", field=field)
