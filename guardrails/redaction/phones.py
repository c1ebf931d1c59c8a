"""Telephone numbers: international, with a trunk 0, North American, Iranian and Gulf mobiles, or any that is called a telephone."""

import re
from collections.abc import Iterator

from guardrails.redaction.digits import named_otherwise
from guardrails.redaction.view import Span, fold

_BEFORE = r"(?<![\w.#/:@=\ufdd0])(?<!\d[-,])"
_MORE = r"(?:[ .()\-]{0,2}\d)"                  # one more digit, perhaps after a separator
_EXTENSION = r"(?:[ ,]{0,2}(?:x|ext\.?) ?\d{1,5})?"
_AFTER = r"(?!\w|[.,:/\-]\d|@)"

DIGITS = re.compile(r"\d[\d .()\-]{4,}\d")      # where a number may be at all
NUMBER = re.compile(
    rf"{_BEFORE}(?:"
    rf"\+{_MORE}{{8,15}}"
    rf"|\(\+\d{{1,3}}\){_MORE}{{6,12}}"
    rf"|00[ \-]?[1-9]{_MORE}{{8,13}}"
    rf"|(?:1[ .\-]?)?(?:\([2-9]\d\d\) ?|[2-9]\d\d[ .\-]?)[2-9]\d\d[ .\-]?\d{{4}}"
    rf"|\(0?\d{{2,5}}\){_MORE}{{5,9}}"
    rf"|0[1-9]{_MORE}{{7,9}}"
    r"|9[0-39]\d[ \-]?\d{3}[ \-]?\d{4}"
    r"|(?:9665|9715)\d{8}|989\d{9}|201[0125]\d{8}|9627[789]\d{7}|212[5-7]\d{8}|447\d{9}"
    r"|920\d{6}"
    rf"){_EXTENSION}{_AFTER}"
)
BARE = re.compile(rf"(?<![\w.#/@=\-\ufdd0])(?<!\d[: ])\(?\d{_MORE}{{6,13}}{_EXTENSION}{_AFTER}")
CALLED = re.compile(
    fold(
        r"(?<![^\W_])(?:(?:tele)?phone|mobile|cell|tel|fax|whats ?app|telegram|call|ring|text|dial|reach|contact|sms|messages?|answering|"
        r"(?:desk|home|work|office)[ \t]*:|(?:my|his|her|their|our|new|old|registered) number|"
        r"(?:ال)?هاتفي?|(?:ال)?جوالي?|(?:ال)?موباي?لي?|تلي?فوني?|واتس ?ا?ب|اتصلوا?|كلمون?ي|رنوا|رقمي|نمرتي|"
        r"تلفنم?|موبایلم?|همراهم?|تماس|زنگ|شماره ?ام|شمارم|شماره (?:من|تماس)|shomar(?:am|e man)|mobilam|ra2mi|raqmi|jawali)"
        r"(?![^\W_])[^\d\n+(]{0,25}\n?[ \t]*$"
    ),
    re.IGNORECASE,
)
CALLED_AFTER = re.compile(r"[ \t]*[-(,]?[ \t]*(?:office|fax|cell|mobile|home)(?![^\W_])", re.IGNORECASE)
NO_PHONE = re.compile(
    r"\d{1,3}(?:\.\d{1,3}){3}"                                       # an address of a computer
    r"|(?:19|20|13|14)\d\d([-.])\d\d?\1\d\d?(?: .*)?|\d\d?([-. ])\d\d?\2(?:19|20|13|14)\d\d(?: .*)?"   # a day
    r"|\d+\.\d+"                                                     # an amount
    r"|0+"
)


def find(text: str) -> Iterator[Span]:
    for digits in DIGITS.finditer(text):
        start, end = max(0, digits.start() - 2), min(len(text), digits.end() + 12)      # with "(+" before and an extension behind
        for number in NUMBER.finditer(text, start, end):
            yield from _kept(text, Span(*number.span()))
        for number in BARE.finditer(text, start, end):
            if CALLED_AFTER.match(text, number.end()) or CALLED.search(text[max(0, number.start() - 48) : number.start()]):
                yield from _kept(text, Span(*number.span()))


def _kept(text: str, span: Span) -> Iterator[Span]:
    if not NO_PHONE.fullmatch(text[span.start : span.end]) and (text[span.start] == "+" or not named_otherwise(text, span.start)):
        yield span
