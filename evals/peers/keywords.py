"""Keyword lists, as most help desks have them."""

import json
from collections.abc import Sequence
from importlib.resources import files

from evals.case import Case
from evals.exam import Peer
from evals.labelled import Answer, beside
from knowledge.normalise import fold


def keyword_list(label: str, otherwise: str) -> Peer:
    """Says `label` where a keyword of that label occurs, in whatever language."""

    def answer(cases: Sequence[Case]) -> Sequence[Answer]:
        lists: dict[str, list[str]] = json.loads(files("evals").joinpath("peers", "keywords.json").read_text("utf-8"))
        words = [fold(word) for word in lists[label]]
        found = [any(word in fold(case.text) for word in words) for case in cases]
        return [(label, 1.0) if each else (otherwise, 0.0) for each in found]

    return beside(answer)
