"""The text of a file, whatever kind it was: what it may be at most, and how it is tidied."""

import re
import unicodedata
from dataclasses import dataclass, replace

from charset_normalizer import from_bytes

from knowledge.errors import BadFile

TITLE = 300                    # characters
LOOKED_AT = 64 * 1024          # bytes from which an old encoding is told
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")
LONE = re.compile("[\ud800-\udfff]")
# Letters as they are drawn, which a program may have written instead of letters.
SHAPED = re.compile("[\ufb00-\ufb06\ufb50-\ufdff\ufe70-\ufefc]+")
BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
GAP = re.compile(r"\n[ \t]*(?:\n[ \t]*){2,}\n")


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one file may be at most."""

    size: int = 32 * 1024 * 1024           # bytes
    unpacked: int = 256 * 1024 * 1024      # bytes of all members of a container
    members: int = 5_000
    pages: int = 2_000                     # or slides
    text: int = 2_000_000                  # characters
    seconds: float = 60.0
    memory: int = 2 * 1024 * 1024 * 1024   # bytes of the process that converts


@dataclass(frozen=True, kw_only=True)
class Converted:
    title: str                 # empty where the file names none
    text: str                  # its lines end with \n alone
    plain: bool                # nothing in it is markup


def tidied(found: Converted, limits: Limits) -> Converted:
    """Raises BadFile where nothing is left, or too much."""
    text = BREAKS.sub("\n", LONE.sub("\ufffd", found.text))
    text = SHAPED.sub(lambda some: unicodedata.normalize("NFKC", some.group()), CONTROL.sub("", text))
    text = GAP.sub("\n\n\n", text).strip("\n")
    if len(text) > limits.text:
        raise BadFile(f"Its text has more than {limits.text} characters. Split the file.")
    if not any(char.isalnum() for char in text):
        raise BadFile("It holds no text. Pages that are only pictures have to be read by an OCR program first.")
    title = " ".join(CONTROL.sub("", LONE.sub("", found.title)).split())
    return replace(found, title=title[:TITLE], text=text)


def decoded(raw: bytes) -> str:
    """Text of any encoding: UTF-8, else as its marks say, else as its letters suggest."""
    for encoding in ("utf-8-sig", "utf-16") if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    best = None if b"\0" in raw[:LOOKED_AT] else from_bytes(raw[:LOOKED_AT]).best()
    if best is None:
        raise BadFile("It is no text in an encoding that could be told. Save it as UTF-8.")
    return raw.decode(best.encoding, "replace")
