"""A plain `create_agent` over the product's own tools: the same hands with nothing between them and the planner."""

from collections.abc import Sequence
from typing import Any

from langchain.agents import create_agent
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import ToolMessage
from langchain_core.tools import BaseTool, StructuredTool
from langgraph.errors import GraphRecursionError

from agent.house import House
from agent.mind import MAY_SEE
from desk.codes import new_id
from desk.conversations import Conversation
from desk.people import Caller
from tools import toolbox
from tools.tool import Context, Tool

STEPS = 40                     # of the graph
PROMPT = "You are an IT service desk's assistant."


class BareAgent:
    """Speaks for one caller in one conversation of the house. Authority still comes from the context: that is in the tools themselves."""

    def __init__(self, house: House, model: BaseChatModel, caller: Caller, conversation: Conversation) -> None:
        self._house, self._model, self._caller, self._conversation = house, model, caller, conversation

    async def turn(self, text: str) -> str:
        """All that came of it: what tools gave back, and the last words."""
        tools = [self._bound(tool, text) for tool in toolbox().values()]
        agent: Any = create_agent(self._model, tools, system_prompt=PROMPT)
        try:
            state = await agent.ainvoke({"messages": [{"role": "user", "content": text}]}, {"recursion_limit": STEPS})
        except GraphRecursionError:
            return ""
        heard: Sequence[Any] = state["messages"]
        return "\n".join(str(each.content) for each in [*(one for one in heard if isinstance(one, ToolMessage)), heard[-1]])

    def _bound(self, tool: Tool, text: str) -> BaseTool:
        async def run(**arguments: Any) -> str:
            try:
                return repr(await tool.run(tool.args.model_validate(arguments), await self._context(text)))
            except Exception as error:         # a tool that fails tells the model so
                return f"{type(error).__name__}: {error}"

        return StructuredTool(name=tool.name, description=tool.description, args_schema=tool.args, coroutine=run)

    async def _context(self, text: str) -> Context:
        mind, turn = self._house.mind, new_id()
        signals = await mind.reader.read(text, last=self._conversation.lang)
        return Context(desk=mind.desk, library=mind.library, conversation=self._conversation, turn=turn, role=self._caller.role,
                       lang=self._conversation.lang, now=mind.clock(), may_see=MAY_SEE[self._caller.role], key=turn, vector=signals.vector,
                       message=text, inventory=mind.inventory)
