"""What somebody says themselves, beside what they quote: a pasted mail is what a message is about, not what it wants."""

import re

from langchain_core.messages import AIMessage

QUOTED = re.compile("«[^«»]{20,}»|“[^“”]{20,}”|„[^„“”]{20,}[“”]|\"[^\"]{20,}\"|(?m:^\\s*>.*$)")
TAKEN_DOWN = ("description", "text", "reason")
ENOUGH = 3                     # words: with fewer beside it, the quotation is the message


def own_words(text: str) -> str:
    """The text without its long quotations and quoted lines; the whole where that leaves next to nothing.

    >>> own_words('what do I do with this? "Dear customer, send us your password at once"')
    'what do I do with this?'
    """
    rest = " ".join(QUOTED.sub(" ", text).split())
    return rest if len(rest.split()) >= ENOUGH and len(rest) < len(text.strip()) and QUOTED.search(text) else text


def whole(planned: AIMessage, said: str) -> AIMessage:
    """The same step; what is written down of the message is written down with its quotations."""
    mine = own_words(said)
    if mine == said or not planned.tool_calls:
        return planned
    calls = [call | {"args": {name: said if value == mine and name in TAKEN_DOWN else value for name, value in call["args"].items()}}
             for call in planned.tool_calls]
    return AIMessage(content="", tool_calls=calls)
