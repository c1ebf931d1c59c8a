"""Runs suites: cases asked in parallel and taken up again where a run was broken off, peers beside, all of it made into results."""

import hashlib
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fnmatch import fnmatch
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Protocol

from evals.asking import Key, ask, plain
from evals.case import BadData, NoData
from evals.exam import AnyCase, Exam
from evals.examine import dated, examine
from evals.journal import Journal
from evals.judged import Judged
from evals.result import Result
from evals.work import Houses, MakeHouse, PlannedBy, Work
from guardrails.signals import HeadsMissing, shipped
from knowledge.embedder import Embedder

PACKAGES = ("yavar", "numpy", "scipy", "scikit-learn")


class Broken(Exception):
    """The machinery failed; it says nothing about the answers. What was found is kept: mend it, then run again with --resume."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is wanted of a run, as the command line says it."""

    data: tuple[Path, ...] = ()
    passages: Path | None = None
    seed: int = 0
    repeat: int = 1
    attempts: Mapping[str, int] = field(default_factory=dict)      # of suites that want another number than `repeat`
    filter: str = ""
    planner: PlannedBy = "builtin"
    tasks: int = 4             # cases at a time
    within: float = 300.0      # seconds for one case
    peers: bool = True

    def attempts_at(self, suite: str) -> int:
        return self.attempts.get(suite, self.repeat)

    @property
    def whole(self) -> bool:
        """All of a suite's own data: what its gates are set for."""
        return not self.data and not self.filter and self.planner == "builtin"


class Watcher(Protocol):
    """Looks on while a suite is run."""

    def begin(self, suite: str, attempts: int) -> None: ...

    def done(self) -> None: ...

    def say(self, line: str) -> None: ...


