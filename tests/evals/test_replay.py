"""What counts as a difference between two outcomes of the same message: worked by hand, whatever brought them about."""

import pytest

from evals.replay.outcome import KINDS, Did, differences
from evals.replay.playing import Beside, Played, Status
from evals.replay.report import Replay, as_text, page


def did(*tools: str, handoff: str = "", topics: tuple[str, ...] = (), lang: str = "en") -> Did:
    return Did(tools=tools, handoff=handoff, topics=topics, lang=lang)


SEARCHED = did("search_knowledge", topics=("vpn", "wifi"))


@pytest.mark.parametrize(("before", "now", "kinds"), [
    (SEARCHED, SEARCHED, ()),
    (SEARCHED, did("search_knowledge", topics=("wifi", "vpn")), ()),             # in another order, but the same
    (SEARCHED, did("search_knowledge", topics=("vpn",)), ("topics",)),
    (SEARCHED, did("create_ticket", "search_knowledge", topics=("vpn", "wifi")), ("act",)),
    (SEARCHED, did(handoff="asked"), ("act", "handoff")),                        # a handoff cites nothing: told once
    (did(handoff="asked"), did(handoff="upset"), ("reason",)),
    (did(lang="ar"), did(lang="fa"), ("language",)),
    (did("run_diagnostic", "search_knowledge", topics=("wiki",)), did("run_diagnostic", handoff="unsolved"), ()),     # after a check
    (did("run_diagnostic"), did("search_knowledge", "run_diagnostic"), ("act",)),
    (did("run_diagnostic"), did("search_knowledge", topics=("wiki",)), ("act", "topics")),
])
def test_two_outcomes_differ_in(before: Did, now: Did, kinds: tuple[str, ...]) -> None:
    assert differences(before, now) == kinds
    assert differences(now, before) == kinds and set(kinds) <= KINDS.keys()


def beside(lang: str, status: Status, *kinds: str) -> Beside:
    now = None if status is Status.DIVERGED else did()
    return Beside(text="پرینتر <b>", lang=lang, status=status, kinds=kinds, before=SEARCHED, now=now)


@pytest.fixture
def found() -> Replay:
    fa = Played(id="f", lang="fa", turns=(beside("fa", Status.SAME), beside("fa", Status.DIFFERS, "act", "topics"),
                                          beside("fa", Status.DIVERGED)))
    ar = Played(id="a", lang="ar", turns=(beside("ar", Status.SAME), beside("ar", Status.APART, "act"), beside("ar", Status.BROKE)))
    return Replay([fa, ar], "2026-11-22T12:00:00+00:00", {"yavar": "1"})


def test_only_what_is_compared_is_counted(found: Replay) -> None:
    whole = found.as_json()
    assert whole["n"] == 3 and whole["metrics"]["same"] == pytest.approx(2 / 3, abs=1e-4)      # Persian 1 of 2, Arabic 1 of 1
    assert (whole["by_lang"]["fa"]["same"], whole["by_lang"]["ar"]["same"]) == (0.5, 1.0)
    assert whole["counts"]["all"]["kinds"] == {"act": 1, "topics": 1} and whole["counts"]["ar"]["kinds"] == {}
    assert [whole["counts"]["all"][str(status)] for status in Status] == [2, 1, 1, 1, 1]


def test_text_and_page_tell_the_same_and_no_word_becomes_markup(found: Replay) -> None:
    told, html = as_text(found), page(found)
    assert "2 conversations, 1 with a difference" in told and "diverged earlier" in told
    assert "differs: act, topics" in html and "<b>" not in html.partition("Conversations with a difference")[2].replace("<b class", "")
    assert "http" not in html and "<script" not in html


def test_nothing_found_says_where_to_look() -> None:
    assert "--since" in as_text(Replay([], "", {})) and "None." in page(Replay([], "2026", {}))
