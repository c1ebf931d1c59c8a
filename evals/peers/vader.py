"""VADER, the word list of feelings that most people reach for first. It knows English alone, and says nothing of other messages."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from evals.case import Case
from evals.exam import Judged, Work
from evals.labelled import judged
from evals.peers.missing import PeerMissing

NEGATIVE_TO = -0.05            # its authors' threshold


async def vader(cases: Sequence[Case], work: Work) -> Sequence[Judged]:
    """Raises PeerMissing where it is not installed."""
    try:
        analyzer: Any = import_module("vaderSentiment.vaderSentiment").SentimentIntensityAnalyzer()
    except ImportError as error:
        raise PeerMissing("vaderSentiment") from error
    felt = [(case, float(analyzer.polarity_scores(case.text)["compound"])) for case in cases if case.lang == "en"]
    return [judged(case, ("negative" if compound <= NEGATIVE_TO else "other", (1 - compound) / 2)) for case, compound in felt]
