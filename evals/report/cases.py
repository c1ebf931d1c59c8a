"""Which cases a report shows, and how failures are sorted: the worst first, kinds by their number, labels against each other."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from desk.people import LANGS
from evals.failures import Failure, failure_of
from evals.judged import Judged

WORST = 8                      # of a language
KINDS = 15
LABELS = 12                    # a larger matrix is read by nobody


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of failure: how often, and in which languages."""

    name: str
    count: int
    share: float               # of all that is wrong
    langs: Mapping[str, int]
    worst: Mapping[str, Judged] = field(default_factory=dict)      # by language, the case to look at first


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """How often each right label was answered by which."""

    rows: Sequence[str]
    columns: Sequence[str]
    counts: Mapping[tuple[str, str], int]

    def row(self, label: str) -> list[tuple[str, int, float]]:
        """Said, how often, and its share of the row."""
        whole = sum(self.counts.get((label, each), 0) for each in self.columns) or 1
        return [(each, self.counts.get((label, each), 0), self.counts.get((label, each), 0) / whole) for each in self.columns]


def worst(judged: Sequence[Judged]) -> dict[str, list[Judged]]:
    """By language, the wrong ones: first those that were most sure, then those with the lowest numbers; and one of each kind at least."""
    found: dict[str, list[Judged]] = {}
    for lang in LANGS:
        wrong = sorted((each for each in judged if each.lang == lang and each.right is False), key=badness)
        if wrong:
            first = list({failure_of(each): each for each in reversed(wrong)}.values())
            found[lang] = [each for place, each in enumerate(wrong) if place < WORST or any(each is one for one in first)]
    return found


def failures(judged: Sequence[Judged]) -> list[Kind]:
    """Each kind of failure there is, the gravest first, with the worst case of each language."""
    failed = [(failure, each) for each in judged if (failure := failure_of(each)) is not None]
    found = []
    for kind in Failure:
        cases = sorted((each for failure, each in failed if failure is kind), key=badness)
        if cases:
            found.append(Kind(name=kind, count=len(cases), share=len(cases) / len(failed), langs=Counter(each.lang for each in cases),
                              worst={each.lang: each for each in reversed(cases)}))
    return found


def badness(judged: Judged) -> tuple[float, float, str]:
    """The less of it, the worse: what was most sure first, then the lowest numbers."""
    sure = 0.5 if judged.sure is None else judged.sure
    return -abs(sure - 0.5), sum(judged.values.values()), judged.id


def kinds(judged: Sequence[Judged]) -> list[Kind]:
    wrong = [each for each in judged if each.right is False]
    tagged = [(tag, each.lang) for each in wrong for tag in each.tags]
    counts = Counter(tag for tag, _ in tagged)
    return [Kind(name=tag, count=count, share=count / len(wrong), langs=Counter(lang for each, lang in tagged if each == tag))
            for tag, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:KINDS]]


def matrices(judged: Sequence[Judged]) -> dict[str, Matrix]:
    """For all under "", then for each language; none where there are no labels or too many."""
    found = {}
    for lang in ("", *LANGS):
        part = [each for each in judged if lang in ("", each.lang) and each.right is not None and each.label]
        rows = sorted({each.label for each in part})
        columns = sorted({*rows, *(each.got for each in part)})
        if part and 1 < len(columns) <= LABELS:
            found[lang] = Matrix(rows=rows, columns=columns, counts=Counter((each.label, each.got) for each in part))
    return found


def direction(text: str) -> str:
    """Right to left where there is any Arabic letter: a sentence that begins with a Latin name is still written from the right."""
    return "rtl" if any("\u0590" <= letter <= "\u08ff" or "\ufb50" <= letter <= "\ufeff" for letter in text) else "ltr"


def laid_out(value: Any) -> str:
    """A piece of evidence as text."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)
