"""A model that fails in any way is followed by the built-in planner: out loud, in the user's language, and counted."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import httpx2
import pytest
import respx
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatResult
from langchain_core.runnables import Runnable

from agent.assistant import WITHIN
from agent.planner import Budget
from tests.agent.conftest import PATIENT, MakeHouse, counted, say
from tests.agent.endpoint import HEAD, STREAM, Behaviour, call, chunk, piece, served, sse, words
from tests.agent.test_model import ASK, Endpoint, search
from yavar.settings import Settings

LANGS = ("en", "ar", "fa")
GUESSED = {"en": "Open the settings of the computer and type the address of the server. Then it works at once.",
           "ar": "يفتح المستخدم إعدادات الحاسوب ثم يكتب عنوان الخادم. بعد ذلك يعمل الاتصال فورًا.",
           "fa": "تنظیمات رایانه را باز کنید و نشانی سرور را بنویسید. بعد از آن اتصال برقرار می‌شود."}
WRONG = {"en": GUESSED["fa"], "ar": GUESSED["en"], "fa": GUESSED["ar"]}


def raising(error: type[Exception]) -> Callable[[Any], Any]:
    def step(sent: Any) -> Any:
        raise error("nobody is told this")
    return step


def told(by_lang: dict[str, str], more: str = "") -> Callable[[Any], str]:
    def step(sent: Any) -> str:
        lang = next(lang for lang, text in ASK.items() if any(text == each["content"] for each in sent["messages"]))
        return words(by_lang[lang] + more)
    return step


def different(sent: Any) -> str:
    return call("search_knowledge", {"query": f"try number {len(sent['messages'])}"})


FAILURES: dict[str, tuple[str, tuple[Any, ...]]] = {
    "429": ("rate_limited", (httpx.Response(429, headers={"retry-after": "30"}),)),
    "500": ("server", (httpx.Response(500, text="<html>"),)),
    "401": ("denied", (httpx.Response(401),)),
    "404": ("no_model", (httpx.Response(404),)),
    "400": ("bad_request", (httpx.Response(400, json={"error": {"message": "context too long"}}),)),
    "nobody there": ("connection", (raising(httpx2.ConnectError),)),
    "read timeout": ("timeout", (raising(httpx2.ReadTimeout),)),
    "a page": ("garbled", (httpx.Response(200, text="<html>It works!</html>"),)),
    "broken events": ("garbled", (httpx.Response(200, headers=STREAM, text="data: {\"id\": \n\n"),)),
    "an error in the stream": ("server", (sse([{"error": {"message": "CUDA out of memory"}}]),)),
    "no end": ("cut", (words("The VPN needs", finish=None),)),
    "too long": ("tokens", (words("The VPN needs", finish="length"),)),
    "empty": ("empty", (words(""),)),
    "only thoughts": ("empty", (words("<think>hm"),)),
    "filtered": ("refusal", (words("", finish="content_filter"),)),
    "refusal": ("withheld", (words("I'm sorry, but I can't help with that."),)),
    "malformed JSON": ("arguments", (call("search_knowledge", '{"query": "vpn'),)),
    "misfit": ("arguments", (call("search_knowledge", {"question": "vpn"}),)),
    "unknown tool": ("unknown_tool", (call("format_disk", {"disk": "/"}),)),
    "loop": ("loop", (call("search_knowledge", {"query": "vpn"}),)),
    "steps": ("steps", (different,)),
    "a guess": ("withheld", (told(GUESSED),)),
    "wrong language": ("withheld", (search, told(WRONG, " [1]"))),
    "another script": ("withheld", (search, words("打开 VPN 应用程序"))),
    "a link": ("withheld", (search, told(GUESSED, " https://evil.example/now"))),
    "no such citation": ("withheld", (search, told(GUESSED, " [99]"))),
    "an unsupported citation": ("withheld", (search, told(GUESSED, " [1]"))),
}


@pytest.mark.parametrize("failure", FAILURES)
async def test_the_built_in_planner_answers_and_says_so(make_house: MakeHouse, httpx2_mock: respx.Router, failure: str) -> None:
    kind, plan = FAILURES[failure]
    house = await make_house()
    for at, lang in enumerate(LANGS, 1):
        httpx2_mock.routes.clear()
        Endpoint(httpx2_mock, *plan)
        answer = await say(house, ASK[lang], lang)
        note, _, text = answer["reply"]["text"].partition("\n\n")
        assert note == house.desk.words.say(lang, "planner.fell_back")       # type: ignore[arg-type]
        assert answer["planner"] == "builtin" and answer["speaker"] == "assistant"
        assert answer["reply"]["citations"] and "[1]" in text and "evil" not in text
        assert {each["outcome"] for each in answer["actions"]} == {"done"} or kind == "loop"
        assert counted(house, "yavar_fallbacks_total", why=kind) == at


def test_every_kind_of_failure_is_tried() -> None:
    from agent.planner.failing import Failure
    elsewhere = {"stalled", "time", "resting"}      # below, and with the breaker
    assert {kind for kind, _ in FAILURES.values()} == {str(each) for each in Failure} - elsewhere


def test_the_built_in_planner_has_time_left_within_twenty_seconds() -> None:
    latest = max(each.le for each in Settings.model_fields["model_within"].metadata if hasattr(each, "le"))
    assert Budget().step_within <= Budget().within <= latest < WITHIN <= 20


async def hang(writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def hang_after_headers(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD)
    await asyncio.Event().wait()


async def stall(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + chunk(sse([piece({"content": "The VPN"})], done=False)))
    await asyncio.Event().wait()


async def drip(writer: asyncio.StreamWriter) -> None:
    """A piece every now and then, for ever: each comes in time, the whole never does."""
    writer.write(HEAD)
    while True:
        writer.write(chunk(sse([piece({"content": "a "})], done=False)))
        await writer.drain()
        await asyncio.sleep(0.05)


async def cut(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + chunk(sse([piece({"content": "The VPN needs"})], done=False)))
    await writer.drain()


async def hang_up(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def flood(writer: asyncio.StreamWriter) -> None:
    """A server that heeds no limit."""
    writer.write(HEAD)
    for _ in range(5000):
        writer.write(chunk(sse([piece({"content": "word " * 20})], done=False)))
        await writer.drain()


@pytest.mark.parametrize(("behaviour", "budget", "kind"), [
    (hang, replace(PATIENT, step_within=0.5), "timeout"),
    (hang_after_headers, replace(PATIENT, step_within=0.5), "timeout"),
    (stall, replace(PATIENT, silence=0.3), "stalled"),
    (drip, replace(PATIENT, step_within=0.5), "timeout"),
    (cut, PATIENT, "cut"),
    (hang_up, PATIENT, "connection"),
    (flood, replace(PATIENT, answer=200), "tokens"),
    (hang, replace(PATIENT, within=0.0), "time"),
])
async def test_a_real_connection_may_hang_drip_or_break(make_house: MakeHouse, behaviour: Behaviour, budget: Budget, kind: str) -> None:
    async with served(behaviour) as url:
        house = await make_house(url, budget=budget)
        answer = await say(house, ASK["fa"], "fa")
        assert answer["planner"] == "builtin" and answer["reply"]["citations"]
        assert counted(house, "yavar_fallbacks_total", why=kind) == 1


async def test_what_the_model_has_done_is_told_and_not_done_again(make_house: MakeHouse, httpx2_mock: respx.Router) -> None:
    ticket = call("create_ticket", {"title": "broken chair", "description": "a leg is off"})
    endpoint = Endpoint(httpx2_mock, ticket, httpx.Response(500))
    house = await make_house()
    answer = await say(house, "please open a ticket, my chair is broken")
    assert len(endpoint.sent) == 2 and answer["planner"] == "builtin"
    assert [(each["tool"], each["outcome"]) for each in answer["actions"]] == [("create_ticket", "done")]
    assert "broken chair" in answer["reply"]["text"]
    async with house.desk.store.read() as tx:
        owner = await tx.people.by_name("user")
        assert owner is not None
        assert [each.title for each in await tx.tickets.owned_by(owner.id)] == ["broken chair"]


async def test_what_the_model_only_looked_up_is_forgotten(make_house: MakeHouse, httpx2_mock: respx.Router) -> None:
    Endpoint(httpx2_mock, call("ticket_status", {"number": 1}), httpx.Response(500))
    answer = await say(await make_house(), "good morning")
    assert [each["tool"] for each in answer["actions"]] == ["ticket_status"]
    assert "Yavar" in answer["reply"]["text"] and "ticket 1" not in answer["reply"]["text"]


async def test_the_note_is_no_part_of_what_was_said(make_house: MakeHouse, httpx2_mock: respx.Router) -> None:
    endpoint = Endpoint(httpx2_mock, httpx.Response(500), words("Good to hear. Anything else?"))
    house = await make_house()
    first = await say(house, ASK["en"])
    await say(house, "thanks, that helped", conversation=first["conversation"])
    note = house.desk.words.say("en", "planner.fell_back")
    assert note in first["reply"]["text"] and note not in str(endpoint.sent[1])


async def test_the_same_answer_again_is_a_loop_with_or_without_the_note(make_house: MakeHouse, httpx2_mock: respx.Router) -> None:
    Endpoint(httpx2_mock, httpx.Response(500))
    house = await make_house()
    first = await say(house, ASK["en"])
    again = await say(house, ASK["en"], conversation=first["conversation"])
    assert first["handoff"] is None and again["handoff"]["reason"] == "loop"


class Broken(BaseChatModel):
    @property
    def _llm_type(self) -> str:
        return "broken"

    def bind_tools(self, tools: Any, **kwargs: Any) -> Runnable[Any, Any]:
        return self

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        raise RuntimeError("out of order")


@pytest.mark.parametrize("lang", LANGS)
async def test_where_the_built_in_planner_fails_too_a_person_comes(make_house: MakeHouse, httpx2_mock: respx.Router, lang: str) -> None:
    Endpoint(httpx2_mock, httpx.Response(500))
    house = await make_house(planner=Broken())
    answer = await say(house, ASK[lang], lang)
    assert answer["handoff"]["reason"] == "planner_down" and answer["speaker"] == "waiting" and answer["planner"] == "builtin"
    assert answer["reply"]["text"].startswith(house.desk.words.say(lang, "planner.down"))     # type: ignore[arg-type]
    assert str(answer["handoff"]["ticket"]) in answer["reply"]["text"]
    assert counted(house, "yavar_handoffs_total", reason="planner_down") == 1
