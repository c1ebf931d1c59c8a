"""Whether a message asks for a person, in whatever words."""

from evals.peers.keywords import keyword_list
from evals.suite import Answer, Suite
from guardrails.signals import Signals


def _answer(signals: Signals) -> Answer:
    return ("human" if signals.wants_person.given else "other"), signals.wants_person.probability


HUMAN = Suite(name="human", about="does the message ask for a person?", labels=("human", "other"), positive="human", answer=_answer,
              peers={"keyword_list": keyword_list("human", "other")})
