"""Text without markup."""

from knowledge.sources.formats.text import Converted, Limits, decoded


def read(raw: bytes, limits: Limits) -> Converted:
    return Converted(title="", text=decoded(raw), plain=True)
