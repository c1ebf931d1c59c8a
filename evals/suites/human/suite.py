"""Whether a message asks for a person, in whatever words."""

from evals.labelled import Answer, Labelled
from evals.peers.keywords import keyword_list
from guardrails.signals import Signals


def _answer(signals: Signals) -> Answer:
    return ("human" if signals.wants_person.given else "other"), signals.wants_person.probability


EXAM = Labelled(name="human", about="does the message ask for a person?", labels=("human", "other"), looked_for="human", answer=_answer,
                goals={"recall": 0.99, "false_alarm": 0.01}, peers={"keyword_list": keyword_list("human", "other")})
