"""The built-in planner: a chat model that needs no model. It routes by fitted heads and speaks from catalogues and passages."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.base import LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from pydantic import ConfigDict

from agent.planner import mending
from agent.planner.acts import TicketActs
from agent.planner.quoting import own_words, whole
from agent.planner.reactions import MISREAD, STILL, THANKS, reaction
from agent.planner.refining import picked, refined, reminded
from agent.planner.routes import CHOICES, INFORMED, PROVED, ROUTES, SEARCHED, SPOKEN, TICKETS
from agent.planner.situation import Situation
from agent.planner.telling import Telling
from agent.planner.unlearnt import Unlearnt
from desk.catalogue import Catalogue
from desk.codes import new_id
from desk.handoffs import Reason
from desk.people import LANGS
from desk.words import Words
from guardrails.arriving import FAINT
from guardrails.leaving import CITED
from guardrails.redaction import shows_a_code
from guardrails.signals import Reader
from knowledge.normalise import words
from tools.entries import entry_for

SURE = 0.5                     # probability from which the first route is taken without asking
VAGUE, SURE_IF_VAGUE = 2, 0.9  # words of a message that says next to nothing, and the probability it needs
AHEAD = 0.3                    # or this much more than the second
# An article that answers comes before a tool that is not quite certain: a ticket is one word away afterwards. One that may answer
# comes before a question back, and stands beside what a tool did.
ANSWERED, ANSWERABLE = 0.5, 0.25
CERTAIN = {"greeting": 0.5, "thanks": 0.5, "capabilities": 0.5, "ticket_create": 0.95, "service_request": 0.95, "ticket_status": 0.95,
           "ticket_add": 0.95, "out_of_scope": 0.95}
CERTAIN_ELSE = 0.85
HELD = 0.8                     # what the library holds is the desk's work, however sure the heads are that it is not
BARE = 12                      # words: a wish for a ticket this short may not say what about
PLAIN = 4                      # words: a wish for a reset this short asks for nothing besides


class BuiltinPlanner(BaseChatModel):
    """Plans one step: a tool call, a question with choices, or words."""

    reader: Reader
    words: Words
    acts: TicketActs
    catalogue: Catalogue
    unlearnt: Unlearnt = Unlearnt({}, {})

    model_config = ConfigDict(arbitrary_types_allowed=True)

    @property
    def _llm_type(self) -> str:
        return "yavar-builtin"

    def bind_tools(self, tools: Sequence[dict[str, Any] | type | Any | BaseTool], *, tool_choice: str | None = None,
                   **kwargs: Any) -> Runnable[LanguageModelInput, AIMessage]:
        names = [each["function"]["name"] for each in tools if isinstance(each, dict)]
        return self.bind(tools=names, **kwargs)

    def _generate(self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: CallbackManagerForLLMRun | None = None,
                  **kwargs: Any) -> ChatResult:
        return asyncio.run(self._agenerate(messages, stop, None, **kwargs))

    async def _agenerate(self, messages: list[BaseMessage], stop: list[str] | None = None,
                         run_manager: AsyncCallbackManagerForLLMRun | None = None, **kwargs: Any) -> ChatResult:
        """Besides the messages it takes `situation`, and `tools` by name."""
        message = await self._next(messages, kwargs["situation"], frozenset(kwargs.get("tools", ())))
        return ChatResult(generations=[ChatGeneration(message=message)])

    async def _next(self, messages: list[BaseMessage], situation: Situation, tools: frozenset[str]) -> AIMessage:
        telling = Telling(self.words, situation)
        if situation.event:
            return telling.of(f"identity.{situation.event}")
        if isinstance(messages[-1], ToolMessage):
            about = self._about((_texts(messages) or [""])[-1], messages, situation)
            outcomes = [json.loads(str(each.content)) for each in _answers(messages)]
            if situation.verifying and shows_a_code(about):
                return telling.code_belongs()
            if more := mending.follows(outcomes, about) or mending.told(outcomes, about, telling):
                return more
            if _in_vain(outcomes) and about and ROUTES["knowledge"].tool in tools:
                return self._call("knowledge", about)
            return telling.results(outcomes, about, else_=(await self._routes(about, situation))[0][0] if about else "")
        if situation.nods:
            return telling.of("confirm.still_open")
        text = _texts(messages)[-1]
        planned = picked(_texts(messages), situation, tools) or await self._decide(messages, situation, tools, telling)
        fitting = refined(planned, own_words(self._about(text, messages, situation)), tools, self.acts, self.catalogue)
        return reminded(whole(fitting, text), situation, telling)

    async def _decide(self, messages: list[BaseMessage], situation: Situation, tools: frozenset[str], telling: Telling) -> AIMessage:
        text = own_words(_texts(messages)[-1])
        chosen = self._chosen(text, situation)
        if situation.verifying and shows_a_code(text):
            return self._call("identity_status", text)
        if situation.asks == "ticket_about" and not chosen:
            return self._call("ticket_create", text)
        if not chosen and (answered := await self._reaction(text, messages, situation, tools, telling)):
            return answered
        if chosen == "human":
            return telling.hand_off(Reason.ASKED)
        if chosen == "security":
            meant = await self.reader.read(self._about(text, messages, situation), last=situation.lang)
            return telling.hand_off(Reason.SECURITY, f"danger_{meant.danger_kind}")
        if chosen:
            about = self._about(text, messages, situation)
            empty = about == text and chosen in (*TICKETS, "another")
            return telling.asks_what_about() if empty else self._go(chosen, about, tools, telling)
        if call := mending.wanted(text, situation, (await self.reader.read(text, last=situation.lang)).intents, tools):
            return call
        if called := await self.unlearnt.called_for(text, self.reader, tools):
            return _proposal(*called)
        routes = await self._routes(text, situation)
        first, second = routes[0], routes[1]
        danger = (await self.reader.read(text, last=situation.lang)).danger
        if first[0] in PROVED and danger.probability >= FAINT:     # what may be a danger is never begun as a reset
            return telling.clarify(["security", first[0]])
        vague = len(text.split()) <= VAGUE
        clear = first[1] >= SURE_IF_VAGUE if vague else first[1] >= SURE or first[1] - second[1] >= AHEAD
        if first[0] in SEARCHED and clear:
            return self._go(first[0], text, tools, telling)
        unsure = first[1] < CERTAIN.get(first[0], CERTAIN_ELSE) or (first[0] == "out_of_scope" and situation.answerable >= HELD)
        if not vague and unsure and situation.answerable >= ANSWERED:
            return self._go("knowledge", text, tools, telling)
        if clear:
            going = self._go(first[0], text, tools, telling, bare=len(text.split()) <= BARE, messages=messages)
            return self._informed(going, first[0], text, tools) if situation.answerable >= ANSWERABLE else going
        if situation.asks == "clarify" or (not vague and situation.answerable >= ANSWERABLE):
            return self._go("knowledge", text, tools, telling)
        return telling.clarify([name for name, _ in routes if name not in ROUTES or ROUTES[name].tool in tools])

    async def _reaction(self, text: str, messages: Sequence[BaseMessage], situation: Situation, tools: frozenset[str],
                        telling: Telling) -> AIMessage | None:
        """The step after a message that says no more than how the last answer did; a second time in a row a person comes."""
        before, said = _answer_before(messages), reaction(text)
        if not before or said is None or (situation.choices and text in situation.choices):
            return None
        if said == THANKS:
            return telling.spoken("thanks")
        if said == MISREAD:
            problem = self._problem(messages)
            routes = await self._routes(problem, situation) if problem else []
            return telling.misread([name for name, _ in routes if name not in ROUTES or ROUTES[name].tool in tools])
        advised = CITED.search(before) or situation.asks == "tried"
        return telling.tried() if said == STILL and not situation.mending and advised else None

    async def _routes(self, text: str, situation: Situation) -> list[tuple[str, float]]:
        """Intents by probability, those that lead to the same tool with the same arguments counted together."""
        signals = await self.reader.read(text, last=situation.lang)
        together: dict[str, tuple[str, float]] = {}
        for intent, probability in sorted(signals.intents.items(), key=lambda item: -item[1]):
            if intent in ("human", "upset"):
                continue       # the guardrails have decided on these before
            group = ROUTES[intent].tool + str(intent == "service_request") if intent in ROUTES else intent
            name, sum_so_far = together.get(group, (intent, 0.0))
            together[group] = (name, sum_so_far + probability)
        return sorted(together.values(), key=lambda item: -item[1])

    def _go(self, intent: str, text: str, tools: frozenset[str], telling: Telling, *, bare: bool = False,
            messages: Sequence[BaseMessage] = ()) -> AIMessage:
        if intent in SPOKEN:
            return telling.spoken(intent)
        if ROUTES[intent].tool not in tools:
            return telling.guest_only()
        named = intent == "service_request" and entry_for(self.catalogue, text)
        if intent in TICKETS and bare and not named and (len(text.split()) < VAGUE or self._is_bare_wish(text)):
            earlier = self._problem(messages)
            return self._call(intent, earlier) if earlier else telling.asks_what_about()
        return self._call(intent, text)

    def _informed(self, going: AIMessage, intent: str, text: str, tools: frozenset[str]) -> AIMessage:
        """The same step, and a look at what the library says besides."""
        plain = intent in PROVED and len(text.split()) <= PLAIN
        if intent not in INFORMED or plain or not going.tool_calls or ROUTES["knowledge"].tool not in tools:
            return going
        return AIMessage(content="", tool_calls=[*going.tool_calls, *self._call("knowledge", text).tool_calls])

    def _call(self, intent: str, text: str) -> AIMessage:
        return _proposal(ROUTES[intent].tool, ROUTES[intent].fill(text))

    def _chosen(self, text: str, situation: Situation) -> str | None:
        """The intent of the choice that the user picked, in whatever language it was offered."""
        if text not in situation.choices:
            return None
        return next((name for name in CHOICES for lang in ("en", "ar", "fa") if self.words.say(lang, f"choice.{name}") == text), None)

    def _is_bare_wish(self, text: str) -> bool:
        """A wish for a ticket that does not say what about: nearly all of it stands in the catalogue's own such phrases and fillers."""
        said = set(words(text))
        phrases = {key: set(words(" ".join(self.words.say(lang, key) for lang in LANGS))) for key in ("bare.ticket", "bare.filler")}
        told = said - phrases["bare.filler"]
        return len(told - phrases["bare.ticket"]) <= len(told) // 4

    def _about(self, text: str, messages: Sequence[BaseMessage], situation: Situation) -> str:
        """What a picked choice is about: the message before it."""
        return (self._problem(messages) or text) if text in situation.choices else text

    def _problem(self, messages: Sequence[BaseMessage]) -> str:
        """The newest earlier message of the user that says something: neither a choice nor a bare wish."""
        labels = {self.words.say(lang, f"choice.{name}") for name in CHOICES for lang in ("en", "ar", "fa")}
        earlier = [text for text in _texts(messages)[:-1]
                   if text not in labels and len(text.split()) > 2 and not self._is_bare_wish(text) and reaction(text) is None]
        return earlier[-1] if earlier else ""


def _proposal(tool: str, args: dict[str, Any]) -> AIMessage:
    return AIMessage(content="", tool_calls=[{"name": tool, "args": args, "id": new_id(), "type": "tool_call"}])


def _in_vain(outcomes: Sequence[dict[str, Any]]) -> bool:
    """A look for a ticket where there is none: perhaps it was a question, and the library knows."""
    return len(outcomes) == 1 and outcomes[0]["code"] == "ticket.none"


def _texts(messages: Sequence[BaseMessage]) -> list[str]:
    return [str(message.content) for message in messages if isinstance(message, HumanMessage)]


def _answer_before(messages: Sequence[BaseMessage]) -> str:
    """What the assistant said last; "" where it has said nothing yet."""
    return next((str(message.content) for message in reversed(messages) if isinstance(message, AIMessage) and message.content), "")


def _answers(messages: Sequence[BaseMessage]) -> list[ToolMessage]:
    """The tool messages since the user's last one."""
    answers: list[ToolMessage] = []
    for message in reversed(messages):
        if isinstance(message, HumanMessage):
            break
        if isinstance(message, ToolMessage):
            answers.insert(0, message)
    return answers
