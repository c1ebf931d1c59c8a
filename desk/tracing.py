"""Where the time of a run goes, told as spans: names, codes and counts, never a word of anybody's. What collects them is chosen outside."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

Fact = str | int | float | bool
NOTHING: Mapping[str, Fact] = {}


class Span(Protocol):
    def tell(self, facts: Mapping[str, Fact]) -> None:
        """Facts by their name: codes, names of our own, counts. A text that is no such name is not told."""

    def call(self, name: str) -> None:
        """Its name, where that is known only at its end."""


class Tracing(Protocol):
    def span(self, name: str, facts: Mapping[str, Fact] = NOTHING, *, serves: bool = False) -> AbstractContextManager[Span]:
        """What happens inside is part of it. `serves` marks a request from outside."""

    def close(self) -> None:
        """Give away what is left; takes a few seconds where nobody takes it."""


class _Silent:
    def tell(self, facts: Mapping[str, Fact]) -> None:
        pass

    def call(self, name: str) -> None:
        pass


class Untraced:
    """Where nothing is collected: it costs a call."""

    def __init__(self) -> None:
        self._span: AbstractContextManager[Span] = nullcontext(_Silent())

    def span(self, name: str, facts: Mapping[str, Fact] = NOTHING, *, serves: bool = False) -> AbstractContextManager[Span]:
        return self._span

    def close(self) -> None:
        pass
