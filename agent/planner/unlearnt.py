"""Tools that the heads were not fitted for: found by their own examples, until `yavar learn` knows them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent.planner.acts import ACTS
from agent.planner.mending import GO_ON
from agent.planner.refining import FORM
from guardrails.signals import FINE, Reader
from tools.tool import Tool

ELSEWHERE = frozenset({GO_ON, FORM, *ACTS})   # have ways of their own
NEARER = 0.02                  # by how much an example must lie nearer to the message than everything that the heads know


@dataclass(frozen=True)
class Unlearnt:
    """By tool: all its examples, and the name of the one text argument it takes, if any."""

    examples: Mapping[str, Sequence[str]]
    arguments: Mapping[str, str]

    @classmethod
    def among(cls, tools: Iterable[Tool]) -> "Unlearnt":
        """A tool that needs more than the message is left to a model, one that goes on with something to what began it."""
        found = [tool for tool in tools if tool.intent not in FINE and tool.name not in ELSEWHERE and _fits(tool)]
        return cls({tool.name: [text for texts in tool.examples.values() for text in texts] for tool in found},
                   {tool.name: next(iter(_required(tool)), "") for tool in found})

    async def called_for(self, text: str, reader: Reader, offered: frozenset[str]) -> tuple[str, dict[str, Any]] | None:
        """The tool and its arguments, where one of its examples lies nearest of all."""
        mine = {name: texts for name, texts in self.examples.items() if name in offered}
        if not mine:
            return None
        name, ahead = await reader.nearest(text, mine)
        argument = self.arguments[name]
        return (name, {argument: text} if argument else {}) if ahead > NEARER else None


def _fits(tool: Tool) -> bool:
    needed = _required(tool)
    return not needed or (len(needed) == 1 and tool.args.model_fields[needed[0]].annotation is str)


def _required(tool: Tool) -> list[str]:
    return [name for name, field in tool.args.model_fields.items() if field.is_required()]
