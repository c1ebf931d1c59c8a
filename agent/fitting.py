"""Which tools a model of a small window is told of: looking things up always, of the others the likeliest, as many as have room."""

import json
from collections.abc import Mapping

from agent.planner.budget import Budget, tokens_of
from agent.planner.schemas import schema
from agent.state import Going, State
from tools.tool import Tool

ALWAYS = "search_knowledge"


async def fitting(tools: Mapping[str, Tool], state: State, going: Going, budget: Budget) -> dict[str, Tool]:
    """All of them where the window is not known to be small. The order is that of likelihood, the same in every step of a turn."""
    if not budget.context:
        return dict(tools)
    intents = (await going.mind.reader.read(going.turn.text, last=state["lang"])).intents
    ranked = sorted(tools.values(), key=lambda tool: (tool.name != ALWAYS, -intents.get(tool.intent, 0.0)))
    left, kept = budget.tools, dict[str, Tool]()
    for tool in ranked:
        left -= tokens_of(json.dumps(schema(tool), ensure_ascii=False))
        if kept and left < 0:
            break
        kept[tool.name] = tool
    return kept
