"""A model that answers at once, for both sides of the bench: one tool call, then words."""

from collections.abc import Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable

TOOL = "ticket_status"


class Instant(BaseChatModel):
    """Calls `tool` first, and says so afterwards. It takes no time, so that what is measured is everything around it."""

    tool: str = TOOL

    @property
    def _llm_type(self) -> str:
        return "instant"

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Runnable[Any, AIMessage]:
        return self

    def _generate(self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any) -> ChatResult:
        if isinstance(messages[-1], ToolMessage):
            message = AIMessage(content=f"I have looked: this is answer {len(messages)} to “{_asked(messages)}”.")
        else:
            call = {"name": self.tool, "args": {}, "id": f"call-{len(messages)}", "type": "tool_call"}
            message = AIMessage(content="", tool_calls=[call])
        return ChatResult(generations=[ChatGeneration(message=message)])

    async def _agenerate(self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None,
                         **kwargs: Any) -> ChatResult:
        return self._generate(messages, stop)


def _asked(messages: list[BaseMessage]) -> str:
    return next((str(message.content) for message in reversed(messages) if message.type == "human"), "")
