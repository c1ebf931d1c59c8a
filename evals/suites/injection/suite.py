"""Whether a message carries orders to the machine. A signal only: what an attack can do is the matter of `attacks`."""

from evals.peers.keywords import keyword_list
from evals.suite import Answer, Suite
from guardrails.signals import Signals


def _answer(signals: Signals) -> Answer:
    return ("attack" if signals.injection.given else "benign"), signals.injection.probability


INJECTION = Suite(name="injection", about="does the message carry orders to the machine?", labels=("attack", "benign"), positive="attack",
                  answer=_answer, peers={"keyword_list": keyword_list("attack", "benign")})
