"""Answers composed from passages: the steps in order, a citation after each sentence, nothing invented."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.planner.compose import cite, compose, snippet, take_apart

SECTION = "1. Open the app. Wait for the list.\n2. Choose \"Connect\".\n\n- The line drops after 12 hours.\n- Lunch is at noon."


def passage(n: int, text: str, *, heading: str = "Set up", document: str = "vpn") -> dict[str, object]:
    return {"n": n, "document": document, "topic": document, "lang": "en",
            "title": "VPN", "heading": heading, "text": text, "url": "/k", "score": 10.0 / n}


def test_a_section_is_taken_apart_into_steps_and_facts() -> None:
    parts = take_apart(SECTION)
    assert parts.steps == ("Open the app. Wait for the list.", "Choose \"Connect\".")
    assert parts.facts == ("The line drops after 12 hours.", "Lunch is at noon.")


def test_each_sentence_carries_its_citation() -> None:
    assert cite("Open the app. Wait for the list.", 2) == "Open the app. [2] Wait for the list. [2]"
    assert cite("رمز را بنویسید. آماده است؟ بله.", 1) == "رمز را بنویسید. [1] آماده است؟ [1] بله. [1]"


@pytest.mark.parametrize("text", ['Choose "Can\'t sign in?" on the sign-in page.',
                                  "در صفحهٔ ورود «نمی‌توانید وارد شوید؟» (Can't sign in? here) را بزنید.",
                                  "اختيار «هل تعذّر الدخول؟» في صفحة الدخول."])
def test_a_question_in_quotation_marks_ends_no_sentence(text: str) -> None:
    assert cite(text, 1) == f"{text} [1]"


def test_the_steps_come_in_their_order_and_all_sentences_are_cited() -> None:
    text = compose([passage(1, SECTION)], "how do I connect").text
    assert text.index("Open the app") < text.index("Choose")
    for line in text.splitlines():
        if line and not line.startswith("**"):
            assert line.endswith("[1]")


def test_of_two_sections_the_second_is_numbered_two() -> None:
    found = compose([passage(1, "The VPN connects you from home.", heading=""), passage(4, SECTION)], "how do I connect from home")
    assert found.used == (1, 4) and "[2]" in found.text


@given(st.lists(st.from_regex(r"[A-Za-zآ-ی]{2,12}( [a-z]{2,8}){1,6}\.", fullmatch=True), min_size=1, max_size=12), st.text(max_size=40))
def test_nothing_is_said_that_no_passage_says(sentences: list[str], query: str) -> None:
    section = "\n".join(f"{at}. {sentence}" for at, sentence in enumerate(sentences, 1))
    text = compose([passage(1, section)], query).text
    said = [re.sub(r"^\d+\. ", "", line) for line in text.splitlines() if line and not line.startswith("**")]
    assert [re.sub(r" \[1\]", "", line) for line in said] == sentences[:len(said)]


def test_a_preview_has_no_list_marks_and_ends_at_a_word() -> None:
    assert snippet(SECTION, 30) == "Open the app. Wait for the…"
