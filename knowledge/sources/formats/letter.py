"""A mail as it was saved: its subject and its words, without its attachments and without whom it went to."""

from email import message_from_bytes, policy

from knowledge.errors import BadFile
from knowledge.sources.formats.text import Converted, Limits
from knowledge.sources.formats.web import page


def read(raw: bytes, limits: Limits) -> Converted:
    message = message_from_bytes(raw, policy=policy.default)
    body = message.get_body(("plain", "html"))
    if body is None:
        raise BadFile("It is a mail without a text.")
    text, subject = str(body.get_content()), str(message.get("subject", ""))
    if body.get_content_subtype() == "html":
        return Converted(title=subject, text=page(text).text, plain=False)
    return Converted(title=subject, text=text, plain=True)
