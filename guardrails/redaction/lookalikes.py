"""Words that look like a password although nobody calls them one."""

import re
from collections.abc import Iterator

from guardrails.redaction.shape import looks_like_password
from guardrails.redaction.view import Span

RUN = re.compile(r"[!-~]{8,}")
WRAPPED = "\"'`([{<*_"
CLOSED = "\"'`)]}>.,;:*_"
LABEL = re.compile(r"[A-Za-z_]{1,20}[:=](?=[^/\\])")


def find(text: str) -> Iterator[Span]:
    for run in RUN.finditer(text):
        start, token = run.start(), run[0]
        if token.isalpha() or (token[:-1].isalpha() and not token[-1].isdigit()):
            continue
        if label := LABEL.match(token):
            start, token = start + label.end(), token[label.end() :]
        start += len(token) - len(token.lstrip(WRAPPED))
        token = token.strip(WRAPPED).rstrip(CLOSED) if token[:1] in WRAPPED else token.rstrip(CLOSED)
        if looks_like_password(token):
            yield Span(start, start + len(token))
