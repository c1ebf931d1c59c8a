"""Single retrievers: word BM25 as its library comes, and vectors alone."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from importlib import import_module
from typing import Any

import numpy as np

from desk.people import Lang
from evals.exam import Work
from evals.peers.missing import PeerMissing
from evals.questions import Asked, Questions
from evals.shelf import Entry, vectors_of

MOST = 10

Ranked = list[list[str]]       # ids of passages for each question, best first
Retriever = Callable[[Sequence[Asked], Questions, Work], Awaitable[Ranked]]


async def bm25(cases: Sequence[Asked], questions: Questions, work: Work) -> Ranked:
    """Raises PeerMissing where bm25s is not installed."""
    try:
        library: Any = import_module("bm25s")
    except ImportError as error:
        raise PeerMissing("bm25s") from error
    ids: dict[str, list[str]] = {}
    for entries, some in _by_shelf(cases, questions):
        index = library.BM25()
        index.index(library.tokenize([entry.read for entry in entries], stopwords=None, show_progress=False), show_progress=False)
        asked = library.tokenize([each.text for each in some], stopwords=None, show_progress=False)
        places, _ = index.retrieve(asked, k=min(MOST, len(entries)), show_progress=False)
        ids |= {each.id: [entries[int(place)].id for place in row] for each, row in zip(some, places, strict=True)}
    return [ids[each.id] for each in cases]


async def vectors_alone(cases: Sequence[Asked], questions: Questions, work: Work) -> Ranked:
    """The nearest by the product's own embeddings."""
    ids = {}
    for entries, some in _by_shelf(cases, questions):
        vectors = await vectors_of(entries, work.embedder)
        for each in some:
            order = np.argsort(-(vectors @ await work.embedder.query(each.text)), kind="stable")[:MOST]
            ids[each.id] = [entries[int(place)].id for place in order]
    return [ids[each.id] for each in cases]


async def nearest(cases: Sequence[Asked], questions: Questions, work: Work) -> list[tuple[str, float]]:
    """The nearest passage of each question by its cosine, and the cosine."""
    found = {}
    for entries, some in _by_shelf(cases, questions):
        vectors = await vectors_of(entries, work.embedder)
        for each in some:
            cosines = vectors @ await work.embedder.query(each.text)
            found[each.id] = (entries[int(cosines.argmax())].id, float(cosines.max()))
    return [found[each.id] for each in cases]


def _by_shelf(cases: Sequence[Asked], questions: Questions) -> list[tuple[list[Entry], list[Asked]]]:
    shelves: dict[tuple[str, Lang], list[Asked]] = defaultdict(list)
    for each in cases:
        shelves[each.shelf, each.lang].append(each)
    return [(questions.entries(name, lang), some) for (name, lang), some in shelves.items()]
