"""Asks every case, several at a time, each within its time. What the machinery can't do is no answer, and no wrong one either."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from evals.exam import AnyCase, Judge, Judged
from evals.work import ATTEMPT

Key = tuple[str, int]          # a case's id, and which attempt at it


async def ask(cases: Sequence[AnyCase], judge: Judge, *, repeat: int, tasks: int, within: float, known: Mapping[Key, Judged],
              done: Callable[[Key, Judged], None]) -> list[Judged]:
    """All attempts at all cases, in their order, whatever the order in which they end. Those that are `known` are not asked again.

    `within` are seconds for one attempt; `done` is called for each that was asked.
    """
    wanted = [(case, attempt) for attempt in range(repeat) for case in cases]
    found: dict[Key, Judged] = {}
    line = iter(wanted)

    async def work() -> None:
        for case, attempt in line:
            key = (case.id, attempt)
            if key in known:
                found[key] = known[key]
            else:
                ATTEMPT.set(attempt)
                found[key] = plain(await _judged(case, judge, within))
                done(key, found[key])

    async with asyncio.TaskGroup() as group:
        for _ in range(min(tasks, len(wanted))):
            group.create_task(work())
    return [found[case.id, attempt] for case, attempt in wanted]


def plain(judged: Judged) -> Judged:
    """As it will be read from a file again: figures are the same whether a run was broken off in between or not."""
    return Judged.from_json(judged.as_json())


def not_judged(case: AnyCase, error: str) -> Judged:
    return Judged(id=case.id, lang=case.lang, text=case.text, label=str(getattr(case, "label", "")), right=None, error=error)


async def _judged(case: AnyCase, judge: Judge, within: float) -> Judged:
    try:
        async with asyncio.timeout(within):
            return await judge(case)
    except TimeoutError:
        return not_judged(case, f"no answer within {within:g} s")
    except Exception as error:         # whatever it is, it says nothing about the answer
        return not_judged(case, f"{type(error).__name__}: {error}")
