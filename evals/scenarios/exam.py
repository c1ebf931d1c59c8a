"""The exam over scenarios: each is played in a real house with a simulated user, several times if that is wanted."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from evals.exam import Figure, Judge, Judged, Peer, Work
from evals.scenarios.loading import ScenarioCase, load
from evals.scenarios.playing import Seat, play
from evals.scenarios.stage import staged
from evals.scenarios.talking import User
from evals.scenarios.user import RuleUser
from evals.work import Stay

MakeUser = Callable[[ScenarioCase, str, Stay], User]
MakeSeat = Callable[[ScenarioCase, Stay], Seat]


def by_rules(case: ScenarioCase, seed: str, stay: Stay) -> User:
    return RuleUser(case.scenario, case.lang, seed)


class NeedsModel(Exception):
    """It needs a model, and none is configured: run the suite with `--planner openai` and the model in the settings."""

    def __init__(self) -> None:
        super().__init__(str(NeedsModel.__doc__))


@dataclass(frozen=True, kw_only=True)
class Scenarios:
    name: str
    about: str
    goals: Mapping[str, float]
    figures: Mapping[str, Figure]
    peers: Mapping[str, Peer]
    themes: tuple[str, ...] = ()               # none: all

    @property
    def own_data(self) -> list[Path]:
        folder = Path(str(files("evals").joinpath("suites", "scenarios")))
        return sorted(path for path in folder.glob("*.yaml") if not self.themes or path.stem in self.themes)

    def cases(self, work: Work) -> Sequence[ScenarioCase]:
        return load(list(work.data) or self.own_data)

    @asynccontextmanager
    async def open(self, work: Work) -> AsyncIterator[Judge]:
        """At each attempt the person puts it in another way: another seed, the same facts."""
        async with staged(work) as stage:
            async def judge(case: ScenarioCase) -> Judged:
                async with stage.fresh() as stay:
                    return await play(case, by_rules(case, seed_of(work, case), stay), stay)

            yield judge


def beside(user: MakeUser = by_rules, seat: MakeSeat | None = None) -> Peer:
    """The same cases with another user, or with somebody else in the assistant's seat; both need the configured model."""
    async def peer(cases: Sequence[ScenarioCase], work: Work) -> Sequence[Judged]:
        if work.planner != "openai":
            raise NeedsModel()
        found = []
        async with staged(work) as stage:
            for case in cases:
                async with stage.fresh() as stay:
                    found.append(await play(case, user(case, seed_of(work, case), stay), stay, *([seat(case, stay)] if seat else [])))
        return found
    return peer


def seed_of(work: Work, case: ScenarioCase) -> str:
    return f"{work.seed} {case.id} {work.attempt}"
