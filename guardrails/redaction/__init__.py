"""What must never be kept is taken out of a message before anything stores, logs or thinks about it."""

from guardrails.redaction.order import RECOGNISERS, Redacted, redact

__all__ = ["RECOGNISERS", "Redacted", "redact"]
