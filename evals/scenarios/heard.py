"""Whether something was said: looked for in the text as it reads, without its citation marks."""

import re
from collections.abc import Iterable

from evals.scenarios.shape import Facts
from knowledge.normalise import ZWNJ, fold

CITED = re.compile(r"\s*\[\d+\]")


def plain(text: str) -> str:
    """One spelling of many: letters, digits and marks that mean the same are the same."""
    return " ".join(fold(CITED.sub("", text)).replace(ZWNJ, "").split())


def said(items: Facts, texts: Iterable[str]) -> list[bool]:
    """Of each item, whether any of its wordings stands in the texts."""
    whole = plain("\n".join(texts))
    return [any(plain(wording) in whole for wording in item) for item in items]
