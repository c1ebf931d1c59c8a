"""Who plans: the built-in planner, or a model with the built-in one behind it."""

from dataclasses import dataclass

from langchain_core.language_models import BaseChatModel as ChatModel

__all__ = ["ChatModel", "Planners"]


@dataclass(frozen=True, kw_only=True)
class Planners:
    builtin: ChatModel
    openai: ChatModel | None = None

    @property
    def first(self) -> str:
        return "openai" if self.openai else "builtin"

    def named(self, name: str) -> ChatModel:
        return self.openai if name == "openai" and self.openai else self.builtin
