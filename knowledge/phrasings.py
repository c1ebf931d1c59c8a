"""Phrasings: how people ask for a section, in a file beside the article (`<lang>.asked.yaml`). They widen the search, unseen."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from knowledge.articles import Article
from knowledge.errors import BadArticle

QUICK = getattr(yaml, "CSafeLoader", yaml.SafeLoader)      # thousands of lines are read at each start


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
    try:
        found = yaml.load(file.read_text("utf-8"), Loader=QUICK)  # noqa: S506  both are safe loaders
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise BadArticle(f"{name}:{mark.line + 1 if mark else 1}: not well-formed YAML") from error
    if not isinstance(found, dict):
        raise BadArticle(f"{name}:1: expected headings, each with a list of texts")
    ordinals = {section.heading: section.ordinal for section in article.sections}
    for heading, texts in found.items():
        if heading not in ordinals:
            raise BadArticle(f"{name}: the article has no section {heading!r}")
        if not isinstance(texts, list) or not all(isinstance(text, str) and text.strip() for text in texts):
            raise BadArticle(f"{name}: {heading!r} needs a list of texts")
        for text in texts:
            yield Phrasing(document=article.id, ordinal=ordinals[heading], text=text.strip())
