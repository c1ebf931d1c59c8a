"""API keys, tokens, private keys, recovery keys, and passwords inside connection strings."""

import re
from collections.abc import Iterator

from guardrails.redaction.view import Span, fold

PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\Z)", re.DOTALL
)
# Every alternative begins with a letter, which lets the search skip from candidate to candidate.
SHAPED = re.compile(
    r"sk-[A-Za-z0-9_-]{16,}"
    r"|sk_(?:live|test)_[A-Za-z0-9]{10,}|pk_(?:live|test)_[A-Za-z0-9]{10,}|rk_(?:live|test)_[A-Za-z0-9]{10,}"
    r"|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}"
    r"|xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,}"
    r"|A(?:KIA|SIA|BIA|CCA)[A-Z0-9]{16}(?![A-Za-z0-9])"
    r"|AIza[A-Za-z0-9_-]{30,}|ya29\.[A-Za-z0-9_-]{20,}|GOCSPX-[A-Za-z0-9_-]{20,}"
    r"|hf_[A-Za-z0-9]{20,}|npm_[A-Za-z0-9]{30,}|pypi-[A-Za-z0-9_-]{30,}|dop_v1_[a-f0-9]{40,}|hv[sb]\.[A-Za-z0-9_-]{20,}"
    r"|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"
    r"|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?"
    r"|otpauth://[^\s\ufdd0]+"
    r"|https://hooks\.slack\.com/services/[^\s\ufdd0]+"
)
RECOVERY = re.compile(r"\d(?<![\w-].)\d{5}(?:-\d{6}){7}(?![\d-])")                          # BitLocker
PRODUCT = re.compile(r"[A-Z0-9](?<![\w-].)[A-Z0-9]{4}(?:-[A-Z0-9]{5}){4}(?![\w-])")
CONNECTION = re.compile(r"://[^\s:/@\ufdd0]{0,64}:([^\s\ufdd0]{1,128})@(?=[^\s@]*(?:\s|$))")
NAMED = re.compile(
    fold(
        r"(?:key|secret|token|bearer|basic|webhook|توكن|توکن|مفتاح|المفتاح|کلید)(?![^\W_])"
        r"(?:[ \t]+(?:api|ای پی آی|السري|خصوصی|من))?(?:[ \t]{0,3}(?:is|was|هو|هي|اینه|"
        r"است))?[ \t]{0,3}[\"']?[ \t]{0,3}[:=]{0,2}>?[ \t\n]{0,3}[\"'`«“]?"
    )
    + r"([a-z0-9._~+/=-]{12,})"
)


def find(text: str) -> Iterator[Span]:
    if "-----BEGIN" in text:
        for key in PRIVATE_KEY.finditer(text):
            yield Span(*key.span())
    for key in SHAPED.finditer(text):
        if not text[key.start() - 1 : key.start()].isalnum():
            yield Span(*key.span())
    for pattern in (RECOVERY, PRODUCT):
        for key in pattern.finditer(text):
            yield Span(*key.span())
    if "://" in text:
        for key in CONNECTION.finditer(text):
            yield Span(*key.span(1))
    for key in NAMED.finditer(text.lower()):
        if _random(text[slice(*key.span(1))]):
            yield Span(*key.span(1))


def _random(token: str) -> bool:
    """Letters and digits, or letters of both cases, in one piece: not a word of prose after "token", nor a host or a file."""
    if re.fullmatch(r"[\w-]+(?:\.[A-Za-z]{2,})+", token):
        return False
    if not re.search(r"[A-Za-z]", token):
        return False
    return any(map(str.isdigit, token)) or (token.endswith("=") and not token.islower() and not token.isupper())
