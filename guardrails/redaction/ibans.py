"""International bank account numbers, with their national length and check digits (ISO 13616), and the Iranian sheba without its IR."""

import re
from collections.abc import Iterator

from guardrails.redaction.view import Span, fold

_LENGTHS = """
    AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18
    FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IR26 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21
    LT20 LU20 LV21 LY25 MA28 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22
    RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30 DZ26
"""
LENGTH = {entry[:2]: int(entry[2:]) for entry in _LENGTHS.split()}
CHECK = re.compile(r"\d(?<=[A-Za-z][A-Za-z].|[A-Za-z][ -].)\d(?=[ -]?[A-Za-z0-9])")       # the two digits behind the country
SHEBA = re.compile(fold(r"(?:شبا|sheba|shaba)[^\d\n]{0,30}(\d(?:[ -]?\d){23})(?!\d)"), re.IGNORECASE)


def find(text: str) -> Iterator[Span]:
    for check in CHECK.finditer(text):
        start = check.start() - (2 if text[check.start() - 1].isalpha() else 3)
        length = LENGTH.get(text[max(0, start) : start + 2].upper())
        if length and not text[start - 1 : start].isalnum():
            number = re.compile(rf"[A-Za-z0-9](?:[ -]?[A-Za-z0-9]){{{length - 1}}}(?![A-Za-z0-9])").match(text, start)
            if number and sound(number[0]):
                yield Span(*number.span())
    for number in SHEBA.finditer(text):
        if sound("IR" + number[1]):
            yield Span(*number.span(1))


def sound(iban: str) -> bool:
    """Modulo 97 (ISO 7064)."""
    plain = re.sub(r"[ -]", "", iban).upper()
    return int("".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])) % 97 == 1
