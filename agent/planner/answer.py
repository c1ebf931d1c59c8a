"""A model's answer as the turn uses it: words or calls, read strictly from what came."""

import json
import re
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import AIMessage, AIMessageChunk

from agent.planner.budget import tokens_of
from agent.planner.failing import Failure, ModelFailed

THOUGHT = re.compile(r"\s*<think>.*?(?:</think>|\Z)", re.DOTALL)           # some servers leave a model's musings in its answer
WRAPPED = re.compile(r"\s*(?:```(?:json)?\s*|<tool_call>\s*)(?P<inside>.*?)(?:\s*```|\s*</tool_call>)?\s*", re.DOTALL)
CALL_IN_WORDS = re.compile(r"\s*(?:```(?:json)?\s*|<tool_call>\s*)?\{\s*\"(?:name|function|tool)\"\s*:|<tool_call>")


@dataclass(frozen=True, kw_only=True)
class Proposal:
    id: str
    name: str
    args: dict[str, Any] | None        # None: they are no JSON object


@dataclass(frozen=True, kw_only=True)
class Answer:
    text: str
    calls: tuple[Proposal, ...]
    tokens_in: int
    tokens_out: int


def read(message: AIMessage, sent: int) -> Answer:
    """`sent` is our own count of the prompt's tokens, for endpoints that do not tell."""
    _whole(message)
    text = THOUGHT.sub("", str(message.text)).strip()
    calls = _proposals(message)
    if not calls and CALL_IN_WORDS.match(text):
        calls, text = (_in_words(text),), ""
    if not calls and not text:
        raise ModelFailed(Failure.REFUSAL if message.additional_kwargs.get("refusal") else Failure.EMPTY)
    usage = message.usage_metadata
    return Answer(text=text, calls=calls, tokens_in=usage["input_tokens"] if usage else sent,
                  tokens_out=usage["output_tokens"] if usage else tokens_of(str(message.content)))


def _whole(message: AIMessage) -> None:
    """A stream that ends without saying why was cut; half an answer is none."""
    ended = str(message.response_metadata.get("finish_reason") or message.response_metadata.get("status") or "")
    if ended.startswith("content_filter"):
        raise ModelFailed(Failure.REFUSAL)
    if ended.startswith(("length", "incomplete")):
        raise ModelFailed(Failure.TOKENS)
    if not ended and isinstance(message, AIMessageChunk):
        raise ModelFailed(Failure.CUT)


def _proposals(message: AIMessage) -> tuple[Proposal, ...]:
    """From the raw pieces of a stream: LangChain itself completes broken JSON, and would run what the model never finished."""
    if isinstance(message, AIMessageChunk):
        return tuple(Proposal(id=each["id"] or "", name=each["name"] or "", args=_object(each["args"] or "{}"))
                     for each in message.tool_call_chunks)
    made = [Proposal(id=call["id"] or "", name=call["name"], args=dict(call["args"])) for call in message.tool_calls]
    broken = [Proposal(id=each["id"] or "", name=each["name"] or "", args=None) for each in message.invalid_tool_calls]
    return (*made, *broken)


def _in_words(text: str) -> Proposal:
    """A call that came as plain text, from a server that cannot tell calls from words."""
    wrapped = WRAPPED.fullmatch(text)
    found = _object(wrapped["inside"] if wrapped else text) or {}
    name, args = found.get("name"), found.get("arguments", found.get("parameters"))
    if isinstance(args, str):
        args = _object(args)
    return Proposal(id="", name=name if isinstance(name, str) else "", args=args if isinstance(args, dict) else None)


def _object(raw: str) -> dict[str, Any] | None:
    try:
        found = json.loads(raw, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
