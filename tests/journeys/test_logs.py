"""Logs tell what happened and where, and not one word that a person typed: not in a line, not in a traceback, not in a library's."""

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
import structlog

from agent.house import House
from tests.journeys.conftest import Clock, signed_in
from yavar import logs
from yavar.compose import Work

CANARY = {"en": "flamingo-en-4711", "ar": "كناري-٤٧١١-بلابل", "fa": "قناری-۴۷۱۱-چکاوک"}
SAID = {
    "en": ("How do I connect to the VPN? {}", "please open a ticket: my {} screen is broken", "I'd like to talk to a person about {}"),
    "ar": ("كيف أتصل بالـ VPN من البيت؟ {}", "شاشتي {} مكسورة، أريد فتح تذكرة", "أريد التحدث مع موظف عن {}"),
    "fa": ("چطور از خانه به VPN وصل شوم؟ {}", "صفحه‌نمایشم {} شکسته، لطفاً تیکت ثبت کنید", "می‌خواهم با همکارتان درباره {} صحبت کنم"),
}


@pytest.fixture(params=["json", "text"])
def written(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """What is logged, in both forms, at the most talkative level."""
    root, stream = logging.root, io.StringIO()
    before, level, configured = root.handlers[:], root.level, structlog.get_config()
    logs.configure("debug", request.param, to=stream)
    yield stream
    structlog.configure(**configured)
    logging.captureWarnings(False)
    root.handlers[:] = before
    root.setLevel(level)


def everything(stream: io.StringIO) -> str:
    """The log as it stands, and as it reads once escapes are undone."""
    text = stream.getvalue()
    return text + text.encode().decode("unicode_escape", "replace").encode("latin-1", "replace").decode("utf-8", "replace")


@pytest.mark.parametrize("lang", list(CANARY))
async def test_no_word_of_a_person_is_in_the_log(http: httpx.AsyncClient, house: House, clock: Clock, written: io.StringIO,
                                                 lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    canary, told = CANARY[lang], set()
    desk = await signed_in(http, house, clock, "user", lang)
    for text in SAID[lang][:2]:
        await desk.say(text.format(canary))

    async def breaks(*_args: object, **_more: object) -> Any:
        """As a database or a library does: what it was given stands in its message, and in a local variable."""
        given = f"could not store {canary}"
        try:
            raise ValueError(given)
        except ValueError as error:
            raise RuntimeError(f"while saving: {canary}") from error

    with monkeypatch.context() as patch:                                 # the library, a tool and the graph break
        patch.setattr(house.library, "search", breaks)
        await desk.say(SAID[lang][0].format(canary))
        told.add("library.failed")
    tool = house.mind.tools["create_ticket"]
    with monkeypatch.context() as patch:
        patch.setitem(house.mind.tools, "create_ticket", replace(tool, run=breaks))   # type: ignore[type-var]
        await desk.say(SAID[lang][1].format(canary))
        told.add("tool.failed")
    desk.conversation = (await desk.call("POST", "/conversations", {"lang": lang})).json()["id"]   # the other waits for a person now
    with monkeypatch.context() as patch:
        patch.setattr(house.assistant, "_think", breaks)
        await desk.say(SAID[lang][0].format(canary))
        told.add("turn.broke")
    with monkeypatch.context() as patch:                                 # a request breaks
        patch.setattr(house.assistant, "receive", breaks)
        answer = await desk.call("POST", f"/conversations/{desk.conversation}/messages", {"text": canary})
        assert answer.status_code == 500 and canary not in answer.text
        told.add("request.broke")
    for bad in ({"text": 5, canary: canary}, [canary], None):            # so do wrong ones, and addresses that there aren't
        assert (await desk.call("POST", f"/conversations/{desk.conversation}/messages", bad)).status_code in (400, 422)
    assert (await http.get(f"/{canary}", params={"q": canary})).status_code == 404
    assert (await http.get(f"/api/v1/conversations/{canary} {canary}")).status_code in (401, 404)
    await desk.say(SAID[lang][2].format(canary))
    with pytest.raises(RuntimeError):
        await breaks()
    try:                                                                 # a library logs what it was handed
        await breaks()
    except RuntimeError:
        logging.getLogger("some.library").exception("could not handle %s: " + canary, canary)
        structlog.get_logger().exception("work.failed", job=Work.mail.__name__)
    log = everything(written)
    assert canary not in log
    assert {event for event in (*told, "turn.ended", "work.failed", "some.library") if event not in log} == set()
    assert "RuntimeError" in log and "ValueError" in log and "in breaks" not in log
    assert __file__ in log and " breaks" in log, "the place where it broke is told"


@pytest.mark.parametrize("written", ["json"], indirect=True)
async def test_the_lines_of_one_request_share_its_id(http: httpx.AsyncClient, house: House, clock: Clock, written: io.StringIO) -> None:
    desk = await signed_in(http, house, clock, "user")
    answers = [await desk.call("POST", f"/conversations/{desk.conversation}/messages", {"text": text},
                               headers={"X-Request-ID": given})
               for text, given in (("hello", "first-request"), ("thanks", "second-request"))]
    assert [answer.headers["x-request-id"] for answer in answers] == ["first-request", "second-request"]
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    for given in ("first-request", "second-request"):
        ours = [line for line in lines if line.get("request") == given]
        assert [line["event"] for line in ours] == ["turn.ended", "request"]
    path = f"/api/v1/conversations/{desk.conversation}/messages"
    assert [line["path"] for line in lines if line.get("request") == "first-request" and line["event"] == "request"] == [path]
