"""Articles as files: `<topic>/<lang>.md`, front matter first, then a lead, then one passage per `## ` heading."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast

from desk.people import LANGS, Lang
from knowledge.errors import BadArticle

FIELDS = ("topic", "lang", "title", "audience", "owner", "reviewed")
TOPIC = re.compile(r"[a-z0-9][a-z0-9-]{0,23}")         # with language and ordinal it makes a passage's id of at most 32 characters
AUDIENCE = re.compile(r"[a-z][a-z0-9-]{1,39}")         # an access class; also the name of its collection
FENCE = "```"


@dataclass(frozen=True, kw_only=True)
class Section:
    ordinal: int
    heading: str               # empty for the lead
    text: str                  # markdown as displayed, without its heading
    hash: str                  # of what the index reads


@dataclass(frozen=True, kw_only=True)
class Article:
    path: str                  # "vpn/fa.md"
    topic: str
    lang: Lang
    title: str
    audience: str
    owner: str
    reviewed: str              # ISO date
    text: str                  # the whole body
    hash: str                  # of the whole file
    sections: tuple[Section, ...]

    @property
    def id(self) -> str:
        return f"{self.topic}.{self.lang}"


def indexed(title: str, heading: str, text: str) -> str:
    """What the index reads of a passage: a section alone rarely says what it is about."""
    return "\n".join(part for part in (title, heading, text) if part)


def read_folder(folder: Path) -> list[Article]:
    """Every article under a folder, topics in order.

    Raises BadArticle at the first one that is not well formed.
    """
    return [read_article(path, folder) for path in sorted(folder.glob("*/*.md"))]


def read_sections(name: str, title: str, text: str) -> tuple[Section, ...]:
    """The sections of an article's body. Raises BadArticle, which names the line of the body."""
    return tuple(_sections(name, title, text.splitlines(), 0))


def read_article(path: Path, folder: Path) -> Article:
    raw = path.read_text(encoding="utf-8-sig")
    name = path.relative_to(folder).as_posix()
    lines = raw.splitlines()
    end = _front_matter_end(name, lines)
    fields = _fields(name, lines[1:end])
    if (fields["topic"], fields["lang"]) != (path.parent.name, path.stem):
        raise BadArticle(f"{name}:1: topic and lang must be those of the path")
    sections = tuple(_sections(name, fields["title"], lines, end + 1))
    return Article(
        path=name, topic=fields["topic"], lang=cast(Lang, fields["lang"]), title=fields["title"], audience=fields["audience"],
        owner=fields["owner"], reviewed=fields["reviewed"], text="\n".join(lines[end + 1:]).strip(), hash=_digest(raw), sections=sections)


def _front_matter_end(name: str, lines: list[str]) -> int:
    if not lines or lines[0].strip() != "---":
        raise BadArticle(f"{name}:1: the file must begin with ---")
    for at, line in enumerate(lines[1:], start=1):
        if line.strip() == "---":
            return at
    raise BadArticle(f"{name}:{len(lines)}: the front matter has no closing ---")


def _fields(name: str, lines: list[str]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for number, line in enumerate(lines, start=2):
        key, colon, value = line.partition(":")
        key, value = key.strip(), value.strip()
        if not colon or key not in FIELDS:
            raise BadArticle(f"{name}:{number}: expected one of {', '.join(FIELDS)}, found {line.strip()!r}")
        if key in found:
            raise BadArticle(f"{name}:{number}: {key} stands here twice")
        if wrong := _wrong(key, value):
            raise BadArticle(f"{name}:{number}: {key} {wrong}")
        found[key] = value
    if missing := [key for key in FIELDS if key not in found]:
        raise BadArticle(f"{name}:{len(lines) + 2}: {', '.join(missing)} missing")
    return found


def _wrong(key: str, value: str) -> str:
    """What is wrong with the value of a field; empty if nothing is."""
    if not value:
        return "is empty"
    if key == "topic" and not TOPIC.fullmatch(value):
        return "must be 1 to 24 small letters, digits and hyphens"
    if key == "lang" and value not in LANGS:
        return f"must be one of {', '.join(LANGS)}"
    if key == "audience" and not AUDIENCE.fullmatch(value):
        return "must be an access class such as public, everyone or agents"
    if key == "reviewed" and not _is_date(value):
        return "must be a date such as 2026-11-20"
    if len(value) > 300:
        return "is longer than 300 characters"
    return ""


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _sections(name: str, title: str, lines: list[str], start: int) -> Iterator[Section]:
    heading, at, fenced, body, ordinal = "", start, False, list[str](), 0
    for number, line in enumerate([*lines[start:], "## "], start=start):
        fenced ^= line.startswith(FENCE)
        if not line.startswith("## ") or (fenced and number < len(lines)):
            if line.startswith("# ") and not fenced:
                raise BadArticle(f"{name}:{number + 1}: the title stands in the front matter; sections begin with ##")
            body.append(line)
            continue
        text = "\n".join(body).strip()
        if not text:
            raise BadArticle(f"{name}:{at + 1}: {'the section' if ordinal else 'the lead'} is empty")
        yield Section(ordinal=ordinal, heading=heading, text=text, hash=_digest(indexed(title, heading, text)))
        heading, at, body, ordinal = line.removeprefix("## ").strip(), number, [], ordinal + 1


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
