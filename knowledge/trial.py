"""The shipped library in a folder of its own, and the labelled questions over it: what the heads of confidence are fitted on."""

import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import yaml

from desk.people import LANGS, Lang
from desk.store import Store
from knowledge.embedder import Embedder
from knowledge.library import Library
from knowledge.stock import ARTICLES, stock

QUESTIONS = Path(str(files("knowledge").joinpath("fitting")))
EVERYTHING = frozenset({"public", "everyone", "agents"})


@dataclass(frozen=True, kw_only=True)
class Question:
    text: str
    lang: Lang
    topic: str | None          # None: the library holds no answer


@asynccontextmanager
async def shipped_library(embedder: Embedder, *, phrased: bool) -> AsyncIterator[Library]:
    """`phrased=False`: the same articles without the words in which people ask for them."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite+aiosqlite:///{folder}/library.db")
        await store.migrate()
        await stock(store, ARTICLES if phrased else _bare(Path(folder) / "articles"))
        library = Library(store, embedder, Path(folder))
        await library.open()
        yield library
        await library.close()
        await store.close()


def _bare(folder: Path) -> Path:
    return shutil.copytree(ARTICLES, folder, ignore=shutil.ignore_patterns("*.asked.yaml"))


def labelled_questions() -> list[Question]:
    """All but the hard ones: nobody asks so that not a word of theirs meets the library's."""
    return [Question(text=asked["question"], lang=lang, topic=asked["topic"]) for lang in LANGS
            for asked in yaml.safe_load((QUESTIONS / f"questions.{lang}.yaml").read_text("utf-8")) if not asked.get("hard")]
