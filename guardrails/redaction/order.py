"""The recognisers in their order: an earlier one's find is out of sight of the later ones."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from guardrails.redaction import cards, codes, emails, ibans, identities, keys, lookalikes, passwords, phones
from guardrails.redaction.view import Span, disjoint, view

RECOGNISERS: tuple[tuple[str, Callable[[str], Iterable[Span]]], ...] = (
    ("secret", keys.find),              # the longest shapes first: a key holds things that look like all the others
    ("account number", ibans.find),
    ("card", cards.find),
    ("password", passwords.find),       # before e-mail: "my password is bob@123"
    ("e-mail", emails.find),
    ("id number", identities.find),
    ("code", codes.find),
    ("phone", phones.find),
    ("password", lookalikes.find),      # last: only what nothing else knows
)
PROVES = ("code", "password") # kinds that somebody types who means to prove who they are
ROUNDS = 8                              # what one removal uncovers is found in the next round; two are the rule


@dataclass(frozen=True)
class Redacted:
    text: str
    found: tuple[str, ...]     # the kind of each removal, in the order they were found


def redact(text: str) -> Redacted:
    """The text with each secret replaced by its bracketed kind; redacting twice changes nothing more."""
    found: list[str] = []
    for _ in range(ROUNDS):
        before = text
        seen = view(text)
        for kind, find in RECOGNISERS:
            spans = disjoint(find(seen.text))
            if spans:
                for start, end in reversed(spans):
                    text = f"{text[: seen.origin(start)]}[{kind}]{text[seen.origin(end) :]}"
                found += [kind] * len(spans)
                seen = view(text)
        if text == before:
            break
    return Redacted(text, tuple(found))


def shows_a_code(redacted: str) -> bool:
    """Whether a code or a password was taken out of the text."""
    return any(f"[{kind}]" in redacted for kind in PROVES)
