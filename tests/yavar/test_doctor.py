"""What the doctor says of a model's endpoint: whether it answers, how to mend it, and never the key."""

from pathlib import Path

import httpx
import httpx2
import pytest
import respx

from yavar.doctor import _planner
from yavar.settings import Settings

KEY = "sk-never-to-be-shown"
URL = "http://127.0.0.1:8181/v1"


async def finding(tmp_path: Path) -> tuple[bool, str]:
    settings = Settings(home=tmp_path, planner="openai", model="qwen3", model_url=URL, model_key=KEY)   # type: ignore[arg-type]
    (found,) = await _planner(settings)
    assert KEY not in repr(found)
    return found.bad, f"{found.found} {found.remedy}"


def listing(*names: str) -> httpx.Response:
    models = [{"id": name, "object": "model", "created": 1, "owned_by": "x"} for name in names]
    return httpx.Response(200, json={"object": "list", "data": models})


@pytest.mark.parametrize(("answer", "bad", "words"), [
    (listing("qwen3", "llama"), False, "the endpoint answers"),
    (listing(), False, "the endpoint answers"),                       # some servers list nothing
    (listing("qwen3:8b", "llama"), True, "lists no model qwen3 Set YAVAR_MODEL to one that it lists, like qwen3:8b"),
    (httpx.Response(401, json={"error": {"message": f"bad key {KEY}"}}), True, "Check YAVAR_MODEL_KEY"),
    (httpx.Response(404), True, "ends in /v1"),
    (httpx.Response(200, text="<html>"), True, "ends in /v1"),
    (httpx.Response(429), True, "too many requests"),
    (httpx.Response(500), True, "See the server's log"),
    (httpx2.ConnectError, True, "that the server runs"),
    (httpx2.ReadTimeout, True, "says nothing for 3 seconds"),
])
async def test_the_doctor_asks_the_endpoint(tmp_path: Path, httpx2_mock: respx.Router, answer: httpx.Response | type[Exception], bad: bool,
                                            words: str) -> None:
    def answering(request: httpx.Request) -> httpx.Response:
        if isinstance(answer, httpx.Response):
            return answer
        raise answer("nobody is told this")

    route = httpx2_mock.get(f"{URL}/models").mock(side_effect=answering)
    was_bad, said = await finding(tmp_path)
    assert (was_bad, words in said) == (bad, True), said
    assert route.calls.last.request.headers["authorization"] == f"Bearer {KEY}"
    assert ("built-in planner" in said) is bad
