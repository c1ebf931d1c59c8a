"""The shipped library in a folder of its own, and the labelled questions over it: what the heads of confidence are fitted on.

A house's own articles say nothing of how people ask for them, and some of what is asked they do not hold. So the shipped ones are tried
without their phrasings too, and cut: a third of the sections is gone, and phrasings are what is asked.
"""

import random
import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import yaml

from desk.people import LANGS, Lang
from desk.store import Store
from knowledge.articles import Article, read_folder
from knowledge.committed import VECTORS, Half, read_vectors
from knowledge.embedder import Embedder
from knowledge.hits import Hit
from knowledge.library import Library
from knowledge.phrasings import read_phrasings
from knowledge.stock import ARTICLES, stock

QUESTIONS = Path(str(files("knowledge").joinpath("fitting")))
EVERYTHING = frozenset({"public", "everyone", "agents"})
CUTS = 3                       # libraries with other sections gone
GONE = 1 / 3                   # of the sections, in all languages
ASKED = 900                    # phrasings, of each cut library


@dataclass(frozen=True, kw_only=True)
class Question:
    text: str
    lang: Lang
    topic: str | None          # None: the library holds no answer


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What a cut library found for a phrasing, and whether that is the section which it asks for."""

    text: str
    lang: Lang
    vector: Half
    hits: Sequence[Hit]
    right: bool


@asynccontextmanager
async def shipped_library(embedder: Embedder, *, phrased: bool) -> AsyncIterator[Library]:
    """`phrased=False`: the same articles without the words in which people ask for them."""
    with tempfile.TemporaryDirectory() as folder:
        async with _library(ARTICLES if phrased else _bare(Path(folder) / "articles"), embedder) as library:
            yield library


async def tried(embedder: Embedder) -> AsyncIterator[Tried]:
    """Always the same ones. Only phrasings with a committed vector are asked."""
    articles, known = read_folder(ARTICLES), read_vectors(VECTORS, embedder.id)
    asked = [(article, phrasing) for article in articles for phrasing in read_phrasings(article, ARTICLES) if phrasing.hash in known]
    for number in range(CUTS):
        draw = random.Random(number)
        with tempfile.TemporaryDirectory() as folder:
            async with _library(_cut(articles, Path(folder), draw), embedder) as library:
                for article, phrasing in draw.sample(asked, min(ASKED, len(asked))):
                    vector = known[phrasing.hash]
                    hits = await library.search(phrasing.text, vector=vector.astype("f4"), may_see=EVERYTHING, lang=article.lang)
                    heading = article.sections[phrasing.ordinal].heading
                    yield Tried(text=phrasing.text, lang=article.lang, vector=vector, hits=hits,
                                right=(hits[0].topic, hits[0].heading) == (article.topic, heading))


@asynccontextmanager
async def _library(articles: Path, embedder: Embedder) -> AsyncIterator[Library]:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite+aiosqlite:///{folder}/library.db")
        await store.migrate()
        await stock(store, articles)
        library = Library(store, embedder, Path(folder))
        await library.open()
        yield library
        await library.close()
        await store.close()


def _bare(folder: Path) -> Path:
    return shutil.copytree(ARTICLES, folder, ignore=shutil.ignore_patterns("*.asked.yaml"))


def _cut(articles: Sequence[Article], folder: Path, draw: random.Random) -> Path:
    """The same sections gone in every language; the leads stay."""
    sections = sorted({(article.topic, one.ordinal) for article in articles for one in article.sections if one.heading})
    gone = set(draw.sample(sections, round(GONE * len(sections))))
    for article in articles:
        front = (ARTICLES / article.path).read_text("utf-8-sig").removesuffix("\n").removesuffix(article.text).rstrip()
        kept = (one for one in article.sections if (article.topic, one.ordinal) not in gone)
        (folder / article.topic).mkdir(exist_ok=True)
        text = "\n\n".join([front, *(f"## {one.heading}\n{one.text}" if one.heading else one.text for one in kept)])
        (folder / article.path).write_text(f"{text}\n", "utf-8")
    return folder


def labelled_questions() -> list[Question]:
    """All but the hard ones: nobody asks so that not a word of theirs meets the library's."""
    return [Question(text=asked["question"], lang=lang, topic=asked["topic"]) for lang in LANGS
            for asked in yaml.safe_load((QUESTIONS / f"questions.{lang}.yaml").read_text("utf-8")) if not asked.get("hard")]
