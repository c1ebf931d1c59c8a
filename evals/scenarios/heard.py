"""Whether something was said: looked for in the text as it reads, without its citation marks."""

import re
from collections.abc import Iterable

from evals.scenarios.shape import Facts

CITED = re.compile(r"\s*\[\d+\]")
DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


def plain(text: str) -> str:
    return " ".join(CITED.sub("", text).translate(DIGITS).casefold().split())


def said(items: Facts, texts: Iterable[str]) -> list[bool]:
    """Of each item, whether any of its wordings stands in the texts."""
    whole = plain("\n".join(texts))
    return [any(plain(wording) in whole for wording in item) for item in items]
