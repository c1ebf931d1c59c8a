"""A model behind an endpoint: asked with deadlines, read as a stream, and what was learnt about it remembered."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from datetime import datetime
from typing import Any, cast

import structlog
from langchain_core.language_models import BaseChatModel as ChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage

from agent.planner.answer import Answer, read
from agent.planner.breaker import Breaker
from agent.planner.budget import Budget, tokens_of
from agent.planner.failing import THE_ENDPOINT_S, Failure, ModelFailed
from agent.planner.openai import failure_of
from agent.planner.schemas import strict

log = structlog.get_logger()


class Model:
    """`plain` asks for nothing that only some servers understand; it is used from the first time that the full request is refused."""

    def __init__(self, chat: ChatModel, *, plain: ChatModel | None = None, budget: Budget | None = None,
                 breaker: Breaker | None = None) -> None:
        self.budget = budget or Budget()
        self.breaker = breaker or Breaker()
        self._chat = chat
        self._plain = plain
        self._plainly = False

    @property
    def chat(self) -> ChatModel:
        """The model itself, without deadlines and budget: for who compares with it."""
        return self._chat

    @property
    def name(self) -> str:
        return str(getattr(self._chat, "model_name", ""))

    async def ask(self, messages: Sequence[BaseMessage], tools: Sequence[dict[str, Any]], *, deadline: float, now: datetime) -> Answer:
        """`deadline` is a moment of `time.monotonic`. Raises ModelFailed, and nothing else but cancellation."""
        if not self.breaker.lets(now):
            raise ModelFailed(Failure.RESTING)
        try:
            answer = await self._ask(messages, tools, deadline)
        except ModelFailed as failed:
            if failed.kind in THE_ENDPOINT_S:
                self.breaker.failed(now)
            raise
        self.breaker.worked()
        return answer

    async def _ask(self, messages: Sequence[BaseMessage], tools: Sequence[dict[str, Any]], deadline: float) -> Answer:
        if self._plain is None:
            return await self._once(self._chat, messages, tools, deadline)
        if not self._plainly:
            try:
                return await self._once(self._chat, messages, [strict(each) for each in tools], deadline)
            except ModelFailed as failed:
                if failed.kind is not Failure.BAD_REQUEST:
                    raise
        answer = await self._once(self._plain, messages, tools, deadline)
        self._plainly = True
        return answer

    async def _once(self, chat: ChatModel, messages: Sequence[BaseMessage], tools: Sequence[dict[str, Any]], deadline: float) -> Answer:
        stream = chat.bind_tools(tools).astream(list(messages))
        try:
            message = await self._gathered(stream, deadline)
        except ModelFailed:
            raise
        except Exception as error:
            raise _failed(error) from None
        return read(message, sent=sum(tokens_of(str(each.content)) for each in messages))

    async def _gathered(self, stream: AsyncIterator[AIMessage], deadline: float) -> AIMessage:
        """All pieces as one message, provided that they come in time and no more than the budget allows."""
        pieces: list[AIMessage] = []
        received = 0
        async with aclosing(stream) as coming:       # type: ignore[type-var]
            while (piece := await self._next(coming, deadline, begun=bool(pieces))) is not None:
                pieces.append(piece)
                received += _bulk(piece)
                if received > self.budget.answer:
                    raise ModelFailed(Failure.TOKENS)
        if not pieces:
            raise ModelFailed(Failure.EMPTY)
        first, *more = pieces
        return cast(AIMessageChunk, cast(AIMessageChunk, first) + more) if more else first

    async def _next(self, stream: AsyncIterator[AIMessage], deadline: float, *, begun: bool) -> AIMessage | None:
        left = deadline - time.monotonic()
        wait = min(left, self.budget.silence) if begun else left
        try:
            async with asyncio.timeout(wait):
                return await anext(stream)
        except StopAsyncIteration:
            return None
        except TimeoutError:
            raise ModelFailed(Failure.STALLED if begun and wait < left else Failure.TIMEOUT) from None
        except Exception as error:
            failed = _failed(error)
            raise ModelFailed(Failure.CUT) if begun and failed.kind is Failure.CONNECTION else failed from None


def _failed(error: Exception) -> ModelFailed:
    """The kind of an error; the log gets its type alone, since its text may repeat what was sent."""
    failed = ModelFailed(failure_of(error))
    log.warning("model.failed", kind=str(failed.kind), error=type(error).__name__, status=getattr(error, "status_code", None))
    return failed


def _bulk(piece: AIMessage) -> int:
    """Pieces are counted, or a server that sends everything at once by its size."""
    calls = piece.tool_call_chunks if isinstance(piece, AIMessageChunk) else ()
    return max(1, tokens_of(str(piece.content)), sum(tokens_of(each["args"] or "") for each in calls))
