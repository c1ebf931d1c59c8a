"""First action for a message, decided by the very function that the planner and the guardrails use."""

from evals.peers.tfidf import tfidf_logreg
from evals.suite import Answer, Suite
from guardrails.signals import FIRST, Signals, coarse, first_act


def _answer(signals: Signals) -> Answer:
    label = first_act(signals)
    if label == "human":
        return label, signals.wants_person.probability
    return label, sum(share for intent, share in signals.intents.items() if coarse(intent) == label)


ROUTING = Suite(name="routing", about="first action for a message", labels=FIRST, positive=None, answer=_answer,
                peers={"tfidf_logreg": tfidf_logreg})
