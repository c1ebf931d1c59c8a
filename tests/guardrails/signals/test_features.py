"""A message as features."""

import numpy as np
import pytest

from guardrails.signals import features as f
from guardrails.signals.features import concepts, features, grams, sound, tidy


def named(text: str) -> set[str]:
    return {f._book().names[number] for number in concepts(tidy(text))}


@pytest.mark.parametrize("texts", [
    ("كتاب التذكرة", "کتاب التذکره"),             # Arabic and Persian letters
    ("وی‌پی‌ان", "وی پی ان"),                      # ZWNJ and space
    ("ticket 1234", "TICKET ٥٦٧٨"),
    ("چراااا", "چرا"),
])
def test_spellings_of_one_word_meet(texts):
    assert tidy(texts[0]) == tidy(texts[1])


@pytest.mark.parametrize(("latin", "native"), [("ramz", "رمز"), ("karshenas", "کارشناس"), ("salam", "سلام"), ("moshkel", "مشکل")])
def test_latin_spelling_sounds_like_the_native_one(latin, native):
    assert sound(latin) == sound(native)


@pytest.mark.parametrize("texts", [
    ("my monitor is broken", "الشاشة خربانة", "مانیتورم خراب شده"),
    ("new laptop for a new employee", "لابتوب جديد لموظف جديد", "لپ‌تاپ جدید برای نیروی جدید"),
    ("is there any news on my ticket", "في جديد على تذكرتي؟", "از تیکتم خبری هست؟"),
    ("connect me to an operator", "وصلني بموظف", "وصلم کنید به اپراتور"),
])
def test_the_three_languages_share_concepts(texts):
    assert len(named(texts[0]) & named(texts[1]) & named(texts[2])) >= 2


def test_an_arabic_word_may_carry_the_article_and_a_persian_one_may_not():
    assert "hardware" in named("والشاشة")
    assert "hardware" not in named("والمانیتور")


def test_human_resources_is_no_person():
    assert "no_person" in named("the human resources portal")
    assert "no_person" not in named("a human please")


def test_pairs_of_concepts_have_places_of_their_own():
    single = len(f._book().names)
    places = {int(f._indices([low, high])[2]) for low in range(single) for high in range(low + 1, single)}
    assert places == set(range(single, f.how_many_concepts()))


@pytest.mark.parametrize("text", ["", " ", "😡", "؟", "a", "x" * 20_000])
def test_any_text_has_features(text):
    found = features(text)
    assert found.spelling.dtype == np.int64
    assert found.spelling.size < 2 ** f.SPELLING_BITS


def test_grams_know_the_edges_of_a_word():
    assert grams("ab") == {" a", "ab", "b ", " ab", "ab ", " ab "}
