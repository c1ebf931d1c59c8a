"""What must never be kept is taken out of a message before anything stores, logs or thinks about it."""

from guardrails.redaction.order import RECOGNISERS, Redacted, redact, shows_a_code

__all__ = ["RECOGNISERS", "Redacted", "redact", "shows_a_code"]
