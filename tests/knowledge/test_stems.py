"""Forms of one Arabic-script word share a stem; small words do not decide a search."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.lexical import View, index
from knowledge.normalise import fold
from knowledge.smallwords import small_words
from knowledge.stems import stem


@pytest.mark.parametrize(("left", "right"), [
    ("الطابعة", "طابعتي"), ("والطابعات", "طابعة"), ("بالحساب", "حسابي"), ("رمزها", "رمز"), ("للموظفين", "موظف"), ("رمزم", "رمزها"),
])
def test_forms_of_one_word_share_a_stem(left: str, right: str) -> None:
    left, right = stem(fold(left)), stem(fold(right))
    assert left == right or left + "ت" == right               # the t of a bound feminine stays


@given(st.text(st.sampled_from("ابتهیوکلمنس"), min_size=1, max_size=12))
def test_a_stem_is_never_empty_and_never_longer(word: str) -> None:
    assert 1 <= len(stem(word)) <= len(word)


@pytest.mark.parametrize("word", ["vpn", "printers", "12", "می"])
def test_other_scripts_and_short_words_stay(word: str) -> None:
    assert stem(word) == word


def test_small_words_are_folded() -> None:
    assert {"خیلی", "میشود", "شی"} <= small_words()
    assert all(fold(word) == word for word in small_words())


def test_small_words_do_not_decide_unless_they_are_all_there_is() -> None:
    view = View([index(["رایانه کند است", "خیلی از ما"])])
    assert view.scores("خیلی کند").bm25.tolist()[1] == 0
    assert view.scores("خیلی").bm25.tolist()[1] > 0
