"""Spellings of one word meet, and folding is steady."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.normalise import asked, fold, words

OURS = "ابتپچگکكيیىئؤأإآةهۀء۰۱۲٣٤ـًٌٍَُِّْٰ\u200c\u200d\u200e\u200b abcXYZ'-’"
SCRIPTS = st.text(st.characters(blacklist_categories=["Cs"]) | st.sampled_from(OURS))


def meet(left: str, right: str) -> bool:
    """Whether every word of a question finds one of its forms in the passage."""
    held = set(words(right))
    return all(held & set(forms) for forms in asked(left))


@given(SCRIPTS)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(SCRIPTS)
def test_composed_and_decomposed_text_fold_alike(text: str) -> None:
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text)) == fold(text)


@given(SCRIPTS)
def test_no_mark_no_tatweel_no_foreign_digit_is_left(text: str) -> None:
    for char in fold(text):
        assert char != "ـ"
        assert unicodedata.category(char) != "Mn"
        assert unicodedata.category(char) != "Nd" or char.isascii()


@given(SCRIPTS)
def test_words_hold_no_blank_and_no_zwnj(text: str) -> None:
    assert all(word and not set(word) & set(" \u200c\n") for word in words(text))


@given(SCRIPTS)
def test_every_text_meets_itself(text: str) -> None:
    assert meet(text, text)


@given(st.lists(st.sampled_from(["رمز", "عبور", "نرم\u200cافزار", "پیام\u200cرسان", "می\u200cشود", "VPN"]), min_size=1, max_size=8))
def test_lost_zwnj_still_meets(parts: list[str]) -> None:
    kept = " ".join(parts)
    assert meet(kept.replace("\u200c", ""), kept)
    assert meet(kept.replace("\u200c", " "), kept)
    assert meet(kept, kept.replace("\u200c", " "))


@pytest.mark.parametrize(("left", "right"), [
    ("مي‌شود", "می‌شود"),                                        # Arabic and Persian yeh
    ("كلمة المرور", "کلمه المرور"),
    ("إعادة", "اعادة"),
    ("آخر", "اخر"),
    ("مسؤول", "مسوول"),
    ("حسابٌ", "حساب"),
    ("كـلـمـة", "كلمة"),
    ("۳۰ دقیقه", "30 دقیقه"),
    ("٣٠ دقيقة", "30 دقیقه"),
    ("ＶＰＮ", "vpn"),
    ("خانهٔ", "خانه"),
    ("ﻻ", "لا"),
    ("Wi-Fi", "wifi"),
    ("e-mail", "email"),
    ("can’t", "can't"),
])
def test_spellings_of_one_word_fold_together(left: str, right: str) -> None:
    assert meet(left, right)


@pytest.mark.parametrize("asked_as", ["می‌شود", "می شود", "میشود"])
@pytest.mark.parametrize("written", ["می‌شود", "می شود", "میشود"])
def test_the_three_spellings_of_a_persian_verb_meet(asked_as: str, written: str) -> None:
    assert set(words(written)) & {form for forms in asked(asked_as) for form in forms}


def test_a_question_may_have_split_what_the_article_joins() -> None:
    assert meet("نرم افزار", "نرم‌افزار")
    assert ("fi", "wifi") in asked("wi fi")


def test_another_word_stays_another_word() -> None:
    assert not meet("رمز", "قفل")
