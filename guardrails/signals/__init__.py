"""Signals: what plain arithmetic reads from a message before any model sees it."""

from guardrails.signals.answering import Answering
from guardrails.signals.heads import Heads, HeadsMissing, shipped
from guardrails.signals.language import Tongue, identify
from guardrails.signals.reader import Reader
from guardrails.signals.signal import FINE, FIRST, Signal, Signals, calls_for_an_act, coarse, first_act

__all__ = ["FINE", "FIRST", "Answering", "Heads", "HeadsMissing", "Reader", "Signal", "Signals", "Tongue", "calls_for_an_act", "coarse",
           "first_act",
           "identify", "shipped"]
