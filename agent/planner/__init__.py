"""Who plans: the built-in planner, or a model with the built-in one behind it."""

from dataclasses import dataclass

from langchain_core.language_models import BaseChatModel


@dataclass(frozen=True, kw_only=True)
class Planners:
    builtin: BaseChatModel
    openai: BaseChatModel | None = None

    @property
    def first(self) -> str:
        return "openai" if self.openai else "builtin"

    def named(self, name: str) -> BaseChatModel:
        return self.openai if name == "openai" and self.openai else self.builtin
