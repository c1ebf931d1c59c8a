"""E-mail addresses, in any script."""

import re
from collections.abc import Iterator

from guardrails.redaction.view import Span

# A local part starts where a word starts, and both sides are bounded (RFC 5321), so that no text makes this slow.
ADDRESS = re.compile(r"(?<![\w.%+'@-])[\w.%+'-]{1,64}@(?:[\w-]{1,63}\.){1,8}[\w-]{2,63}")
SPELT = re.compile(
    r"(?<![\w.%+-])[\w.%+-]{1,64} ?[\[({] ?at ?[\])}] ?[\w-]{1,63}(?: ?(?:[\[({] ?dot ?[\])}]|\.) ?[\w-]{2,63}){1,4}"
    r"|(?<![\w.%+-])[\w.%+-]{1,64} at [\w-]{1,63} dot (?:com|org|net|edu|gov|ir|sa|ae|eg|jo|ma|uk|de|io)(?!\w)",
    re.IGNORECASE,
)

SPELT_AT = re.compile(r" at [\w-]{1,63} dot |[\[({] ?at ?[\])}]", re.IGNORECASE)


def find(text: str) -> Iterator[Span]:
    if "@" in text:
        for address in ADDRESS.finditer(text):
            quote = len(address[0]) - len(address[0].lstrip("'"))
            yield Span(address.start() + quote, address.end())
    if SPELT_AT.search(text):
        for address in SPELT.finditer(text):
            yield Span(*address.span())
