"""Markdown, with or without front matter."""

import re

from knowledge.sources.formats.text import Converted, Limits, decoded

FRONT = re.compile(r"\A---[ \t]*\n(.{0,4000}?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
TITLE = re.compile(r"^title:[ \t]*(.+?)[ \t]*$", re.MULTILINE)


def read(raw: bytes, limits: Limits) -> Converted:
    text = decoded(raw).replace("\r\n", "\n")
    front = FRONT.match(text)
    title = TITLE.search(front.group(1)) if front else None
    return Converted(title=title.group(1).strip("\"'") if title else "", text=text[front.end():] if front else text, plain=False)
