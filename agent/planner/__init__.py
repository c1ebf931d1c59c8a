"""Who plans: the built-in planner, or a model with the built-in one behind it."""

from dataclasses import dataclass

from langchain_core.language_models import BaseChatModel as ChatModel

from agent.planner.budget import Budget
from agent.planner.model import Model

__all__ = ["Budget", "ChatModel", "Model", "Planners"]


@dataclass(frozen=True, kw_only=True)
class Planners:
    builtin: ChatModel
    openai: Model | None = None

    @property
    def first(self) -> str:
        return "openai" if self.openai else "builtin"
