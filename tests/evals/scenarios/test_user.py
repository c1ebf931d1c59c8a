"""The simulated user: true to its facts whatever it is shown, the same with the same seed, and never without an end."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.conversations import Message
from desk.people import LANGS, Lang
from desk.words import words
from evals.scenarios.acts import Exchange, Fill, Press, Prove, Say, Stop
from evals.scenarios.fidelity import faults, known_lines
from evals.scenarios.loading import load
from evals.scenarios.screen import Seen
from evals.scenarios.shape import Scenario
from evals.scenarios.talking import talk
from evals.scenarios.user import MOST, RuleUser
from evals.scenarios.voice import SLIPS, Voice
from evals.suites.scenarios.suite import EXAM
from tests.evals.scenarios.conftest import scenario

CASES = load(EXAM.own_data)
LABELS = [words().say(lang, f"choice.{name}") for lang in LANGS for name in ("human", "reset", "ticket_create", "still", "solved", "news")]


@dataclass
class Scripted:
    """A screen that shows what it is told to, one after the other, and keeps what was done."""

    shows: list[Seen]
    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)

    def _next(self, what: str) -> Seen:
        self.done.append(what)
        return self.shows.pop(0) if self.shows else Seen(text="…")

    async def say(self, text: str) -> Seen:
        return self._next(text)

    async def prove(self, flow: str, how: str) -> Seen:
        return self._next(f"proves {how}")

    async def press(self, card: str, *, do: bool) -> Seen:
        return self._next(f"presses {do}")

    async def form(self, card: str) -> Mapping[str, Sequence[str]]:
        return self.fields

    async def fill(self, card: str, fields: Mapping[str, str]) -> Seen:
        return self._next(f"fills in {dict(fields)}")

    async def messages(self) -> list[Message]:
        return []


async def conversation(of: Scenario, lang: Lang, seed: str, screen: Scripted) -> list[Exchange]:
    async def pass_(time: timedelta) -> None:
        return None
    return await talk(RuleUser(of, lang, seed), screen, pass_)


NEEDS = st.sampled_from([{}, {"kind": "verification", "flow": "f1"}, {"kind": "verification", "flow": "f2"},
                         {"kind": "confirmation", "flow": "c1", "tool": "cancel_ticket"},
                         {"kind": "form", "flow": "r1", "tool": "request_service"}, {"kind": "choice", "flow": "t1"}])
TEXTS = st.sampled_from(["Which one?", "Your code is 48213377. Ticket 1001 is open.", "Say 9999999 now.", "", "Try this. [1]"])
CHOICES = st.lists(st.sampled_from([*LABELS, "1001 Printer", "1002 Monitor"]), max_size=3).map(tuple)
DONE = st.lists(st.sampled_from(["create_ticket", "search_knowledge", "cancel_ticket"]), max_size=2).map(tuple)
SEEN = st.builds(Seen, text=TEXTS, lang=st.sampled_from(LANGS), choices=CHOICES, needs=NEEDS, did=DONE, waiting=st.booleans(),
                 proved=st.booleans())


@given(case=st.sampled_from(CASES), seed=st.text(max_size=4), shows=st.lists(SEEN, max_size=16))
def test_it_never_says_what_its_facts_do_not_hold(case, seed, shows) -> None:  # type: ignore[no-untyped-def]
    """Whatever the desk shows: every line is the person's own, everybody's, or a button that was there; and it ends."""
    screen = Scripted(list(shows))
    history = asyncio.run(conversation(case.scenario, case.lang, seed, screen))
    offered = {choice for each in history for choice in each.seen.choices}
    spoken = [each.act for each in history if isinstance(each.act, Say)]
    assert {act.line for act in spoken} <= known_lines(case.scenario, case.lang) | offered
    assert not any("48213377" in act.text for act in spoken) or "48213377" in str(case.scenario)
    assert not any("9999999" in act.text for act in spoken)
    assert len(history) <= MOST + 1 and isinstance(history[-1].act, Stop)
    found = faults(case.scenario, case.lang, history)
    assert not [fault for fault in found if fault.startswith(("said what", "typed", "named", "did not"))]


@given(case=st.sampled_from(CASES), seed=st.text(max_size=4), shows=st.lists(SEEN, max_size=10))
def test_the_same_seed_does_the_same(case, seed, shows) -> None:  # type: ignore[no-untyped-def]
    runs = [asyncio.run(conversation(case.scenario, case.lang, seed, Scripted(list(shows)))) for _ in range(2)]
    assert runs[0] == runs[1]


@pytest.mark.parametrize("lang", LANGS)
def test_another_seed_puts_it_in_another_way(lang: Lang) -> None:
    case = next(case for case in CASES if case.scenario.id == "vpn-on-a-new-laptop" and case.lang == lang)
    openings = {asyncio.run(conversation(case.scenario, lang, str(seed), Scripted([])))[0].act.text for seed in range(20)}  # type: ignore[union-attr]
    assert len(openings) > 5


@given(seed=st.text(max_size=4), lang=st.sampled_from(LANGS), mood=st.sampled_from(sorted(SLIPS)))
def test_numbers_and_names_are_typed_with_care(seed: str, lang: Lang, mood: str) -> None:
    voice = Voice(lang, [mood], seed)                 # type: ignore[list-item]
    line = {"en": "ticket 1001 of the printer", "ar": "التذكرة ١٠٠١ على VPN", "fa": "تیکت ۱۰۰۱ روی VPN"}[lang]
    typed = voice.typed(voice.opens(line))
    assert all(word in typed for word in line.split() if not word.isalpha() or word == "VPN")


async def test_it_proves_who_it_is_where_that_is_what_it_came_for() -> None:
    card = Seen(text="Open the form.", lang="en", needs={"kind": "verification", "flow": "f"})
    screen = Scripted([card, Seen(text="Done.", lang="en", proved=True)])
    history = await conversation(scenario(), "en", "1", screen)
    assert screen.done[1] == "proves both" and isinstance(history[-1].act, Stop) and history[-1].act.why == "met"


async def test_it_leaves_a_verification_alone_that_it_did_not_ask_for() -> None:
    asks = scenario(steps=[{"says": {"en": ["how do I report phishing?"], "ar": ["كيف أبلغ؟"], "fa": ["چطور گزارش بدم؟"]}, "goal": "told",
                            "must_say": {"all": [["Report phishing"]]}}], ends=[{}])
    card = Seen(text="Open the form.", lang="en", needs={"kind": "verification", "flow": "f"})
    history = await conversation(asks, "en", "1", Scripted([card, card, card]))
    assert not any(isinstance(each.act, Prove) for each in history)
    assert isinstance(history[-1].act, Stop) and history[-1].act.why == "gave_up"


async def test_a_yes_is_said_and_no_button_pressed_by_who_only_talks() -> None:
    talks = scenario(steps=[{"says": {"en": ["cancel 1001"], "ar": ["الغوا 1001"], "fa": ["۱۰۰۱ رو لغو کنید"]}, "goal": "did",
                             "did": ["cancel_ticket"], "confirms": "talk",
                             "nods": {"en": ["ok"], "ar": ["ماشي"], "fa": ["باشه"]}}], ends=[{}])
    card = Seen(text="Press.", lang="fa", needs={"kind": "confirmation", "flow": "c", "tool": "cancel_ticket"})
    screen = Scripted([card, card])
    history = await conversation(talks, "fa", "1", screen)
    assert screen.done[1:] == ["باشه"] and not any(isinstance(each.act, Press) for each in history)


async def test_a_form_is_filled_in_from_the_facts_in_the_language() -> None:
    wants = scenario(steps=[{"says": {"en": ["I need AutoCAD"], "ar": ["أحتاج أوتوكاد"], "fa": ["اتوکد لازم دارم"]}, "goal": "did",
                             "did": ["request_service"],
                             "fields": {"software": {"en": "AutoCAD", "ar": "أوتوكاد", "fa": "اتوکد"}}}], ends=[{}])
    card = Seen(text="Form.", lang="ar", needs={"kind": "form", "flow": "r", "tool": "request_service"})
    screen = Scripted([card], fields={"software": [], "platform": ["windows", "macos"]})
    history = await conversation(wants, "ar", "1", screen)
    assert [each.act.fields for each in history if isinstance(each.act, Fill)] == [{"software": "أوتوكاد", "platform": "windows"}]


# ---- the audit finds a simulator that is not true

SAID = "I forgot my password"


def told(*exchanges: Exchange) -> list[str]:
    return faults(scenario(), "en", exchanges)


def test_a_true_conversation_has_no_faults() -> None:
    card = Seen(text="Open the form.", needs={"kind": "verification", "flow": "f"})
    proof = Exchange(step=0, act=Prove(flow="f", how="both"), seen=Seen(proved=True))
    assert told(Exchange(step=0, act=Say(text=SAID, line=SAID), seen=card), proof, Exchange(step=0, act=Stop(why="met"))) == []


@pytest.mark.parametrize(("exchanges", "fault"), [
    ([Exchange(step=0, act=Say(text="my badge is 5521", line="my badge is 5521"))], "said what it does not know"),
    ([Exchange(step=0, act=Say(text="something else altogether", line=SAID))], "typed"),
    ([Exchange(step=0, act=Say(text=SAID + " 48213377", line=SAID))], "named 48213377"),
    ([Exchange(step=0, act=Say(text=SAID, line=SAID), seen=Seen(needs={"kind": "verification", "flow": "f"})),
      Exchange(step=0, act=Say(text=SAID, line=SAID))], "was asked to prove"),
    ([Exchange(step=0, act=Say(text=SAID, line=SAID)) for _ in range(3)], "said the same"),
    ([Exchange(step=0, act=Stop(why="gave_up"))], "gave up before"),
    ([Exchange(step=0, act=Say(text=SAID, line=SAID))], "did not come to an end"),
])
def test_a_fault_of_the_simulator_is_found(exchanges: list[Exchange], fault: str) -> None:
    assert any(each.startswith(fault) for each in told(*exchanges))
