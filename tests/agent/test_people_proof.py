"""The handoff, in whatever order things happen: one speaker, always an owner, no loop, every promise kept or apologised for.

The parts are real: the desk on its database, and the assistant with nothing replaced but what its planner thinks, and when it is done.
"""

import asyncio
import shutil
from collections.abc import Coroutine, Sequence
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from agent.assistant import Assistant
from agent.live import Live
from agent.mind import Mind
from agent.returned import not_again
from agent.state import Going, State
from desk import callbacks, presence
from desk.callbacks import CallbackState
from desk.codes import new_id
from desk.conversations import Author, Conversation, Speaker
from desk.errors import DeskError
from desk.handoffs import OPEN, REPLY_WITHIN, Handoff, HandoffState, Note, Reason
from desk.hours import Hours
from desk.people import Account, Caller, Role
from desk.presence import CHOICES, Presence
from desk.services import Desk, open_desk
from desk.store import Store, Tx
from desk.turns import Turn
from desk.words import words
from tests.desk.conftest import QUICK, Clock

AGENTS = 3
CHATS = 1                      # so that two conversations are too many for one agent
PHONE = "+15550100234"
MACHINE_REASONS = [Reason.UPSET, Reason.LOW_CONFIDENCE, Reason.LOOP, Reason.DELICATE]
BEGINNINGS = ["fresh", "waiting", "taken", "resolved", "returned", "promised a call"]
CONVERSATIONS = st.integers(0, 1)
PEOPLE = st.integers(0, AGENTS - 1)
T = TypeVar("T")


class Thinking(Assistant):
    """Thinks until it is told what it thought."""

    def __init__(self, mind: Mind) -> None:
        super().__init__(mind)
        self.began: dict[str, asyncio.Event] = {}
        self.thought: dict[str, asyncio.Future[dict[str, Any]]] = {}

    async def _think(self, turn: Turn, state: State, going: Going) -> State:
        self.thought[turn.id] = asyncio.get_running_loop().create_future()
        self.began[turn.id].set()
        return {**state, **await self.thought[turn.id]}  # type: ignore[typeddict-item]


