"""The lexical half: what one may not see weighs nothing, and sums agree with the textbook."""

import math

import numpy as np
import pytest

from knowledge import lexical
from knowledge.lexical import K1, B, View, index

TEXTS = ["reset your password in the chat", "the printer is out of paper", "a password has eight characters, a password is secret"]


def test_bm25_is_that_of_the_textbook() -> None:
    found = View([index(TEXTS)]).scores("password").bm25
    idf = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))                    # 2 of 3 passages have the word
    mean = (6 + 6 + 9) / 3
    for often, length, score in ((1, 6, found[0]), (2, 9, found[2])):
        assert score == pytest.approx(idf * often * (K1 + 1) / (often + K1 * (1 - B + B * length / mean)), rel=1e-5)
    assert found[1] == 0


def test_a_passage_is_its_own_best_match_with_cosine_one() -> None:
    for at, text in enumerate(TEXTS):
        found = View([index(TEXTS)]).scores(text).grams
        assert int(np.argmax(found)) == at


def test_classes_together_score_like_one_class() -> None:
    whole, parts = View([index(TEXTS)]), View([index(TEXTS[:1]), index(TEXTS[1:])])
    for question in ("password chat", "printer", "nothing at all"):
        assert np.allclose(whole.scores(question).bm25, parts.scores(question).bm25, atol=1e-5)
        assert np.allclose(whole.scores(question).grams, parts.scores(question).grams, atol=1e-5)


def test_a_misspelt_word_is_found_by_its_grams() -> None:
    found = View([index(TEXTS)]).scores("pasword")
    assert found.bm25.max() == 0
    assert int(np.argmax(found.grams)) in (0, 2)


def test_coverage_is_the_share_of_the_questions_words() -> None:
    view = View([index(TEXTS)])
    assert view.covered("printer paper", [0, 1]).tolist() == pytest.approx([0, 1])
    assert 0 < view.covered("printer zebra", [1])[0] < 1
    assert view.covered("?!", [0, 1]).tolist() == [0, 0]


def test_common_terms_are_left_out_of_large_classes_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"the text number{at}" for at in range(20)]
    assert View([index(texts)]).scores("the").bm25.max() > 0
    monkeypatch.setattr(lexical, "MANY", 10)
    assert View([index(texts)]).scores("the").bm25.max() == 0
    assert int(np.argmax(View([index(texts)]).scores("the number7").bm25)) == 7


def test_weighing_in_chunks_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = View([index(TEXTS)]).scores("password printer").grams
    monkeypatch.setattr(lexical, "CHUNK", 7)
    assert np.allclose(View([index(TEXTS)]).scores("password printer").grams, whole)


def test_an_empty_class_scores_nothing() -> None:
    found = View([index([])]).scores("password")
    assert (found.bm25.size, found.grams.size) == (0, 0)
