"""What the pages and the API need of kept runs of the exams. Whoever keeps them brings it along; this room does not know how."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Protocol

from fastapi import Depends, Request

from desk.errors import NotFound


class Case(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def lang(self) -> str: ...

    @property
    def text(self) -> str: ...

    @property
    def label(self) -> str: ...            # what was expected, where one word says it

    @property
    def got(self) -> str: ...

    @property
    def right(self) -> bool | None: ...    # None: could not be judged

    @property
    def sure(self) -> float | None: ...

    @property
    def values(self) -> Mapping[str, float]: ...

    @property
    def evidence(self) -> Mapping[str, Any]: ...

    @property
    def transcript(self) -> Sequence[Mapping[str, Any]]: ...       # {"author", "text"}

    @property
    def turns(self) -> Sequence[Mapping[str, Any]]: ...            # why each went as it did; `at` names its message, from 1

    @property
    def reason(self) -> str: ...

    @property
    def tags(self) -> Sequence[str]: ...

    @property
    def error(self) -> str: ...


class Gate(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def value(self) -> float | None: ...

    @property
    def wanted(self) -> float: ...

    @property
    def less(self) -> bool: ...

    @property
    def holds(self) -> bool: ...


class Suite(Protocol):
    """What a run found in one suite. A figure of one language is named like `fa.recall` in `intervals` and `peers`."""

    @property
    def suite(self) -> str: ...

    @property
    def about(self) -> str: ...

    @property
    def n(self) -> int: ...

    @property
    def seed(self) -> int: ...

    @property
    def repeat(self) -> int: ...

    @property
    def at(self) -> str: ...

    @property
    def seconds(self) -> float: ...

    @property
    def versions(self) -> Mapping[str, str]: ...

    @property
    def metrics(self) -> Mapping[str, float]: ...

    @property
    def by_lang(self) -> Mapping[str, Mapping[str, float]]: ...

    @property
    def sizes(self) -> Mapping[str, int]: ...

    @property
    def intervals(self) -> Mapping[str, tuple[float, float]]: ...

    @property
    def goals(self) -> Mapping[str, float]: ...

    @property
    def less(self) -> Sequence[str]: ...

    @property
    def gap(self) -> Mapping[str, float]: ...

    @property
    def errors(self) -> int: ...

    @property
    def peers(self) -> Mapping[str, Mapping[str, float]]: ...

    @property
    def peer_errors(self) -> Mapping[str, str]: ...

    @property
    def gates(self) -> Sequence[Gate]: ...


class Numbered(Protocol):
    @property
    def number(self) -> int: ...

    @property
    def suite(self) -> str: ...

    @property
    def case(self) -> Case: ...


class Run(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def at(self) -> datetime: ...

    @property
    def size(self) -> int: ...

    @property
    def suites(self) -> Sequence[Suite]: ...

    @property
    def cases(self) -> Sequence[Numbered]: ...     # the worst first

    @property
    def unreadable(self) -> str: ...               # "" or why: `not_a_run`, `too_large`, `no_access`

    @property
    def detail(self) -> str: ...


class Difference(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def n(self) -> int: ...

    @property
    def before(self) -> float: ...

    @property
    def after(self) -> float: ...

    @property
    def change(self) -> float: ...

    @property
    def low(self) -> float: ...

    @property
    def high(self) -> float: ...

    @property
    def q(self) -> float: ...

    @property
    def test(self) -> str: ...

    @property
    def significant(self) -> bool: ...

    @property
    def worse(self) -> bool: ...


class Change(Protocol):
    """A case that became another thing."""

    @property
    def suite(self) -> str: ...

    @property
    def before(self) -> Case: ...

    @property
    def after(self) -> Case: ...

    @property
    def number_before(self) -> int: ...

    @property
    def number(self) -> int: ...

    @property
    def worse(self) -> bool: ...


class Comparison(Protocol):
    @property
    def differences(self) -> Mapping[str, Sequence[Difference]] | None: ...    # by suite; None while they are being worked out

    @property
    def failed(self) -> bool: ...

    @property
    def changes(self) -> Sequence[Change]: ...


class Runs(Protocol):
    """May take a moment and is asked in a thread. A name that is not known raises NotFound; nothing else is raised."""

    def page(self, *, skip: int, limit: int) -> tuple[Sequence[Run], int]: ...     # without cases, newest first; and how many in all

    def run(self, name: str) -> Run: ...

    def text(self, name: str) -> bytes: ...

    def html(self, name: str) -> str: ...

    def compare(self, before: str, after: str) -> Comparison: ...

    def close(self) -> None: ...


class NoRuns:
    """Where nobody keeps any."""

    def page(self, *, skip: int, limit: int) -> tuple[Sequence[Run], int]:
        return [], 0

    def run(self, name: str) -> Run:
        raise NotFound()

    def text(self, name: str) -> bytes:
        raise NotFound()

    def html(self, name: str) -> str:
        raise NotFound()

    def compare(self, before: str, after: str) -> Comparison:
        raise NotFound()

    def close(self) -> None:
        pass


def runs_of(request: Request) -> Runs:
    runs: Runs = request.app.state.runs
    return runs


KeptRuns = Annotated[Runs, Depends(runs_of)]
