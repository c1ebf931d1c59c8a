"""Whether a message shows negative feeling."""

from evals.labelled import Answer, Labelled
from evals.peers.keywords import keyword_list
from guardrails.signals import Signals


def _answer(signals: Signals) -> Answer:
    return ("negative" if signals.negative.given else "other"), signals.negative.probability


EXAM = Labelled(name="sentiment", about="does the message show negative feeling?", labels=("negative", "other"), looked_for="negative",
                answer=_answer, goals={"auroc": 0.95}, peers={"keyword_list": keyword_list("negative", "other")})
