"""Phrasings: how people ask for a section, in a file beside the article (`<lang>.asked.yaml`). They widen the search, unseen."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from desk.declarations import LOADER, line_of
from knowledge.articles import Article
from knowledge.errors import BadArticle


@dataclass(frozen=True, kw_only=True)
class Phrasing:
    document: str
    ordinal: int               # of the section that it asks for
    text: str

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def read_phrasings(article: Article, folder: Path) -> list[Phrasing]:
    """The phrasings of an article: headings as in the article, each with a list of texts. Raises BadArticle."""
    path = folder / article.path
    file = path.with_name(f"{path.stem}.asked.yaml")
    return [*_read(article, file, file.relative_to(folder).as_posix())] if file.exists() else []


def _read(article: Article, file: Path, name: str) -> Iterator[Phrasing]:
    text = file.read_text("utf-8")
    try:
        found = yaml.load(text, LOADER)  # noqa: S506  it is a safe loader
    except yaml.YAMLError as error:
        raise BadArticle(f"{name}:{line_of(error, text)}: not well-formed YAML") from error
    if not isinstance(found, dict):
        raise BadArticle(f"{name}:1: expected headings, each with a list of texts")
    ordinals = {section.heading: section.ordinal for section in article.sections}
    for heading, texts in found.items():
        if heading not in ordinals:
            raise BadArticle(f"{name}: the article has no section {heading!r}")
        if not isinstance(texts, list) or not all(isinstance(one, str) and one.strip() for one in texts):
            raise BadArticle(f"{name}: {heading!r} needs a list of texts")
        for one in texts:
            yield Phrasing(document=article.id, ordinal=ordinals[heading], text=one.strip())
