"""What a house says beside its answers while it is attacked: lines of its log and spans, told apart by the attack that they come of.

A house that is given `overheard=` writes both into it, as it would onto the console and to a collector.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

HEARD: ContextVar["list[Told] | None"] = ContextVar("heard", default=None)


@dataclass(frozen=True, kw_only=True)
class Told:
    where: str                 # "log", "trace", "row of messages" …
    text: str


class Ear(io.StringIO):
    """What is written belongs to the attack in whose course it is; what a thread of nobody's writes, to the attack that ends next."""

    def __init__(self, where: str, stray: list[Told]) -> None:
        super().__init__()
        self._where = where
        self._stray = stray

    def write(self, text: str) -> int:
        heard = HEARD.get()
        (self._stray if heard is None else heard).append(Told(where=self._where, text=text))
        return len(text)


class Overheard:
    """Shared by all houses of a run: the log of a process is one."""

    def __init__(self) -> None:
        self._stray: list[Told] = []
        self.log, self.trace = Ear("log", self._stray), Ear("trace", self._stray)

    @contextmanager
    def during(self) -> Iterator[list[Told]]:
        """All that is written meanwhile in this course of things, complete at the end."""
        heard: list[Told] = []
        before = HEARD.set(heard)
        try:
            yield heard
        finally:
            HEARD.reset(before)
            while self._stray:
                heard.append(self._stray.pop())
