"""Questions for which a passage is known, or known to be missing: anybody's, from SQuAD files, or our own over the shipped articles."""

import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import yaml

from desk.people import LANGS, Lang
from evals import shelf, squad
from evals.exam import Work
from evals.shelf import Entry
from evals.squad import Passage
from guardrails.signals import identify
from knowledge.library import Library

SHIPPED = ""                   # the shelf of our own articles
THIRD = 3


@dataclass(frozen=True, kw_only=True)
class Asked:
    id: str
    lang: Lang
    text: str
    shelf: str                 # which passages it is asked over
    gold: frozenset[str]       # ids of the passages that answer it; none: nothing does
    hard: bool = False         # asked so that not a word of it meets the passage's: measured apart


@dataclass(frozen=True, kw_only=True)
class Book:
    """The passages of one file, all in one language."""

    passages: tuple[Passage, ...]
    lang: Lang


@dataclass(frozen=True, kw_only=True)
class Questions:
    asked: tuple[Asked, ...]
    books: Mapping[str, Book]  # by shelf; the shipped one is not among them

    def entries(self, name: str, lang: Lang) -> list[Entry]:
        """What a peer searches: of our own articles those in the reader's language."""
        if name == SHIPPED:
            return [entry for entry in shelf.shipped_entries() if entry.lang == lang]
        return shelf.entries_of(self.books[name].passages, self.books[name].lang)

    @asynccontextmanager
    async def libraries(self, work: Work) -> AsyncIterator[Mapping[str, Library]]:
        """A library for each shelf that is asked about."""
        async with AsyncExitStack() as stack:
            found = {}
            for name in dict.fromkeys(each.shelf for each in self.asked):
                if name == SHIPPED:
                    found[name] = await stack.enter_async_context(shelf.shipped(work.embedder))
                else:
                    book = self.books[name]
                    work.progress(f"{name}: embedding {len(book.passages)} passages")
                    found[name] = await stack.enter_async_context(shelf.holding(book.passages, book.lang, work.embedder))
            yield found


def of_data(work: Work) -> Questions:
    """Questions of every file of --data over its own passages, or over those of --passages. Raises BadData."""
    held = squad.read(work.passages) if work.passages else None
    asked: list[Asked] = []
    books = {}
    for path in work.data:
        found = squad.read(path, elsewhere=held is not None)
        if held and work.passages:
            found = squad.over(found, held, work.passages)
        lang = _tongue(each.text for each in found.questions)
        books[path.name] = Book(passages=found.passages, lang=_tongue(each.text for each in found.passages))
        asked += [Asked(id=f"{path.name}:{each.id}", lang=lang, text=each.text, shelf=path.name,
                        gold=frozenset({f"{each.passage}.0"}) if each.passage else frozenset()) for each in found.questions]
    return Questions(asked=tuple(asked), books=books)


def own() -> Questions:
    """All labelled questions over the shipped articles. No search was fitted on any of them; confidence was, on some: see `held_out`."""
    return _over_articles(lambda lang: [*_held_out(lang), *(row for row in _fitting(lang) if row["topic"])])


def held_out() -> Questions:
    """Those on which nothing was fitted."""
    return _over_articles(_held_out)


def impossible() -> tuple[Asked, ...]:
    """Questions that no shipped article answers; nothing was fitted on them either."""
    return tuple(Asked(id=row["id"], lang=lang, text=row["question"], shelf=SHIPPED, gold=frozenset())
                 for lang in LANGS for row in _yaml("evals", "suites", "abstain", f"unanswerable.{lang}.yaml"))


def _over_articles(rows: Callable[[Lang], list[dict[str, Any]]]) -> Questions:
    entries = shelf.shipped_entries()
    asked = []
    for lang in LANGS:
        for row in rows(lang):
            gold = frozenset(entry.id for entry in entries if entry.lang == lang and (
                (entry.topic == row["topic"] and entry.heading == row["section"]) or entry.topic in row.get("also", ())))
            asked.append(Asked(id=row["id"], lang=lang, text=row["question"], shelf=SHIPPED, gold=gold, hard=bool(row.get("hard"))))
    return Questions(asked=tuple(asked), books={})


def without_a_third(questions: Questions, seed: int) -> Questions:
    """The same, with a seeded third of the passages taken off each shelf: what they answered, nothing answers any more."""
    books, gone = {}, set()
    for name, book in questions.books.items():
        order = list(book.passages)
        random.Random(f"{seed} {name}").shuffle(order)
        taken = {each.id for each in order[:len(order) // THIRD]}
        books[name] = Book(passages=tuple(each for each in book.passages if each.id not in taken), lang=book.lang)
        gone |= {(name, f"{each}.0") for each in taken}
    asked = tuple(Asked(id=each.id, lang=each.lang, text=each.text, shelf=each.shelf,
                        gold=frozenset(one for one in each.gold if (each.shelf, one) not in gone)) for each in questions.asked)
    return Questions(asked=asked, books=books)


def _held_out(lang: Lang) -> list[dict[str, Any]]:
    return _yaml("evals", "suites", "answers", f"questions.{lang}.yaml")


def _fitting(lang: Lang) -> list[dict[str, Any]]:
    return _yaml("knowledge", "fitting", f"questions.{lang}.yaml")


def _yaml(room: str, *path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(files(room).joinpath(*path).read_text("utf-8"))
    return found


def _tongue(texts: Iterable[str]) -> Lang:
    """The language of most: one short question may well be taken for another one's."""
    return Counter(identify(text).lang for text in texts).most_common(1)[0][0]
