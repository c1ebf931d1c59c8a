"""Codes, tokens and TOTP: made from the system's random source, kept only as hashes."""

import hashlib
import hmac
import secrets
from datetime import datetime

import pyotp

CODE_DIGITS = 8
STEP = 30                      # seconds, RFC 6238
SKEW = 1                       # steps accepted before and after


def new_id() -> str:
    return secrets.token_urlsafe(15)


def new_token() -> str:
    return secrets.token_urlsafe(32)


def new_code() -> str:
    return f"{secrets.randbelow(10 ** CODE_DIGITS):0{CODE_DIGITS}d}"


def digest(secret: str, *bound_to: str) -> str:
    """The only form in which a token or code is stored; `bound_to` ties it to a flow, person and purpose."""
    return hashlib.sha256("\x1f".join((secret, *bound_to)).encode()).hexdigest()


def same(left: str, right: str) -> bool:
    return hmac.compare_digest(left, right)


def totp_step(secret: str, code: str, now: datetime, after: int) -> int | None:
    """The accepted time step, which must be later than `after`; None if the code is not right."""
    totp = pyotp.TOTP(secret, interval=STEP)
    current = int(now.timestamp()) // STEP
    found = None
    for step in range(current - SKEW, current + SKEW + 1):
        if same(totp.generate_otp(step), code) and step > after:
            found = step
    return found
