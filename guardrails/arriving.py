"""Guardrails on what comes in."""

from desk.handoffs import Reason
from guardrails.matters import Incoming
from guardrails.signals import first_act
from guardrails.verdict import Verdict

# Below PLAIN a wish for a person may be a mere mention of one, and from ANSWERED on an article settles the message.
PLAIN = 0.9
ANSWERED = 0.6
ROW = 3                        # so many negative messages in a row are trouble, whatever they ask for
PLAIN_DANGER, SETTLED = 0.8, 0.9   # hardly a danger that was heard in fresh words falls below both, most false alarms do
FAINT = 0.2                    # probability of danger from which it is asked about; hardly an everyday message reaches it, most dangers do
TROUBLED = 0.5                 # the shipped threshold hears every anger and some calm reports of faults: too fine for a trend


def in_danger(incoming: Incoming) -> Verdict:
    """A clicked link, a lost device, ransomware, somebody in the account: the security team comes before anything else is read or done.

    Trouble with a password or a device, told as a story, sounds alike: what an article settles is answered, with a button to that team.
    """
    danger = incoming.signals.danger
    settled = danger.probability < PLAIN_DANGER and incoming.answerable >= SETTLED
    heard = danger.given and not settled and not incoming.picked
    return Verdict.hands_off(Reason.SECURITY, f"danger_{incoming.signals.danger_kind}") if heard else Verdict.passes()


def asks_for_a_person(incoming: Incoming) -> Verdict:
    """A wish for a person ends the machine's part: a plain one whatever else is true, a faint one unless it is something else:
    a question that an article answers, or word of how a step went."""
    wish = incoming.signals.wants_person
    settled = incoming.answerable >= ANSWERED or incoming.reports
    if wish.given and (wish.probability >= PLAIN or not settled):
        return Verdict.hands_off(Reason.ASKED, "asks_for_a_person")
    return Verdict.passes()


def is_delicate(incoming: Incoming) -> Verdict:
    """Grief, illness, harassment, a dispute: a person answers, whatever else is asked for."""
    heard = incoming.signals.delicate.given and not incoming.picked
    return Verdict.hands_off(Reason.DELICATE, "delicate") if heard else Verdict.passes()


def feels_bad(incoming: Incoming) -> Verdict:
    """A complaint with nothing else to do first, or trouble that lasts, goes to a person; "that didn't help" is an answer, no complaint."""
    negative = incoming.signals.negative
    if incoming.picked:
        return Verdict.passes()
    if not incoming.reports and first_act(incoming.signals) == "upset" and negative.given and incoming.answerable < ANSWERED:
        return Verdict.hands_off(Reason.UPSET, "upset")
    if negative.probability >= TROUBLED and incoming.negative_before + 1 >= ROW:
        return Verdict.hands_off(Reason.UPSET, "upset_for_long")
    return Verdict.passes()


def carries_orders(incoming: Incoming) -> Verdict:
    """Text that tries to command the machine is answered, but changes nothing in this turn."""
    orders = incoming.signals.injection
    return Verdict.taints("carries_orders") if orders.probability >= orders.threshold else Verdict.passes()
