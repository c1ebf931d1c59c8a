"""Folds text so that the spellings of one word meet. For the index alone: what a person reads keeps its ZWNJ, marks and digits."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import zip_longest

ZWNJ = "\u200c"
ZERO_WIDTH_SPACE = "\u200b"            # some keyboards type it for ZWNJ
TATWEEL = "\u0640"

LETTERS = {                            # what NFKD leaves apart; hamza seats and madda fall off with their marks
    "ي": "ی", "ى": "ی", "ې": "ی", "ے": "ی",
    "ك": "ک", "ڪ": "ک",
    "ة": "ه", "ۃ": "ه", "ە": "ه", "ہ": "ه", "ھ": "ه",
    "ٱ": "ا", "ٲ": "ا", "ٳ": "ا",
    ZERO_WIDTH_SPACE: ZWNJ,
    TATWEEL: "",
}
WORD = re.compile(r"[^\W_]+(?:['’\u200c-][^\W_]+)*")
JOINT = re.compile(r"['’\u200c-]")

# Persian affixes that are written apart, joined or with ZWNJ as the keyboard allows.
PREFIXES = frozenset({"می", "نمی"})
SUFFIXES = frozenset({"ها", "های", "هایی", "هایم", "هایت", "هایش", "ام", "ای", "اند", "تر", "ترین"})


class _Folding(dict[int, str | None]):
    """A table for `str.translate` that learns each character at its first sight."""

    def __missing__(self, code: int) -> str | None:
        self[code] = folded = _fold_one(chr(code))
        return folded


def _fold_one(char: str) -> str | None:
    if char in LETTERS:
        return LETTERS[char]
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category in ("Mn", "Me") or (category == "Cf" and char != ZWNJ):
        return None
    return char


_TABLE = _Folding()


def fold(text: str) -> str:
    """One spelling of many: compatibility forms, case, marks, tatweel, Arabic and Persian letters and all digits folded; ZWNJ stays.

    >>> fold("أُرِيدُ ١٢ كـتـاباً")
    'ارید 12 کتابا'
    """
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return plain.translate(_TABLE)


def words(text: str) -> list[str]:
    """The words of a text, folded. One with a ZWNJ, hyphen or apostrophe gives its parts and the whole.

    >>> words("Wi-Fi وصل نمی‌شود")
    ['wi', 'fi', 'wifi', 'وصل', 'نمی', 'شود', 'نمیشود']
    """
    found = [JOINT.split(word) for word in WORD.findall(fold(text))]
    return [*_with_wholes(found)]


def asked(text: str) -> list[tuple[str, ...]]:
    """The words of a question, each with the forms that it may have in a passage: alone, or joined with the next one.

    >>> asked("نرم افزار")
    [('نرم',), ('افزار', 'نرمافزار')]
    """
    parts = [JOINT.split(word) for word in WORD.findall(fold(text))]
    forms: list[tuple[str, ...]] = []
    before = ""
    for word in parts:
        whole = "".join(word)
        joined = (before + whole,) if before else ()
        forms.append(tuple(dict.fromkeys((whole, *(word if len(word) > 1 else ()), *joined))))
        before = whole
    return forms


def _with_wholes(found: list[list[str]]) -> Iterator[str]:
    for word, next_one in zip_longest(found, found[1:], fillvalue=[""]):
        following = "".join(next_one)
        yield from word
        if len(word) > 1:
            yield "".join(word)
        elif following and (word[0] in PREFIXES or following in SUFFIXES):
            yield word[0] + following
