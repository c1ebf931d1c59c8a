"""The passage for a question, as the product's own search finds it. A SQuAD file asks over its own passages, or those of --passages."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from evals import figures, questions
from evals.exam import BadData, Figure, Judge, Judged, Peer, Work
from evals.peers.retrievers import Retriever, bm25, vectors_alone
from evals.questions import Asked, Questions
from knowledge.library import Library
from knowledge.trial import EVERYTHING

LOOKED_AT = 10                 # hits
MEASURES = ("recall@1", "recall@10", "mrr")


@dataclass(frozen=True, kw_only=True)
class Retrieval:
    name: str = "retrieval"
    about: str = "the passage for a question"

    @property
    def goals(self) -> Mapping[str, float]:
        return {"recall@1": 0.93, "recall@10": 0.95}

    @property
    def figures(self) -> Mapping[str, Figure]:
        return {name: figures.value(name) for name in (*MEASURES, *(f"hard.{name}" for name in MEASURES))}

    @property
    def peers(self) -> Mapping[str, Peer]:
        return {"bm25": _peer(bm25), "vectors": _peer(vectors_alone)}

    def cases(self, work: Work) -> Sequence[Asked]:
        return gathered(work).asked

    @asynccontextmanager
    async def open(self, work: Work) -> AsyncIterator[Judge]:
        async with gathered(work).libraries(work) as libraries:
            async def judge(asked: Asked) -> Judged:
                return ranked(asked, *await found(asked, libraries[asked.shelf], work))

            yield judge


def gathered(work: Work) -> Questions:
    """Those that something answers. Raises BadData."""
    every = questions.of_data(work) if work.data else questions.own()
    answerable = tuple(each for each in every.asked if each.gold)
    if not answerable:
        raise BadData(f"{', '.join(map(str, work.data))}: no question that a passage answers")
    return replace(every, asked=answerable)


async def found(asked: Asked, library: Library, work: Work) -> tuple[list[str], list[str]]:
    """Ids of the best passages, and what they are."""
    vector = await work.embedder.query(asked.text)
    hits = await library.search(asked.text, vector=vector, may_see=EVERYTHING, lang=asked.lang, k=LOOKED_AT)
    return [hit.passage for hit in hits], [f"{hit.title} – {hit.heading}: {hit.text[:200]}" for hit in hits[:3]]


def ranked(asked: Asked, ids: Sequence[str], shown: Sequence[str] = ()) -> Judged:
    """How near to the top the right passage stands, among the first ten."""
    rank = next((place for place, each in enumerate(ids[:LOOKED_AT], 1) if each in asked.gold), None)
    found = dict(zip(MEASURES, (float(rank == 1), float(rank is not None), 1 / rank if rank else 0.0), strict=True))
    values = {f"hard.{name}": value for name, value in found.items()} if asked.hard else found
    reason = "" if rank == 1 else f"the right passage stands at place {rank}" if rank else "the right passage is not among the first ten"
    return Judged(id=asked.id, lang=asked.lang, text=asked.text, label=sorted(asked.gold)[0], got=ids[0] if ids else "", right=rank == 1,
                  values=values, evidence={"found": list(shown)}, reason=reason,
                  tags=() if rank == 1 else ("not first" if rank else "not found",))


def _peer(retrieve: Retriever) -> Peer:
    async def peer(cases: Sequence[Asked], work: Work) -> Sequence[Judged]:
        ids = await retrieve(cases, gathered(work), work)
        return [ranked(asked, each) for asked, each in zip(cases, ids, strict=True)]
    return peer


EXAM = Retrieval()
