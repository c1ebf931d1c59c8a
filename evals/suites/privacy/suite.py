"""Passwords, codes, cards, account numbers, phones, national ids, e-mails and keys, taken out by the very function that every message
passes before it is stored."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np

from desk.people import LANGS
from evals import spans
from evals.answers import Answers
from evals.exam import BadData, Figure, Judge, Judged, Peer, Work
from evals.peers.presidio import recognised
from evals.spans import Marked, Span
from evals.suites.privacy.removals import CALLED, DIGITS, KINDS, counts, removals, weigh
from guardrails.redaction import redact


def ratio(part: str, whole: str) -> Figure:
    """Of all that was counted in all messages; None where there was nothing to count."""
    def of(answers: Answers) -> float | None:
        among = float(np.nansum(answers.value(whole)))
        return float(np.nansum(answers.value(part))) / among if among else None
    return Figure(of=of)


@dataclass(frozen=True, kw_only=True)
class Privacy:
    name: str = "privacy"
    about: str = "is everything taken out that must not be kept, and nothing else?"

    @property
    def goals(self) -> Mapping[str, float]:
        return {"recall": 0.98, "precision": 0.95}

    @property
    def figures(self) -> Mapping[str, Figure]:
        found = {"recall": ratio("found", "sought"), "precision": ratio("rightly", "removed")}
        found |= {f"recall.{kind}": ratio(f"found.{kind}", f"sought.{kind}") for kind in (*KINDS, *DIGITS)}
        return found | {f"precision.{kind}": ratio(f"rightly.{kind}", f"removed.{kind}") for kind in KINDS}

    @property
    def peers(self) -> Mapping[str, Peer]:
        return {"presidio": presidio}

    def cases(self, work: Work) -> Sequence[Marked]:
        own = [Path(str(files("evals").joinpath("suites", "privacy", f"messages.{lang}.jsonl"))) for lang in LANGS]
        cases = spans.load(list(work.data) or own)
        if not any(span.kind in CALLED for case in cases for span in case.spans):
            raise BadData(f"{', '.join(map(str, work.data))}: no type that is sought is marked; known are {', '.join(sorted(CALLED))}")
        return cases

    @asynccontextmanager
    async def open(self, work: Work) -> AsyncIterator[Judge]:
        async def judge(case: Marked) -> Judged:
            after = redact(case.text).text
            return judged(case, removals(case.text, after), after)

        yield judge


def judged(case: Marked, removed: Sequence[Span], after: str = "") -> Judged:
    weighed = weigh(case.text, case.spans, removed)
    missed = [f"{each.kind} left: {case.text[each.start:each.end]}" for each in weighed.missed]
    in_vain = [f"taken for a {each.kind}: {case.text[each.start:each.end]}" for each in weighed.in_vain]
    return Judged(id=case.id, lang=case.lang, text=case.text, label=" ".join(each.kind for each in weighed.sought),
                  got=" ".join(each.kind for each in weighed.removed), right=not missed and not in_vain, values=counts(case.text, weighed),
                  evidence={"stored": after} if after else {}, reason="; ".join([*missed, *in_vain]),
                  tags=tuple(sorted({*(f"{each.kind} left" for each in weighed.missed),
                                     *(f"no {each.kind}" for each in weighed.in_vain)})))


async def presidio(cases: Sequence[Marked], work: Work) -> Sequence[Judged]:
    return [judged(case, found) for case, found in zip(cases, recognised(cases), strict=True)]


EXAM = Privacy()
