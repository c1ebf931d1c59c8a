"""The user whom a model plays, and the ready-made agent in the assistant's seat: through the real client, with a scripted endpoint."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import respx
from pydantic import SecretStr

from agent.planner import Model
from agent.planner.failing import ModelFailed
from agent.planner.openai import open_model
from evals.peers.desk_agent import desk_agent
from evals.scenarios.acts import Exchange, Fill, Press, Prove, Say, Stop
from evals.scenarios.exam import NeedsModel, beside
from evals.scenarios.fidelity import faults
from evals.scenarios.loading import ScenarioCase
from evals.scenarios.modelled import ModelUser, by_model
from evals.scenarios.playing import play
from evals.scenarios.screen import Seen
from evals.scenarios.stage import staged
from evals.scenarios.user import RuleUser
from evals.work import Work
from tests.agent.endpoint import STREAM, URL, words
from tests.evals.scenarios.conftest import scenario
from tests.evals.scenarios.test_user import Scripted, conversation

Step = str | Callable[[dict[str, Any]], str]
VERIFICATION = {"kind": "verification", "flow": "f"}


def scripted(mock: respx.Router, *plan: Step) -> list[dict[str, Any]]:
    """The endpoint answers each request by the next step; what it was sent is kept."""
    sent: list[dict[str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(json.loads(request.content))
        step = plan[min(len(sent), len(plan)) - 1]
        return httpx.Response(200, headers=STREAM, text=step(sent[-1]) if callable(step) else step)

    mock.post(f"{URL}/chat/completions").mock(side_effect=answer)
    return sent


def whole(message: dict[str, Any]) -> dict[str, Any]:
    """An answer that is not streamed."""
    return {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "usage": {"prompt_tokens": 1, "completion_tokens": 1,
            "total_tokens": 2}, "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", **message}}]}


def a_model() -> Model:
    return Model(open_model("m", url=URL, key=SecretStr("sk-of-this-test-only")))


async def test_it_is_told_the_facts_and_decides(httpx2_mock: respx.Router) -> None:
    sent = scripted(httpx2_mock, words("hey, my pw is gone, need a new one"), words("PROVE"), words("DONE"))
    user = ModelUser(scenario(), "en", "1", a_model())
    screen = Scripted([Seen(text="Open the form.", lang="en", needs=VERIFICATION), Seen(text="Changed.", lang="en", proved=True)])
    history = [Exchange(step=0, act=await user.next([], screen), seen=screen.shows.pop(0))]
    assert isinstance(history[0].act, Say) and history[0].act.text == "hey, my pw is gone, need a new one"
    history.append(Exchange(step=0, act=await user.next(history, screen), seen=screen.shows.pop(0)))
    assert history[1].act == Prove(flow="f", how="both")
    history.append(Exchange(step=0, act=await user.next(history, screen)))
    assert history[2].act == Stop(why="met") and faults(scenario(), "en", history) == []
    told = sent[0]["messages"][0]["content"]
    assert "I forgot my password" in told and "English" in told and "Open the form." in sent[1]["messages"][-1]["content"]


@pytest.mark.parametrize(("answer", "needs", "choices", "act"), [
    ("PICK 2", {}, ("Open a ticket", "Talk to a person"), Say(text="Talk to a person", line="Talk to a person")),
    ("PICK 7", {}, ("Open a ticket",), Stop(why="gave_up")),
    ("PRESS", {"kind": "confirmation", "flow": "c"}, (), Press(card="c", do=True)),
    ("LEAVE", {"kind": "confirmation", "flow": "c"}, (), Press(card="c", do=False)),
    ("FILL", {"kind": "form", "flow": "r"}, (), Fill(card="r", fields={})),
    ("**PROVE**", VERIFICATION, (), Prove(flow="f", how="both")),
    ("I will prove it tomorrow", VERIFICATION, (), Say(text="I will prove it tomorrow", line="")),
    ("DONE", {}, (), Stop(why="gave_up")),
])
async def test_what_it_says_is_what_is_done(httpx2_mock: respx.Router, answer: str, needs: dict[str, str], choices: tuple[str, ...],
                                            act: object) -> None:
    scripted(httpx2_mock, words(answer))
    user = ModelUser(scenario(), "en", "1", a_model())
    seen = Exchange(step=0, act=Say(text="hello", line=""), seen=Seen(text="What is it?", needs=needs, choices=choices))
    assert await user.next([seen], Scripted([])) == act


async def test_it_cannot_prove_what_its_person_has_not_got(httpx2_mock: respx.Router) -> None:
    scripted(httpx2_mock, words("PROVE"))
    without = scenario(steps=[scenario().steps[0].model_dump() | {"proves": "not"}], ends=[{}])
    seen = Exchange(step=0, act=Say(text="hello", line=""), seen=Seen(text="Prove it.", needs=VERIFICATION))
    assert isinstance(await ModelUser(without, "en", "1", a_model()).next([seen], Scripted([])), Stop)


async def test_a_number_that_it_made_up_is_found(httpx2_mock: respx.Router) -> None:
    scripted(httpx2_mock, words("my employee number is 55219"))
    history = [Exchange(step=0, act=await ModelUser(scenario(), "en", "1", a_model()).next([], Scripted([])))]
    assert any(fault.startswith("named 55219") for fault in faults(scenario(), "en", history))


async def test_a_model_that_fails_says_nothing_about_the_desk(httpx2_mock: respx.Router) -> None:
    httpx2_mock.post(f"{URL}/chat/completions").mock(return_value=httpx.Response(500))
    with pytest.raises(ModelFailed):
        await ModelUser(scenario(), "en", "1", a_model()).next([], Scripted([]))


async def test_without_a_model_the_peers_say_so(work: Work) -> None:
    for peer in (beside(user=by_model), beside(seat=desk_agent)):
        with pytest.raises(NeedsModel, match="--planner openai"):
            await peer([], work)


async def test_the_ready_made_agent_sits_at_the_same_desk(httpx2_mock: respx.Router, work: Work) -> None:
    """What it does is graded in the same database: a ticket that it opens is there, and one that nobody wanted is wrong."""
    opened = {"name": "create_ticket", "arguments": json.dumps({"title": "Screen is cracked", "description": "The laptop's screen"})}
    plan = iter([{"content": None, "tool_calls": [{"id": "call_0", "type": "function", "function": opened}]}, {"content": "It is open."}])
    httpx2_mock.post(f"{URL}/chat/completions").mock(side_effect=lambda request: httpx.Response(200, json=whole(next(plan))))
    step = {"goal": "did", "did": ["create_ticket"],
            "says": {"en": ["my laptop screen is cracked"], "ar": ["الشاشة مكسورة"], "fa": ["صفحه شکسته"]}}
    of = scenario(steps=[step], ends=[{"tickets": [{"about": {"en": [["screen"]]}}]}])
    case = ScenarioCase(theme="tickets", scenario=of, lang="en")
    async with staged(work) as stage, stage.fresh() as stay:
        object.__setattr__(stay.house.mind.planners, "openai", a_model())
        judged = await play(case, RuleUser(of, "en", "1"), stay, desk_agent(case, stay))
    assert judged.right, judged.reason
    assert [each["author"] for each in judged.transcript][:2] == ["user", "assistant"]


async def test_rules_and_model_talk_over_the_same_screen() -> None:
    history = await conversation(scenario(), "fa", "1", Scripted([Seen(text="…", waiting=True)]))
    assert isinstance(history[-1].act, Stop) and history[-1].act.why == "handed_over"
