"""Guardrails on what comes in."""

from desk.handoffs import Reason
from guardrails.matters import Incoming
from guardrails.signals import first_act
from guardrails.verdict import Verdict

ROW = 3                        # so many negative messages in a row are trouble, whatever they ask for
TROUBLED = 0.5                 # the shipped threshold hears every anger and some calm reports of faults: too fine for a trend


def asks_for_a_person(incoming: Incoming) -> Verdict:
    """A plain wish for a person ends the machine's part, whatever else is true."""
    wish = incoming.signals.wants_person
    if wish.probability >= wish.threshold:
        return Verdict.hands_off(Reason.ASKED, "asks_for_a_person")
    return Verdict.passes()


def feels_bad(incoming: Incoming) -> Verdict:
    """A complaint with nothing else to do first, or trouble that lasts, goes to a person; "that didn't help" is an answer, no complaint."""
    negative = incoming.signals.negative
    if not incoming.reports and first_act(incoming.signals) == "upset" and negative.probability >= negative.threshold:
        return Verdict.hands_off(Reason.UPSET, "upset")
    if negative.probability >= TROUBLED and incoming.negative_before + 1 >= ROW:
        return Verdict.hands_off(Reason.UPSET, "upset_for_long")
    return Verdict.passes()


def carries_orders(incoming: Incoming) -> Verdict:
    """Text that tries to command the machine is answered, but changes nothing in this turn."""
    orders = incoming.signals.injection
    return Verdict.taints("carries_orders") if orders.probability >= orders.threshold else Verdict.passes()
