"""LangChain's ready-made agent as one would take it for a desk: five tools, eight of its middlewares, its checkpoints on disk."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import (
    ClearToolUsesEdit,
    ContextEditingMiddleware,
    ModelCallLimitMiddleware,
    ModelRetryMiddleware,
    PIIMiddleware,
    SummarizationMiddleware,
    TodoListMiddleware,
    ToolCallLimitMiddleware,
    ToolRetryMiddleware,
)
from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import RunnableConfig
from langchain_core.tools import tool
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

MANY = 1000                    # of steps and tokens: no limit is reached in a bench


@tool
async def ticket_status(number: int | None = None) -> str:
    """Tell the state of the user's tickets."""
    return "No open tickets."


@tool
async def search_knowledge(query: str) -> str:
    """Find passages of the knowledge base."""
    return "Nothing found."


@tool
async def create_ticket(title: str, description: str) -> str:
    """Open a ticket for the user."""
    return "Ticket 1001 is open."


@tool
async def reset_password() -> str:
    """Start the verification for a new password."""
    return "Open the form."


@tool
async def unlock_account() -> str:
    """Start the verification that unlocks the account."""
    return "Open the form."


class ReadyAgent:
    def __init__(self, agent: Any) -> None:
        self._agent = agent

    async def turn(self, conversation: str, text: str) -> str:
        config: RunnableConfig = {"configurable": {"thread_id": conversation}}
        state = await self._agent.ainvoke({"messages": [{"role": "user", "content": text}]}, config)
        return str(state["messages"][-1].content)


@asynccontextmanager
async def ready_agent(model: BaseChatModel, folder: Path) -> AsyncIterator[ReadyAgent]:
    """The peer with its checkpoints in the folder."""
    middleware: list[Any] = [
        PIIMiddleware("email"), SummarizationMiddleware(model=model, trigger=("messages", MANY)),
        ContextEditingMiddleware(edits=[ClearToolUsesEdit(trigger=100 * MANY)]),
        ModelCallLimitMiddleware(run_limit=MANY), ToolCallLimitMiddleware(run_limit=MANY),
        ModelRetryMiddleware(max_retries=0), ToolRetryMiddleware(max_retries=0), TodoListMiddleware(),
    ]
    async with AsyncSqliteSaver.from_conn_string(str(folder / "peer.db")) as saver:
        await saver.conn.execute("PRAGMA synchronous=NORMAL")
        tools = [ticket_status, search_knowledge, create_ticket, reset_password, unlock_account]
        yield ReadyAgent(create_agent(model, tools, middleware=middleware, checkpointer=saver,
                                      system_prompt="You are an IT service desk's assistant."))
