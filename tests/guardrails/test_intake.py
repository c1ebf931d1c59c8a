"""Whatever a person pastes, the house reads one form of it, and nothing invisible comes in."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desk.errors import BadInput, TooLarge
from guardrails.intake import LIMIT, canonical

ZWNJ, ZWJ, VS16 = "\u200c", "\u200d", "\ufe0f"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("  hello \n", "hello"),
        ("first\r\nsecond\rthird\u2028fourth", "first\nsecond\nthird\nfourth"),
        ("col\tcol", "col\tcol"),
        ("cafe\u0301", "café"),
        ("ا\u0653", "آ"),
        ("pass\u00adword", "password"),
        ("ad\u200bmin\ufeff", "admin"),
        ("a\u2060b\u2063c\u034fd", "abcd"),
        ("user\u202etxt.exe\u202c", "usertxt.exe"),
        ("\u2067#vpn\u2069 \u200e1\u200f", "#vpn 1"),
        ("hi\U000e0069\U000e0067\U000e006e\U000e006f\U000e0072\U000e0065", "hi"),
        ("ok\U000e0101\U000e0154\ufe01", "ok"),
        ("e\u200b\u0301", "é"),
        ("شركــــة", "شركــــة"),
        ("كَلِمَةُ السِّرّ", unicodedata.normalize("NFC", "كَلِمَةُ السِّرّ")),
    ],
)
def test_what_is_invisible_goes_and_what_is_written_stays(written: str, read: str) -> None:
    assert canonical(written) == read


@pytest.mark.parametrize("word", [f"می{ZWNJ}خواهم", f"رمز{ZWNJ}های عبور", f"نرم{ZWNJ}افزارهای به{ZWNJ}روز", f"خانه{ZWNJ}ام"])
def test_persian_words_keep_their_non_joiner(word: str) -> None:
    assert canonical(word) == word


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (f"pay{ZWNJ}pal", "paypal"),
        (f"{ZWNJ}رمز{ZWNJ}", "رمز"),
        (f"رمز{ZWNJ} من", "رمز من"),
        (f"۵{ZWNJ}ام", "۵ام"),
        (f"می{ZWNJ}{ZWNJ}{ZWNJ}خواهم", f"می{ZWNJ}خواهم"),
        (f"می{ZWNJ}\u200b{ZWNJ}خواهم", f"می{ZWNJ}خواهم"),
    ],
)
def test_a_non_joiner_anywhere_else_goes(written: str, read: str) -> None:
    assert canonical(written) == read


@pytest.mark.parametrize(
    "emoji",
    [
        *(f"👩{ZWJ}💻", f"👩🏽{ZWJ}🚒", f"❤{VS16}{ZWJ}🔥"),
        *(f"🏳{VS16}{ZWJ}🌈", f"1{VS16}\u20e3", f"☎{VS16}", "🇯🇴", f"👨{ZWJ}👩{ZWJ}👧"),
    ],
)
def test_an_emoji_keeps_what_it_is_made_of(emoji: str) -> None:
    assert canonical(f"thanks {emoji} !") == f"thanks {emoji} !"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        *((f"ad{ZWJ}min", "admin"), (f"👩{ZWJ}", "👩"), (f"ه{ZWJ}", "ه"), (f"a{VS16}b", "ab")),
        *((f"☎{VS16}{VS16}{VS16}", f"☎{VS16}"), (f"12{VS16}", "12")),
    ],
)
def test_joiners_and_selectors_without_an_emoji_go(written: str, read: str) -> None:
    assert canonical(written) == read


@pytest.mark.parametrize("text", ["", "   \n\t ", "\u200b\u200d\ufeff", "\U000e0041", ZWNJ])
def test_nothing_to_read_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="empty"):
        canonical(text)


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\x0b", "\x1b", "\x7f", "\x85", chr(0xD800), chr(0xDFFF)])
def test_controls_and_lone_surrogates_are_refused(sign: str) -> None:
    with pytest.raises(BadInput, match="control") as refused:
        canonical(f"hello{sign}there")
    assert not isinstance(refused.value, TooLarge)


@pytest.mark.parametrize("unit", ["a", "ر", "😀"])
def test_sixteen_kibibytes_fit_and_no_more(unit: str) -> None:
    fits = unit * (LIMIT // len(unit.encode()))
    assert canonical(fits) == fits
    with pytest.raises(TooLarge):
        canonical(fits + unit)


def test_what_grows_past_the_limit_is_refused_too() -> None:
    growing = "\U0001d160" * (LIMIT // 4)          # 4 bytes each, 12 after NFC
    with pytest.raises(TooLarge):
        canonical(growing)


TRICKY = st.sampled_from(
    [
        *f"{ZWNJ}{ZWJ}{VS16}\ufe0e\u00ad\u200b\u202e\u20e3\u0301\u0654\u064e\U000e0041\U000e0100 \n1a",
        *("ا", "ی", "ـ", "👩", "🏽", "❤"),
    ]
)


@given(st.text(max_size=60) | st.lists(TRICKY, max_size=14).map("".join))
@example(f"👩{ZWJ}{ZWNJ}{ZWJ}👩")
@example(f"ا{ZWNJ}{ZWJ}ا")
def test_reading_twice_changes_nothing_more(text: str) -> None:
    try:
        once = canonical(text)
    except BadInput:
        return
    assert canonical(once) == once
    assert once == once.strip()
    assert unicodedata.is_normalized("NFC", once)
    assert not {"\u00ad", "\u200b", "\u202e", "\U000e0041", "\U000e0100"} & set(once)


@given(st.text(alphabet=st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1).filter(str.strip))
def test_plain_text_is_only_trimmed(text: str) -> None:
    assert canonical(text) == text.strip()
