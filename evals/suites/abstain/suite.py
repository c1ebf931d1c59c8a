"""How sure the product is that what it found answers: the probability by which it speaks or holds back.

A case is right if the best passage that was found answers it; of a question that nothing answers, whatever was found is wrong. So the
figures ask of the stated probability whether it tells the one from the other, and risk over coverage what is wrong among what is said.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from evals import figures, questions
from evals.answers import Answers
from evals.exam import Figure, Judge, Judged, Peer, Work
from evals.figures import Event
from evals.peers.retrievers import nearest
from evals.questions import Asked, Questions
from evals.statistics import risk_coverage
from guardrails.signals import Answering, Reader, shipped
from knowledge.trial import EVERYTHING
from tools.search_knowledge import ANSWERS_FROM

BUDGET = 0.02                  # of what is said may be wrong
ANSWERABLE, IMPOSSIBLE = "answerable", "impossible"


def within_budget(answers: Answers) -> float | None:
    """The largest share of questions that can be answered, the surest first, with so few wrong answers among them."""
    if not len(answers):
        return None
    coverage, risk = risk_coverage(answers.sure, (~answers.hit).astype(float))
    return max((float(share) for share, wrong in zip(coverage, risk, strict=True) if wrong <= BUDGET), default=0.0)


@dataclass(frozen=True, kw_only=True)
class Abstain:
    name: str = "abstain"
    about: str = "is a question answered at all, and how sure is the answer?"

    @property
    def goals(self) -> Mapping[str, float]:
        return {"ece": 0.05, "auroc": 0.90, "wrong": BUDGET}

    @property
    def figures(self) -> Mapping[str, Figure]:
        speaks: Event = figures.said(ANSWERABLE)
        return {"ece": figures.ece(), "auroc": figures.auroc(figures.labelled(ANSWERABLE)), "auroc_right": figures.auroc(figures.hit),
                "wrong": figures.share(figures.not_(figures.hit), speaks, less=True), "coverage": figures.share(speaks),
                "coverage_within_budget": Figure(of=within_budget), "aurc": figures.aurc(), "brier": figures.brier()}

    @property
    def peers(self) -> Mapping[str, Peer]:
        return {"cosine": cosine}

    def cases(self, work: Work) -> Sequence[Asked]:
        return gathered(work).asked

    @asynccontextmanager
    async def open(self, work: Work) -> AsyncIterator[Judge]:
        reader, answering = Reader(work.embedder, shipped()), Answering.shipped(work.embedder.id)
        async with gathered(work).libraries(work) as libraries:
            async def judge(asked: Asked) -> Judged:
                signals = await reader.read(asked.text, last=asked.lang)
                library = libraries[asked.shelf]
                hits = await library.search(asked.text, vector=signals.vector, may_see=EVERYTHING, lang=asked.lang)
                likely = answering.probability(asked.text, signals, hits) if answering else library.answers(asked.text, hits) or 0.0
                best = hits[0] if hits else None
                shown = {"found": f"{best.title} – {best.heading}: {best.text[:200]}"} if best else {}
                return weighed(asked, best.passage if best else "", likely, ANSWERS_FROM, **shown)

            yield judge


def gathered(work: Work) -> Questions:
    """Where a file has no question that nothing answers, a seeded third of its passages is taken away. Raises BadData."""
    if not work.data:
        held = questions.held_out()
        return replace(held, asked=(*held.asked, *questions.impossible()))
    found = questions.of_data(work)
    return found if any(not each.gold for each in found.asked) else questions.without_a_third(found, work.seed)


def weighed(asked: Asked, passage: str, likely: float, speaks_from: float, **shown: str) -> Judged:
    right, speaks = passage in asked.gold, likely >= speaks_from
    reason, tags = "", tuple[str, ...]()
    if not right and speaks:
        reason = "answered, and not by this passage" if asked.gold else "answered, though nothing here answers it"
        tags = ("wrong passage" if asked.gold else "not held back",)
    elif right and not speaks:
        reason, tags = "held back, though the right passage was found", ("held back",)
    return Judged(id=asked.id, lang=asked.lang, text=asked.text, label=ANSWERABLE if asked.gold else IMPOSSIBLE,
                  got=ANSWERABLE if speaks else IMPOSSIBLE, right=right, sure=likely, evidence=shown, reason=reason, tags=tags)


async def cosine(cases: Sequence[Asked], work: Work) -> Sequence[Judged]:
    """Vectors alone, and their cosine as confidence; it speaks from the cosine at which as much would be said as is answerable."""
    found = await nearest(cases, gathered(work), work)
    sure = sorted((likely for _, likely in found), reverse=True)
    speaks_from = sure[max(0, sum(bool(each.gold) for each in cases) - 1)] if sure else 1.0
    return [weighed(asked, passage, likely, speaks_from) for asked, (passage, likely) in zip(cases, found, strict=True)]


EXAM = Abstain()
