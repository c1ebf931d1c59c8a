"""National identity numbers: by their own structure and check digit, or by being called one."""

import re
from collections.abc import Iterator
from datetime import date

from guardrails.redaction.digits import luhn, named_otherwise
from guardrails.redaction.view import Span, fold

SOCIAL_SECURITY = re.compile(r"\d(?<![\w.-].)\d\d(?<!000)(?<!666)([- ])(?!00)\d{2}\1(?!0000)\d{4}(?![\w-])")
EMIRATES = re.compile(r"784(?<![\w.-]...)[ -]?\d{4}[ -]?\d{7}[ -]?\d(?![\w-])")
PLAIN = re.compile(r"\d(?<![\w.+#/:-].)(?:\d{9}|\d{13}|\d{2}-\d{6}-\d)(?![\w%-]|[.,:/]\d)")
ANY = re.compile(r"\d(?<!\d.)(?<!\d[ -].)(?:[ -]?\d){5,14}[A-Za-z]?(?!\w)")
CALLED = re.compile(
    fold(
        r"(?<![^\W_])(?:ssn|social security(?: number| no\.?)?|"
        r"(?:national|civil|citizen|emirates|resident|residence)[ -]?(?:id|identity|insurance)?[ -]?(?:card|number|no\.?)?|"
        r"iqama|nino|passport(?: number| no\.?)?|cin|"
        r"(?:ال)?هويت?[ةي]?|(?:رقم )?(?:ال)?إقام[ةت]ي?|الرقم القومي|رقمي القومي|الرقم الوطني|رقمي الوطني|البطاقة الوطنية|البطاقة الشخصية|"
        r"بطاقتي الوطنية|بطاقتي الشخصية|جواز(?: السفر| سفري)?|جوازي|السجل المدني|الرقم المدني|رقمي المدني|"
        r"کد ?ملی(?: ?م| من| ?ام)?|شماره ?(?:ی )?ملی(?: ?م| من| ?ام)?|کارت ملی ?م?|شماره شناسنامه(?: ?ام)?|پاسپورتم?|گذرنامه(?: ?ام|م)?|"
        r"[ck]od[ei]? ?mell?i(?:m|am|e man)?|shomare ?mell?i(?:m|am)?|raqam el (?:hawiya|huwiya)|ra2m el 2?awmi)"
        r"[^\d\n.!?؟]{0,20}$"
    ),
    re.IGNORECASE,
)
ARABIC_SCRIPT = re.compile("[\u0620-\u064a\u0671-\u06d3]")
ABOUT_PHONES = re.compile(
    fold(r"(?:phone|mobile|cell|call|whats ?app|tel|fax|جوال|موبايل|هاتف|تلفون|واتس|اتصل|تلفن|همراه|تماس|زنگ)[^\n]{0,20}$"),
    re.IGNORECASE,
)
GOVERNORATES = frozenset({*range(1, 5), *range(11, 20), *range(21, 30), *range(31, 36), 88})


def find(text: str) -> Iterator[Span]:
    for pattern in (SOCIAL_SECURITY, EMIRATES):
        for number in pattern.finditer(text):
            yield Span(*number.span())
    for number in ANY.finditer(text):
        start = number.start()
        while start > 0 and number.start() - start < 2 and text[start - 1].isascii() and text[start - 1].isalpha():
            start -= 1
        if not text[start - 1 : start].isalnum() and CALLED.search(text[max(0, start - 56) : start]):
            yield Span(start, number.end())
    for number in PLAIN.finditer(text):
        digits = number[0].replace("-", "")
        if (egyptian(digits) or _of_ten(text, number.start(), digits)) and not named_otherwise(text, number.start()):
            yield Span(*number.span())


def _of_ten(text: str, start: int, digits: str) -> bool:
    """Ten digits are just as well a telephone number, unless the check digit and the words around say otherwise."""
    if digits.startswith("05") or ABOUT_PHONES.search(text[max(0, start - 30) : start]):
        return False
    return saudi(digits) or (iranian(digits) and (digits[0] in "01" or bool(ARABIC_SCRIPT.search(text))))


def saudi(digits: str) -> bool:
    """A citizen's (1…) or resident's (2…) number."""
    return len(digits) == 10 and digits[0] in "12" and luhn(digits)


def iranian(digits: str) -> bool:
    """Kod-e melli: the last digit is the weighted sum of the others modulo 11."""
    if len(digits) != 10 or len(set(digits)) == 1:
        return False
    rest = sum(int(digit) * (10 - place) for place, digit in enumerate(digits[:9])) % 11
    return int(digits[9]) == (rest if rest < 2 else 11 - rest)


def egyptian(digits: str) -> bool:
    """Century, birth date, governorate, sequence, check digit."""
    if len(digits) != 14 or digits[0] not in "23" or int(digits[7:9]) not in GOVERNORATES:
        return False
    try:
        date(1700 + 100 * int(digits[0]) + int(digits[1:3]), int(digits[3:5]), int(digits[5:7]))
    except ValueError:
        return False
    return True
