"""A converted file as the shelf holds it: a document, and its passages with the language of each."""

import hashlib
import re
from collections.abc import Callable
from functools import cache
from pathlib import PurePosixPath
from typing import Any

from desk.people import Lang
from desk.sources import Source
from knowledge.articles import indexed
from knowledge.code import fingerprint
from knowledge.sources.files import Found
from knowledge.sources.formats import FORMATS, Converted
from knowledge.sources.passages import cut, first_title, heading

TIER = "synced"                # what a source holds; nobody of the desk has reviewed it
AUTO = "auto"
TITLE, HEADING = 300, 400      # characters that the shelf holds
TOLD_FROM = 4000               # characters that a document's language is told from
# What decides what a file becomes: another version of it makes other documents of the same bytes.
CODE = ("sources/documents.py", "sources/layout.py", "sources/passages.py", "sources/formats/text.py", "sources/formats/order.py",
        "sources/formats/container.py", "sources/formats/tables.py",
        *(f"sources/formats/{name}.py" for name in sorted(set(FORMATS.values()))))

Tongue = Callable[[str, Lang | None], Lang]    # which language a text is in; where it does not say, the second


def hash_of(raw: bytes, source: Source) -> str:
    """Of all that a document comes from: whatever differs makes another one."""
    whole = hashlib.sha256(f"{_code()} {source.audience} {source.lang} ".encode())
    whole.update(raw)
    return whole.hexdigest()


@cache
def _code() -> str:
    return fingerprint(*CODE)


def document(source: Source, found: Found, raw: bytes, converted: Converted, tongue: Tongue) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The rows of a document and of its passages. Its id stays while its source and path do, so that links to it hold."""
    its_id = hashlib.sha256(f"{source.name}\0{found.path}".encode()).hexdigest()[:20]
    text = converted.text
    title = converted.title or ("" if converted.plain else first_title(text)[:TITLE]) or _named(found.path)
    lang = tongue(text[:TOLD_FROM], None if source.lang == AUTO else _lang(source.lang))
    row = {"id": its_id, "source": source.name, "path": found.path, "topic": its_id, "lang": lang, "title": title,
           "audience": source.audience, "owner": source.name, "reviewed": "", "tier": TIER, "text": text, "hash": hash_of(raw, source),
           "updated_at": found.updated_at}
    passages = []
    for ordinal, piece in enumerate(cut(text, plain=converted.plain)):
        says, under = text[piece.begins:piece.ends], heading(piece.path, title, HEADING)
        own = tongue(says, lang)
        passages.append({
            "id": f"{its_id}.{ordinal}", "document": its_id, "ordinal": ordinal, "heading": under, "text": says,
            "hash": hashlib.sha256(indexed(title, under, says).encode()).hexdigest(), "embedder": None, "vector": None,
            "lang": own if own != lang else None, "begins": piece.begins, "ends": piece.ends})
    return row, passages


def _named(path: str) -> str:
    """A file that names no title has its name for one."""
    stem = PurePosixPath(path).stem
    return (" ".join(re.sub(r"[_-]+", " ", stem).split()) or stem)[:TITLE]


def _lang(code: str) -> Lang:
    langs: dict[str, Lang] = {"en": "en", "ar": "ar", "fa": "fa"}
    return langs[code]
