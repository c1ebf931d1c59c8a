"""The server's log holds no word that a person wrote, whatever breaks: a canary in every message, and everything broken in turn."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx
import structlog

from tests.agent.conftest import KEY, MakeHouse, clock, embedder, furnished, make_house, say  # noqa: F401
from tests.agent.endpoint import STREAM, URL, call, words
from yavar.serve import PROCESSORS

CANARY = "Zebediah"
MESSAGES = (f"how does {CANARY} connect to the VPN from home?", f"please open a ticket, the chair of {CANARY} is broken",
            f"my password is Tr0ub4dor&3 says {CANARY}", f"I want to talk to a human being about {CANARY}")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """The log as the server writes it, at its most talkative."""
    before, kept = structlog.get_config(), io.StringIO()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(10), processors=PROCESSORS,
                        logger_factory=structlog.PrintLoggerFactory(kept), cache_logger_on_first_use=False)   # type: ignore[arg-type]
    yield kept
    structlog.configure(**before)


def breaks(*args: Any, **kwargs: Any) -> Any:
    raise ValueError(f"{CANARY} is in the text of the error, with {args!r:.80}")


@pytest.mark.parametrize("broken", ["nothing", "tool", "library", "store", "model says no", "model misfits", "model quotes"])
async def test_no_word_of_anybody_is_logged(make_house: MakeHouse, httpx2_mock: respx.Router, log: io.StringIO,   # noqa: F811
                                            monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    answers = {"model says no": httpx.Response(400, json={"error": {"message": f"cannot read {CANARY}"}}),
               "model misfits": httpx.Response(200, headers=STREAM, text=call("create_ticket", {"title": [CANARY]})),
               "model quotes": httpx.Response(200, headers=STREAM, text=words(f"{CANARY} should open https://{CANARY}.example/ now."))}
    httpx2_mock.post(f"{URL}/chat/completions").mock(return_value=answers.get(broken, httpx.Response(500)))
    house = await make_house()
    if broken == "tool":
        monkeypatch.setattr(house.desk.ticketing, "open", breaks)
    if broken == "library":
        monkeypatch.setattr(house.library, "search", breaks)
    if broken == "store":
        monkeypatch.setattr("agent.assistant.Assistant._say", breaks)
    for message in MESSAGES:
        try:
            await say(house, message)
        except ValueError:
            assert broken in ("store", "tool")      # where nothing can be recorded, or no ticket opened for a person
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert lines and (broken == "store" or any(line["event"] == "turn.ended" for line in lines))
    assert CANARY not in log.getvalue() and "Tr0ub4dor" not in log.getvalue() and KEY not in log.getvalue()
    if broken in ("tool", "library"):
        assert any(line.get("error") == "ValueError" and line["trace"] for line in lines)


def test_a_broken_thing_is_told_by_its_place(log: io.StringIO) -> None:
    try:
        breaks()
    except ValueError:
        structlog.get_logger().exception("it.broke", part="test")
    (line,) = [json.loads(each) for each in log.getvalue().splitlines()]
    assert line["error"] == "ValueError" and Path(__file__).name in line["trace"][-1] and CANARY not in log.getvalue()
