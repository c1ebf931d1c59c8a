"""First action for a message, decided by the very function that the planner and the guardrails use."""

from evals.labelled import Answer, Labelled
from evals.peers.tfidf import tfidf_logreg
from guardrails.signals import FIRST, Signals, coarse, first_act


def _answer(signals: Signals) -> Answer:
    label = first_act(signals)
    if label == "human":
        return label, signals.wants_person.probability
    return label, sum(share for intent, share in signals.intents.items() if coarse(intent) == label)


EXAM = Labelled(name="routing", about="first action for a message", labels=FIRST, answer=_answer,
                goals={"accuracy": 0.92, "macro_f1": 0.90}, peers={"tfidf_logreg": tfidf_logreg})
