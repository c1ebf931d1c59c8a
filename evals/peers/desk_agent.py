"""LangChain's ready-made agent at the same desk: the same tools on the same database, without our guardrails and planner."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from langchain.agents import create_agent
from langchain_core.language_models import BaseChatModel
from langchain_core.tools import BaseTool, StructuredTool
from langgraph.checkpoint.memory import InMemorySaver

from agent.house import House
from agent.mind import MAY_SEE
from desk.codes import new_id
from desk.conversations import Author, Conversation, Message, Speaker
from desk.people import Lang, Role
from evals.scenarios.exam import NeedsModel
from evals.scenarios.loading import ScenarioCase
from evals.scenarios.playing import Seat
from evals.scenarios.screen import DeskScreen, Seen
from evals.work import Stay
from tools.tool import Args, Context, Outcome, Status, Tool

PROMPT = """You are the assistant of an IT service desk. Help the user with your tools, in the user's language, briefly.
Answer questions from the knowledge base only. Call hand_over where a person should take the conversation."""
HAND_OVER = "hand_over"


def desk_agent(case: ScenarioCase, stay: Stay) -> Seat:
    model = stay.house.mind.planners.openai
    if model is None:
        raise NeedsModel()
    chat = model.chat
    return lambda screen: AgentScreen(screen, case.lang, chat)


class AgentScreen:
    """What is said goes to the agent and is kept in the desk's transcript; forms and cards are the desk's own."""

    def __init__(self, screen: DeskScreen, lang: Lang, model: BaseChatModel) -> None:
        self._screen = screen
        self._lang = lang
        self._outcomes: list[tuple[str, Outcome]] = []
        self._agent: Any = None
        self._model = model

    async def say(self, text: str) -> Seen:
        house, number = self._screen.house, self._screen.conversation
        self._outcomes.clear()
        async with house.desk.store.begin() as tx:
            conversation = await tx.conversations.get(number)
            await tx.conversations.say(number, Author.USER, text, self._lang, house.clock())
        if self._agent is None:
            self._agent = create_agent(self._model, self._tools(house, conversation), system_prompt=PROMPT, checkpointer=InMemorySaver())
        state = await self._agent.ainvoke({"messages": [{"role": "user", "content": text}]}, {"configurable": {"thread_id": number}})
        return await self._kept(str(state["messages"][-1].content))

    async def _kept(self, reply: str) -> Seen:
        house, number = self._screen.house, self._screen.conversation
        done = tuple(name for name, outcome in self._outcomes if outcome.status is Status.DONE)
        passages = [passage for _, outcome in self._outcomes for passage in outcome.facts.get("passages", ())]
        cited = [{"n": place, "title": each["title"], "url": each["url"], "snippet": ""} for place, each in enumerate(passages, 1)]
        needs = next((outcome.needs for _, outcome in reversed(self._outcomes) if outcome.needs), None)
        async with house.desk.store.begin() as tx:
            await tx.conversations.say(number, Author.ASSISTANT, reply, self._lang, house.clock(), citations=cited)
            conversation = await tx.conversations.get(number)
        return Seen(text=reply, needs=needs or {}, did=done, waiting=conversation.speaker is not Speaker.ASSISTANT)

    async def prove(self, flow: str, how: str) -> Seen:
        return await self._screen.prove(flow, how)

    async def press(self, card: str, *, do: bool) -> Seen:
        return await self._screen.press(card, do=do)

    async def form(self, card: str) -> Mapping[str, Sequence[str]]:
        return await self._screen.form(card)

    async def fill(self, card: str, fields: Mapping[str, str]) -> Seen:
        return await self._screen.fill(card, fields)

    async def messages(self) -> list[Message]:
        return await self._screen.messages()

    def _tools(self, house: House, conversation: Conversation) -> list[BaseTool]:
        role = Role.GUEST if conversation.is_guest else Role.USER
        made: list[BaseTool] = [StructuredTool.from_function(coroutine=self._run(house, conversation, role, tool), name=tool.name,
                                                             description=tool.description, args_schema=tool.args)
                                for tool in house.mind.tools.values() if tool.allows(role)]
        return [*made, StructuredTool.from_function(coroutine=self._hand_over(house, conversation.id), name=HAND_OVER,
                                                    description="Let a person of the service desk take the conversation.")]

    def _run(self, house: House, conversation: Conversation, role: Role, tool: Tool) -> Callable[..., Awaitable[str]]:
        async def run(**args: Any) -> str:
            mind = house.mind
            context = Context(desk=mind.desk, library=mind.library, conversation=conversation, turn=new_id(), role=role, lang=self._lang,
                              now=mind.clock(), may_see=MAY_SEE[role], key=new_id(), inventory=mind.inventory,
                              message=str(next(iter(args.values()), "")), approved=tool.confirms)
            outcome = await tool.run(_whole(tool.args, args), context)
            self._outcomes.append((tool.name, outcome))
            return f"{outcome.status}: {outcome.code} {outcome.facts}"
        return run

    def _hand_over(self, house: House, number: str) -> Callable[[], Awaitable[str]]:
        async def hand_over() -> str:
            async with house.desk.store.read() as tx:
                conversation = await tx.conversations.get(number)
            handed = await house.desk.handing.ask_for_person(conversation, house.clock())
            return handed.text
        return hand_over


def _whole(model: type[Args], args: Mapping[str, Any]) -> Args:
    return model.model_validate({name: value for name, value in args.items() if value is not None or name in model.model_fields})