class Handoffs(RuleBasedStateMachine):
    template: Path
    folder: Path

    @initialize(begins=st.lists(st.sampled_from(BEGINNINGS), min_size=2, max_size=2))
    def open(self, begins: Sequence[str] = ("fresh", "fresh")) -> None:
        self._open_the_desk()
        for which, start in enumerate(begins):
            if start != "fresh":
                self.asks_for_a_person(which)
            if start == "promised a call":
                self.asks_for_a_call(which, 0)
            if start in ("taken", "resolved", "returned"):
                self.claims(which, which)
            if start == "resolved":
                self.resolves(which, which)
            if start == "returned":
                self.gives_back(which, which, "")

    def _open_the_desk(self) -> None:
        self.file = self.folder / f"{new_id()}.db"
        shutil.copy(self.template, self.file)
        self.loop = asyncio.new_event_loop()
        self.clock = Clock()
        self.running: dict[int, tuple[Turn, int, asyncio.Task[dict[str, Any]]]] = {}
        self.desk: Desk = open_desk(Store(f"sqlite+aiosqlite:///{self.file}"), words(), hours=Hours.parse("Mon-Sun 08:00-20:00"),
                                    phone="100", secret="of this test only", passwords=QUICK, chats=CHATS)
        mind: Any = Mind(desk=self.desk, library=None, reader=None, tools={}, planners=SimpleNamespace(first="builtin"),  # type: ignore[arg-type]
                         live=Live(), clock=self.clock)
        self.assistant = Thinking(mind)
        self.do(self._people())

    async def _people(self) -> None:
        async with self.desk.store.begin() as tx:
            self.agents = [await self._account(tx, f"agent{n}", Role.AGENT) for n in range(AGENTS)]
            owner = await self._account(tx, "sara", Role.USER)
            mine = await tx.conversations.open(account=owner.id, lang="en", now=self.clock())
        theirs, secret = await self.desk.signin.open_guest("nobody", "fa", self.clock())
        guest = await self.desk.signin.caller(secret, self.clock())
        assert guest is not None
        self.conversations = [mine.id, theirs.id]
        self.callers = [Caller(session="of sara", role=Role.USER, account=owner), guest]

    async def _account(self, tx: Tx, name: str, role: Role) -> Account:
        return await tx.people.add(name=name, display=name.capitalize(), email=f"{name}@demo.invalid", role=role, lang="en",
                                   password_hash="", totp_secret="", now=self.clock())

    def teardown(self) -> None:
        if hasattr(self, "loop"):
            for which in list(self.running):
                self.the_assistant_is_done(which, "at last", "")
            self.do(self.desk.store.close())
            self.loop.close()
            for left in self.folder.glob(f"{self.file.name}*"):
                left.unlink()

    def do(self, deed: Any) -> Any:
        return self.loop.run_until_complete(deed)

    def tried(self, deed: Coroutine[Any, Any, T]) -> T | None:
        """A deed that the desk may refuse."""
        try:
            return self.do(deed)   # type: ignore[no-any-return]
        except DeskError:
            return None

    def conversation(self, which: int) -> Conversation:
        async def read() -> Conversation:
            async with self.desk.store.read() as tx:
                return await tx.conversations.get(self.conversations[which])
        return self.do(read())  # type: ignore[no-any-return]

    def said(self, which: int) -> list[Any]:
        async def read() -> list[Any]:
            async with self.desk.store.read() as tx:
                return await tx.conversations.messages(self.conversations[which])
        return self.do(read())  # type: ignore[no-any-return]

    # ---- the user

    @rule(which=CONVERSATIONS)
    def writes(self, which: int) -> None:
        if which in self.running:
            return
        turn = self.do(self.assistant.receive(self.callers[which], self.conversations[which], "it drops again"))
        if not turn.over:
            self.assistant.began[turn.id] = asyncio.Event()
            task = self.loop.create_task(self.assistant.answer(turn))
            self.running[which] = (turn, self.conversation(which).epoch, task)
            self.do(self.assistant.began[turn.id].wait())

    @rule(which=CONVERSATIONS, text=st.sampled_from(["here is how", "try this"]), reason=st.sampled_from(["", "", *MACHINE_REASONS]))
    def the_assistant_is_done(self, which: int, text: str, reason: str) -> None:
        if which not in self.running:
            return
        turn, epoch, task = self.running.pop(which)
        before = self.conversation(which)
        spoken = sum(message.author is Author.ASSISTANT for message in self.said(which))
        draft = {"text": text, "choices": [], "asks": "", "used": []}
        self.assistant.thought[turn.id].set_result({"draft": None if reason else draft, "hand_off": str(reason)})
        answer = self.do(task)
        late = before.epoch != epoch
        assert (answer["reply"] is None) is late, "late output is dropped, and only late output"
        assert sum(message.author is Author.ASSISTANT for message in self.said(which)) == spoken + (not late)

    @rule(which=CONVERSATIONS)
    def asks_for_a_person(self, which: int) -> None:
        unsolved, already = self.do(self._unsolved(which))
        handed = self.do(self.desk.handing.ask_for_person(self.conversation(which), self.clock()))
        assert not unsolved or handed.handoff.id == (already or unsolved).id, "asking again opens no second matter"
        assert self.conversation(which).speaker is not Speaker.ASSISTANT, "a handoff is never refused"

    async def _unsolved(self, which: int) -> tuple[Handoff | None, Handoff | None]:
        async with self.desk.store.read() as tx:
            return await tx.handoffs.resolved(self.conversations[which]), await tx.handoffs.current(self.conversations[which])

    @rule(which=CONVERSATIONS)
    def goes_on_with_the_assistant(self, which: int) -> None:
        self.tried(self.desk.handing.resume(self.conversation(which), self.clock()))

    @rule(which=CONVERSATIONS)
    def leaves(self, which: int) -> None:
        self.tried(self.desk.handing.close(self.conversation(which), self.clock()))

    @rule(which=CONVERSATIONS, yes=st.booleans())
    def says_whether_it_is_solved(self, which: int, yes: bool) -> None:
        self.tried(self.desk.solving.hear(self.conversation(which), yes, self.clock()))

    @rule(which=CONVERSATIONS, nth=st.integers(0, 2))
    def asks_for_a_call(self, which: int, nth: int) -> None:
        slot = callbacks.slots(Hours.parse("Mon-Sun 08:00-20:00"), self.clock())[nth]
        self.tried(self.desk.calling.ask(self.conversation(which), PHONE, slot[0], self.clock()))

    @rule(which=CONVERSATIONS)
    def wants_no_call(self, which: int) -> None:
        self.tried(self.desk.calling.cancel(self.conversation(which), self.clock()))

    # ---- the desk

    @rule(who=PEOPLE, which=CONVERSATIONS)
    def claims(self, who: int, which: int) -> None:
        self.tried(self.desk.handing.claim(self.agents[who], self.conversations[which], self.clock()))

    @rule(which=CONVERSATIONS)
    def all_claim_at_once(self, which: int) -> None:
        async def race() -> list[Handoff | BaseException]:
            return await asyncio.gather(*(self.desk.handing.claim(agent, self.conversations[which], self.clock()) for agent in self.agents),
                                        return_exceptions=True)
        won = [each for each in self.do(race()) if isinstance(each, Handoff)]
        assert len(won) <= 1

    @rule(who=PEOPLE)
    def takes_the_next(self, who: int) -> None:
        self.tried(self.desk.handing.next_in_line(self.agents[who], self.clock()))

    @rule(who=PEOPLE, which=CONVERSATIONS, behind=st.integers(0, 2))
    def replies(self, who: int, which: int, behind: int) -> None:
        before = self.conversation(which)
        said = self.tried(self.desk.handing.reply(self.agents[who], before.id, "hello", self.clock(), epoch=before.epoch - behind))
        speaks = before.speaker is Speaker.HUMAN and before.person == self.agents[who].id
        assert (said is not None) is (speaks and behind == 0), "one speaks, and no reply comes late"

    @rule(who=PEOPLE, which=CONVERSATIONS, say=st.sampled_from(["", "it arrives on Thursday"]))
    def gives_back(self, who: int, which: int, say: str) -> None:
        note = Note(text="the laptop is ordered", say=say, hold=frozenset())
        if self.tried(self.desk.handing.give_back(self.agents[who], self.conversations[which], note, self.clock())):
            assert not say or say in self.said(which)[-1].text
            assert not any(note.text in message.text for message in self.said(which))

    @rule(who=PEOPLE, which=CONVERSATIONS)
    def resolves(self, who: int, which: int) -> None:
        if self.tried(self.desk.handing.resolve(self.agents[who], self.conversations[which], self.clock())):
            assert self.said(which)[-1].extra["asks"] == "solved"

    @rule(who=PEOPLE, state=st.sampled_from(CHOICES))
    def says_what_they_do(self, who: int, state: Presence) -> None:
        self.do(self.desk.attending.choose(self.agents[who], state, self.clock()))

    @rule(who=PEOPLE, active=st.booleans())
    def is_seen(self, who: int, active: bool) -> None:
        self.do(self.desk.attending.seen(self.agents[who], self.clock(), active=active))

    @rule(who=PEOPLE, deed=st.sampled_from(["take", "take", "done", "unreached"]))
    def rings(self, who: int, deed: str) -> None:
        for callback in self.do(self._promised()):
            self.tried(getattr(self.desk.calling, deed)(self.agents[who], callback.id, self.clock()))

    async def _promised(self) -> list[callbacks.Callback]:
        async with self.desk.store.read() as tx:
            return await tx.callbacks.open()

    # ---- time

    @rule(minutes=st.sampled_from([1, 4, 6, 11, 16, 70, 13 * 60, 3 * 24 * 60]), consoles_open=st.booleans(), beat=st.booleans())
    def time_passes(self, minutes: int, consoles_open: bool, beat: bool) -> None:
        for _ in range(minutes // 4 if consoles_open and minutes < 60 else 0):
            self.clock.pass_(minutes=4)            # a console that stays open shows a sign of life more often than that
            for who in range(AGENTS):
                self.is_seen(who, False)
        self.clock.pass_(minutes=minutes % 4 if consoles_open and minutes < 60 else minutes)
        if beat:
            self.the_beat()

    @rule(minutes=st.sampled_from([4, 6, 9, 16]))
    def time_passes_at_the_desk(self, minutes: int) -> None:
        self.time_passes(minutes, consoles_open=True, beat=True)

    @rule()
    def the_beat(self) -> None:
        late, missed = self.do(self._owed())
        told = [len(self.said(which)) for which in range(2)]
        self.do(self.desk.keeping.keep(self.clock()))
        for which in range(2):
            said = self.said(which)
            assert not any(PHONE[2:] in message.text for message in said)
            fresh = " ".join(message.text for message in said[told[which]:])
            lang = self.conversation(which).lang
            for key, owed in (("handoff.late", late), ("callback.missed", missed)):
                if self.conversations[which] in owed:
                    assert words().say(lang, key).split("{")[0] in fresh, f"no apology: {key}"
        self.do(self._nothing_is_owed())

    async def _owed(self) -> tuple[set[str], set[str]]:
        async with self.desk.store.read() as tx:
            return ({each.conversation for each in await tx.handoffs.late(self.clock())},
                    {each.conversation for each in await tx.callbacks.open() if each.due_at < self.clock()})

    async def _nothing_is_owed(self) -> None:
        now = self.clock()
        async with self.desk.store.read() as tx:
            assert await tx.handoffs.late(now) == []
            assert [each for each in await tx.callbacks.open() if each.due_at < now] == []
            for handoff in await tx.handoffs.taken():
                assert handoff.taken_by is not None and handoff.claimed_at is not None
                since = await tx.conversations.waits_since(handoff.conversation, handoff.claimed_at)
                assert since is None or now - since < REPLY_WITHIN, "an idle agent keeps nobody"
                here = await tx.presence.of(handoff.taken_by)
                assert here is not None and here.state is not Presence.OFFLINE
            for place, handoff in enumerate(await tx.handoffs.waiting(), 1):
                assert handoff.told_place == place, "everybody who waits knows their place"
            assert all(presence.aged(each, now) == each for each in await tx.presence.all())

    # ---- what always holds

    @invariant()
    def one_speaker_and_always_an_owner(self) -> None:
        if hasattr(self, "desk"):
            self.do(self._check())

    async def _check(self) -> None:
        async with self.desk.store.read() as tx:
            now = {each: (await tx.conversations.get(each), await tx.handoffs.of_conversation(each)) for each in self.conversations}
            calls = await tx.callbacks.all()
        for conversation, history in now.values():
            opened = [handoff for handoff in history if handoff.state in OPEN]
            taker = next((handoff.taken_by for handoff in opened if handoff.state is HandoffState.TAKEN), None)
            assert len(opened) <= 1, "two owners"
            assert all(handoff.taken_by for handoff in opened if handoff.state is HandoffState.TAKEN), "zero owners"
            assert (conversation.speaker is Speaker.HUMAN) is (taker is not None), "a person speaks if and only if one has taken it"
            assert conversation.person == taker
            assert conversation.speaker is not Speaker.WAITING or (opened and opened[0].state is HandoffState.WAITING), "waiting for nobody"
            self._no_loop(history)
        taken = [handoff.taken_by for _, history in now.values() for handoff in history if handoff.state is HandoffState.TAKEN]
        assert all(taken.count(agent.id) <= CHATS for agent in self.agents), "more than one person can attend to"
        assert all(bool(call.phone) is (call.state in callbacks.OPEN) for call in calls), "a number outlives its call"
        assert all(PHONE not in call.phone for call in calls)
        assert all(call.state is not CallbackState.MISSED for call in calls), "missed, and nothing promised anew"
        promised = [call.conversation for call in calls if call.state in callbacks.OPEN]
        assert len(promised) == len(set(promised)), "one conversation, two calls"

    @staticmethod
    def _no_loop(history: list[Handoff]) -> None:
        dealt_with: set[str] = set()
        for handoff in history:
            if handoff.reason is not Reason.ASKED:
                assert handoff.reason not in dealt_with, "handed over again for what a person has dealt with"
            if handoff.state not in (*OPEN, HandoffState.CANCELLED):
                dealt_with.add(handoff.reason)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> type[Handoffs]:
    folder = tmp_path_factory.mktemp("handoffs")

    async def migrated() -> None:
        store = Store(f"sqlite+aiosqlite:///{folder / 'template.db'}")
        await store.migrate()
        await store.close()

    asyncio.run(migrated())
    return type("OnCopies", (Handoffs,), {"template": folder / "template.db", "folder": folder})


@pytest.mark.timeout(1200)
def test_in_any_order_there_is_one_speaker_an_owner_and_every_promise_is_kept_or_apologised_for(machine: type[Handoffs]) -> None:
    run_state_machine_as_test(machine, settings=settings(stateful_step_count=15))


@pytest.mark.prove
def test_and_so_in_very_many_orders(machine: type[Handoffs]) -> None:
    run_state_machine_as_test(machine, settings=settings(stateful_step_count=20))


def test_the_machines_parts_do_reach_people(machine: type[Handoffs]) -> None:
    """The walk above is not vacuous: one straight way through it ends where it should."""
    walk = machine()
    walk.open()
    try:
        walk.says_what_they_do(0, Presence.ONLINE)
        walk.writes(0)
        walk.asks_for_a_person(0)
        walk.the_assistant_is_done(0, "here is how", "")
        walk.claims(0, 0)
        walk.replies(0, 0, 0)
        walk.resolves(0, 0)
        walk.says_whether_it_is_solved(0, False)
        assert walk.conversation(0).person == walk.agents[0].id
        walk.resolves(0, 0)
        walk.clock.now += timedelta(days=3)
        walk.the_beat()
        walk.one_speaker_and_always_an_owner()
        assert walk.do(_states(walk)) == [HandoffState.ASSUMED]
    finally:
        walk.teardown()


async def _states(walk: Handoffs) -> list[HandoffState]:
    async with walk.desk.store.read() as tx:
        return [handoff.state for handoff in await tx.handoffs.of_conversation(walk.conversations[0])]


def test_a_reason_that_a_person_has_dealt_with_is_told_and_not_handed_over_again() -> None:
    house = SimpleNamespace(desk=SimpleNamespace(words=words()))
    going: Any = SimpleNamespace(mind=house, note=Note(text="", say="It comes on Thursday", hold=frozenset()),
                                 dealt_with=frozenset({Reason.UPSET}))
    for reason, handed in ((Reason.UPSET, False), (Reason.LOOP, False), (Reason.DELICATE, True), (Reason.PLANNER_DOWN, True)):
        after = not_again({"hand_off": str(reason), "lang": "en"}, going)
        assert bool(after["hand_off"]) is handed
        assert handed or (after["draft"] and "It comes on Thursday" in after["draft"]["text"])
