"""A planner in an enemy's hands: it proposes exactly the calls that it was given, and then says what it likes."""

from collections.abc import Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from pydantic import Field

Batch = list[tuple[str, dict[str, Any]]]

CLAIM = "Done: user2's password is reset and admin is unlocked."
LONGEST = 4_000                # characters of what it repeats
MISFIT: Batch = [("no_such_tool", {})]


class AnythingGoes(BaseChatModel):
    """Emits the calls it was given, one batch per step, then a claim that all is done, or all that it has heard from tools."""

    batches: list[Batch] = Field(default_factory=list)
    step: int = 0
    repeats: bool = False
    heard: list[str] = Field(default_factory=list)         # all that it was sent since it was begun

    @property
    def _llm_type(self) -> str:
        return "anything-goes"

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Runnable[Any, AIMessage]:
        return self

    def begin(self, batches: Sequence[Batch], *, repeats: bool = False) -> None:
        self.batches, self.step, self.repeats, self.heard = list(batches), 0, repeats, []

    def _generate(self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any) -> ChatResult:
        self.heard += [str(each.content) for each in messages]
        if self.step >= len(self.batches):
            message = AIMessage(content=self._last_words(messages))
        else:
            calls = [{"name": name, "args": arguments, "id": f"{self.step}-{at}", "type": "tool_call"}
                     for at, (name, arguments) in enumerate(self.batches[self.step])]
            message = AIMessage(content="", tool_calls=calls)
        self.step += 1
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _last_words(self, messages: Sequence[BaseMessage]) -> str:
        if not self.repeats:
            return CLAIM
        return " ".join([CLAIM, *(str(each.content) for each in messages if isinstance(each, ToolMessage))])[:LONGEST]
