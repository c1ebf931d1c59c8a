"""Scores of three scales are added fairly."""

import numpy as np
import pytest

from knowledge.fusion import Moments, best, lexical, semantic
from knowledge.lexical import Scores, View, index


@pytest.fixture
def vectors() -> np.ndarray:
    made = np.random.default_rng(1).normal(size=(50, 16)) + 2
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float16)


def test_moments_give_the_mean_and_spread_of_all_cosines(vectors: np.ndarray) -> None:
    question = vectors[3].astype(np.float32)
    cosines = vectors.astype(np.float64) @ question
    mean, spread = (Moments.of(vectors[:20]) + Moments.of(vectors[20:])).spread(question)
    assert mean == pytest.approx(cosines.mean(), abs=1e-6)
    assert spread == pytest.approx(cosines.std(), abs=1e-6)


def test_a_passage_without_a_vector_stands_at_the_mean(vectors: np.ndarray) -> None:
    question = vectors[0].astype(np.float32)
    found = semantic(np.array([1.0, np.nan], dtype=np.float32), Moments.of(vectors), question)
    assert found[0] > 1
    assert found[1] == 0


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_vectors_say_nothing(vectors: np.ndarray, count: int) -> None:
    assert semantic(np.ones(3, dtype=np.float32), Moments.of(vectors[:count]), vectors[0].astype(np.float32)).tolist() == [0, 0, 0]


def test_neither_retriever_wins_by_the_size_of_its_numbers() -> None:
    bm25, grams = np.array([30, 0, 0, 0], dtype=np.float32), np.array([0, 0.3, 0, 0], dtype=np.float32)
    found = lexical(Scores(bm25, grams))
    assert found[0] == pytest.approx(found[1], rel=1e-4)
    assert lexical(Scores(np.zeros(4, dtype=np.float32), np.zeros(4, dtype=np.float32))).tolist() == [0, 0, 0, 0]


def test_the_best_are_the_highest() -> None:
    assert set(best(np.array([3, 1, 2, 9], dtype=np.float32), 2)) == {0, 3}
    assert list(best(np.array([3, 1], dtype=np.float32), 5)) == [0, 1]


ENGLISH = ["The line drops after 12 hours.", "Choose a printer.", "Reset the password.", "Bring the laptop back.", "Book a room.",
           "Share a folder.", "The screen flickers.", "Scan to mail.", "Install the app.", "Order a headset."]


@pytest.mark.parametrize("question", ["لماذا ينقطع الاتصال بالشركة بعد ١٢ ساعة؟", "چرا اتصال شرکت بعد از ۱۲ ساعت قطع می‌شود؟"])
def test_one_number_in_common_does_not_outweigh_the_vectors(question: str) -> None:
    view = View([index(ENGLISH)])
    strange, known = view.scores(question), view.scores("when does the line drop, after 12 hours?")
    assert strange.words_known < 0.3 < known.words_known
    assert lexical(strange)[0] < 1 < lexical(known)[0]
    assert max(lexical(strange)) == lexical(strange)[0]        # it still says a little


def test_a_typing_error_is_found_by_its_grams() -> None:
    found = View([index(ENGLISH)]).scores("pasword")
    assert found.words_known == 0 < found.grams_known
    assert int(lexical(found).argmax()) == 2


def test_of_a_question_that_nothing_knows_words_say_nothing() -> None:
    found = View([index(ENGLISH)]).scores("؟")
    assert (found.words_known, found.grams_known) == (0, 0)
    assert not lexical(found).any()
