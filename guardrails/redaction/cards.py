"""Payment cards: a known issuer's range and length with the Luhn check, or sixteen digits that are called a card."""

import re
from collections.abc import Iterator

from guardrails.redaction.digits import luhn
from guardrails.redaction.view import Span, fold

GROUPED = re.compile(r"(?<![\w.+/#-])\d(?:[ -]?\d){11,59}(?!\w)")
CALLED = re.compile(
    fold(
        r"(?<![^\W_])(?:card|visa|master ?card|amex|debit|credit|mada|cc|cart|kart|"
        r"بطاقتي|(?:ال)?بطاقة|مدى|(?:ال)?فيزا|کارت|عابربانک)"
    ),
    re.IGNORECASE,
)
ISSUED = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"                                           # Visa, mada
    r"|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720|220[0-4])\d{12}"   # Mastercard, Mir
    r"|3[47]\d{13}"                                                        # American Express
    r"|3(?:0[0-5]|095|[689]\d)\d{11}(?:\d\d)?"                             # Diners Club
    r"|35(?:2[89]|[3-8]\d)\d{12}|(?:2131|1800)\d{11}"                      # JCB
    r"|9\d{15}"                                                            # regional networks
    r"|(?:50|5[6-9]|6\d)\d{10,17}"                                         # Maestro, Discover, UnionPay, Shetab
)


def find(text: str) -> Iterator[Span]:
    for row in GROUPED.finditer(text):
        groups = [(row.start() + part.start(), row.start() + part.end()) for part in re.finditer(r"\d+", row[0])]
        first = 0
        while first < len(groups):
            last = _ends(text, groups, first)
            if last is not None:
                yield Span(groups[first][0], groups[last][1])
                first = last
            first += 1


def _ends(text: str, groups: list[tuple[int, int]], first: int) -> int | None:
    """The group with which a card ends that begins with the group `first`."""
    digits, found = "", None
    for last in range(first, len(groups)):
        digits += text[slice(*groups[last])]
        if len(digits) > 19 or last - first > 7:
            break
        if len(digits) < 12:
            continue
        sound = luhn(digits)
        if sound and ISSUED.fullmatch(digits):
            found = last
        elif (sound or len(digits) == 16) and last - first < 5:
            start = groups[first][0]
            found = last if CALLED.search(text[max(0, start - 30) : start]) else found
    return found
