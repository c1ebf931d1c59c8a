"""Walks a runbook: from check to check until something is found, something is to be told, or the steps are used up."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tools.checks.found import Found
from tools.runbooks.runbook import ENDS, NEXT, Step

LookAt = Callable[[Step], Awaitable[Found | None]]


class Halt(StrEnum):
    CLEAR = "clear"            # all checks until the first thing to try found nothing wrong
    TELL = "tell"              # something for the user to try
    OWNER = "owner"            # a fault of ours
    DISRUPTION = "disruption"  # the desk knows of it
    PERSON = "person"          # the runbook says that a person should look
    USED_UP = "used_up"        # no step is left


@dataclass(frozen=True, kw_only=True)
class Halted:
    halt: Halt
    step: Step | None          # where; None behind the last
    found: Found | None        # what decided
    seen: tuple[tuple[Step, Found], ...]


async def walk(steps: Sequence[Step], look: LookAt, *, checks_only: bool) -> Halted:
    """With `checks_only` it halts before the first thing to try, and leaves it for later."""
    seen: list[tuple[Step, Found]] = []
    jump: str | None = None
    for step in steps:
        if jump and step.id != jump:
            continue
        jump = None
        if step.tell is not None:
            return Halted(halt=Halt.CLEAR if checks_only else Halt.TELL, step=step, found=None, seen=tuple(seen))
        found = await look(step)
        if found is None:
            continue
        seen.append((step, found))
        target = step.leads_to(found.code)
        if target in ENDS:
            return Halted(halt=Halt(target), step=step, found=found, seen=tuple(seen))
        jump = None if target == NEXT else target
    return Halted(halt=Halt.USED_UP, step=None, found=None, seen=tuple(seen))