@dataclass(kw_only=True)
class Runner:
    order: Order
    embedder: Embedder
    make_house: MakeHouse | None
    watcher: Watcher
    now: Callable[[], datetime]
    resume: Path | None = None
    skipping: bool = False     # suites that have no data of their own, rather than refusing to run
    broken: list[str] = field(default_factory=list)
    facts: Mapping[str, str] = field(default_factory=dict)         # what else a reader of the figures should know: commit, machine

    async def run(self, exams: Sequence[Exam]) -> list[Result]:
        """Of the suites that could be judged; what kept the others from it stands in `broken`. Raises BadData."""
        houses = Houses(make=self.make_house, embedder=self.embedder, planned_by=self.order.planner)
        work = Work(embedder=self.embedder, houses=houses, data=self.order.data, passages=self.order.passages, seed=self.order.seed,
                    repeat=self.order.repeat, filter=self.order.filter, planner=self.order.planner, progress=self.watcher.say)
        try:
            asked = [(exam, cases) for exam in exams if (cases := self._cases(exam, work))]
            journal = self._journal(asked)
            found = []
            for exam, cases in asked:
                try:
                    found.append(await self._one(exam, cases, work, journal))
                except Broken as error:
                    self.broken.append(str(error))
            return found
        finally:
            houses.close()

    def _cases(self, exam: Exam, work: Work) -> list[AnyCase]:
        try:
            found = [case for case in exam.cases(work) if fits(case, self.order.filter)]
        except NoData:
            if self.skipping:
                return []
            raise
        if not found:
            raise BadData(f"{exam.name}: no case fits --filter {self.order.filter}" if self.order.filter else f"{exam.name}: no cases")
        ids = [case.id for case in found]
        if len(set(ids)) < len(ids):
            raise BadData(f"{exam.name}: two cases are called {next(each for each in ids if ids.count(each) > 1)}")
        return found

    def _journal(self, asked: Sequence[tuple[Exam, Sequence[AnyCase]]]) -> Journal | None:
        if self.resume is None:
            return None
        attempts = [self.order.attempts_at(exam.name) for exam, _ in asked]
        return Journal(self.resume, {"run": [exam.name for exam, _ in asked], "seed": self.order.seed, "repeat": attempts,
                                     "planner": self.order.planner, "data": [fingerprint(cases) for _, cases in asked]})

    async def _one(self, exam: Exam, cases: Sequence[AnyCase], work: Work, journal: Journal | None) -> Result:
        at, begun = self.now(), time.monotonic()
        work = replace(work, repeat=self.order.attempts_at(exam.name))
        judged = await self._judged(exam, cases, work, journal)
        if all(each.right is None for each in judged):
            raise Broken(f"{exam.name}: nothing could be judged. {judged[0].id}: {judged[0].error}")
        peers, failed = await self._peers(exam, cases, work, journal)
        versions = self._versions() | {"data": fingerprint(cases)} | dict(self.facts)
        self.watcher.say(f"{exam.name}: figures and intervals")
        return dated(examine(exam, judged, peers, self.order.seed), at=at.isoformat(timespec="seconds"), seconds=time.monotonic() - begun,
                     versions=versions, repeat=work.repeat, peer_errors=failed)

    async def _judged(self, exam: Exam, cases: Sequence[AnyCase], work: Work, journal: Journal | None) -> list[Judged]:
        known = journal.known(exam.name) if journal else {}
        self.watcher.begin(exam.name, len(cases) * work.repeat - len(known))

        def done(key: Key, judged: Judged) -> None:
            if journal:
                journal.add(exam.name, key, judged)
            self.watcher.done()

        try:
            async with exam.open(work) as judge:
                return await ask(cases, judge, repeat=work.repeat, tasks=self.order.tasks, within=self.order.within, known=known,
                                 done=done)
        except (BadData, Broken):
            raise
        except Exception as error:             # whatever it is, it says nothing about the answers
            raise Broken(f"{exam.name} could not be run: {_told(error)}") from error

    async def _peers(self, exam: Exam, cases: Sequence[AnyCase], work: Work,
                     journal: Journal | None) -> tuple[dict[str, list[Judged]], dict[str, str]]:
        """What each says of the same cases, and which failed."""
        found: dict[str, list[Judged]] = {}
        failed: dict[str, str] = {}
        for name, peer in exam.peers.items() if self.order.peers else ():
            known = journal.peer(exam.name, name) if journal else None
            if known is None:
                self.watcher.say(f"{exam.name}: {name}")
                try:
                    known = [plain(each) for each in await peer(cases, work)]
                except Exception as error:     # a peer that fails leaves ours to be told
                    failed[name] = _told(error)
                    continue
                if journal:
                    journal.add_peer(exam.name, name, known)
            found[name] = known
        return found, failed

    def _versions(self) -> dict[str, str]:
        try:
            heads = str(shipped().intents.provenance["corpus"])[:12]
        except HeadsMissing:
            heads = "missing"
        return {"python": platform.python_version(), **{name: _version(name) for name in PACKAGES}, "embedder": self.embedder.id,
                "heads": heads, "planner": self.order.planner}


def fits(case: AnyCase, wanted: str) -> bool:
    """Whether all words of a filter hold: `lang=fa`, `label=human`, `id=messages.fa*`, or a word of its id or text."""
    return all(_fits(case, *word.partition("=")) for word in wanted.split())


def _fits(case: AnyCase, name: str, sign: str, value: str) -> bool:
    if sign and hasattr(case, name):
        return fnmatch(str(getattr(case, name)), value)
    return name + sign + value in case.id or name + sign + value in case.text


def fingerprint(cases: Sequence[AnyCase]) -> str:
    """Of all that is asked: the same data gives the same."""
    whole = "\0".join(f"{case.id}\1{case.lang}\1{case.text}\1{getattr(case, 'label', '')}" for case in cases)
    return hashlib.sha256(whole.encode()).hexdigest()[:12]


def _told(error: BaseException) -> str:
    if isinstance(error, BaseExceptionGroup):
        return _told(error.exceptions[0])
    return f"{type(error).__name__}: {error}"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"
