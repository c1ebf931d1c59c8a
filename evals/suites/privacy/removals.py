"""Where a redaction took something out, told from the text before and after; and what of that was meant to go."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from evals.spans import Span

LEFT = 0.2                     # of a secret at most may still stand there: the last digits of a card are printed on receipts
KINDS = ("password", "code", "card", "account number", "phone", "id number", "e-mail", "secret")
MARK = re.compile(rf"\[({'|'.join(KINDS)})\]")
# What other collections call them.
CALLED = {
    "PASSWORD": "password", "CODE": "code", "OTP": "code", "ONE_TIME_CODE": "code", "CREDIT_CARD": "card", "CARD": "card",
    "IBAN_CODE": "account number", "IBAN": "account number", "PHONE_NUMBER": "phone", "PHONE": "phone", "US_SSN": "id number",
    "NATIONAL_ID": "id number", "ID_NUMBER": "id number", "EMAIL_ADDRESS": "e-mail", "EMAIL": "e-mail", "API_KEY": "secret",
    "SECRET": "secret",
    **{kind: kind for kind in KINDS},
}
DIGITS = {"latin": re.compile("[0-9]"), "arabic": re.compile("[٠-٩]"), "persian": re.compile("[۰-۹]")}


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """Of one message: what was sought and found, what was removed and rightly so."""

    sought: tuple[Span, ...]
    found: tuple[Span, ...]
    removed: tuple[Span, ...]
    rightly: tuple[Span, ...]

    @property
    def missed(self) -> tuple[Span, ...]:
        return tuple(each for each in self.sought if each not in self.found)

    @property
    def in_vain(self) -> tuple[Span, ...]:
        return tuple(each for each in self.removed if each not in self.rightly)


def removals(before: str, after: str) -> list[Span]:
    """Each bracketed kind of `after` with what stood there in `before`. What the message itself wrote in such brackets is no removal."""
    kinds = [mark[1] for mark in MARK.finditer(after)]
    kept = [re.escape(part) for part in MARK.split(after)[::2]]
    matched = re.fullmatch("".join([kept[0], *(f"(.+?){part}" for part in kept[1:])]), before, re.DOTALL)
    if matched is None:
        raise ValueError("what is left of the text is not what stood there before")
    spans = (Span(start=matched.start(at), end=matched.end(at), kind=kind) for at, kind in enumerate(kinds, 1))
    return [span for span in spans if before[span.start:span.end] != f"[{span.kind}]"]


def weigh(text: str, marked: Sequence[Span], removed: Sequence[Span]) -> Weighed:
    """A secret is found if hardly anything of it is left; a removal is right if it touches what was marked, of whatever type."""
    sought = [Span(start=each.start, end=each.end, kind=CALLED[each.kind]) for each in marked if each.kind in CALLED]
    gone = {at for span in removed for at in range(span.start, span.end)}
    return Weighed(
        sought=tuple(sought), found=tuple(each for each in sought if _left(text, each, gone) <= LEFT), removed=tuple(removed),
        rightly=tuple(each for each in removed if any(other.start < each.end and each.start < other.end for other in sought)))


def _left(text: str, span: Span, gone: Collection[int]) -> float:
    """The share of its letters and digits that still stands there."""
    telling = [at for at in range(span.start, span.end) if text[at].isalnum()] or list(range(span.start, span.end))
    return sum(at not in gone for at in telling) / len(telling)


def digits_of(text: str) -> str:
    """In which digits a secret is written; "" for none."""
    return next((name for name, pattern in reversed(DIGITS.items()) if pattern.search(text)), "")


def counts(text: str, weighed: Weighed) -> dict[str, float]:
    """Numbers to add up: in all, by kind, and by the digits that the secret is written in."""
    found: dict[str, float] = {"sought": len(weighed.sought), "found": len(weighed.found), "removed": len(weighed.removed),
                               "rightly": len(weighed.rightly)}
    for what, spans in (("sought", weighed.sought), ("found", weighed.found), ("removed", weighed.removed), ("rightly", weighed.rightly)):
        for span in spans:
            found[f"{what}.{span.kind}"] = found.get(f"{what}.{span.kind}", 0.0) + 1
            if what in ("sought", "found") and (digits := digits_of(text[span.start:span.end])):
                found[f"{what}.{digits}"] = found.get(f"{what}.{digits}", 0.0) + 1
    return found
