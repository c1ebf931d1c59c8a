"""What is done first with a message."""

import numpy as np
import pytest

from guardrails.signals import FINE, FIRST, Signal, Signals, coarse, first_act

NO = Signal(probability=0.0, threshold=0.5)
YES = Signal(probability=0.5, threshold=0.5)


def signals(wants_person: Signal = NO, **intents: float) -> Signals:
    return Signals(lang="en", spoken="en", sure=True, vector=np.zeros(1, dtype=np.float32), intents=dict.fromkeys(FINE, 0.0) | intents,
                   wants_person=wants_person, negative=NO, injection=NO, delicate=NO, danger=NO, danger_kind="")


@pytest.mark.parametrize(("intents", "label"), [
    ({"reset": 0.2, "unlock": 0.2, "factor": 0.2, "diagnostics": 0.4}, "identity"),           # 0.6 together
    ({"greeting": 0.2, "thanks": 0.1, "out_of_scope": 0.25, "upset": 0.45}, "out_of_scope"),  # 0.55 together
    ({"ticket_add": 0.3, "ticket_status": 0.3, "ticket_create": 0.4}, "ticket_status"),
    ({"upset": 0.6, "out_of_scope": 0.4}, "upset"),
    ({"human": 0.6, "diagnostics": 0.4}, "diagnostics"),      # the head that listens for a person has the last word
])
def test_fine_intents_add_up_to_the_first_act(intents, label):
    assert first_act(signals(**intents)) == label


def test_a_wish_for_a_person_comes_before_everything():
    assert first_act(signals(YES, reset=1.0)) == "human"


def test_every_fine_intent_belongs_to_a_label():
    assert {coarse(intent) for intent in FINE} == set(FIRST)
