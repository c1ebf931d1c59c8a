"""Whether a message shows negative feeling."""

from evals.peers.keywords import keyword_list
from evals.suite import Answer, Suite
from guardrails.signals import Signals


def _answer(signals: Signals) -> Answer:
    return ("negative" if signals.negative.given else "other"), signals.negative.probability


SENTIMENT = Suite(name="sentiment", about="does the message show negative feeling?", labels=("negative", "other"), positive="negative",
                  answer=_answer, peers={"keyword_list": keyword_list("negative", "other")})
