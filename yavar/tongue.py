"""The language of what somebody has written in a document."""

from desk.people import LANGS, Lang
from guardrails.signals.language import identify


def tongue(text: str, last: Lang | None) -> Lang:
    """As a message is heard, but that a document is written: Latin letters are English there, never spoken Arabic or Persian."""
    found = identify(text, last)
    return found.lang if found.spoken in LANGS else last or "en"
