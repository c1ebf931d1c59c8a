"""Whatever is sent: a clear refusal in problem+json, and nothing is stored."""

import json
from collections.abc import AsyncIterator, Callable

import pytest

from tests.api.scripted import World

SAY, GUEST, TICKETS, QUEUE = "/conversations/{c}/messages", "/conversations/guest", "/tickets", "/desk/queue"
KIB = 1024


def text(value: object) -> bytes:
    return json.dumps({"text": value}).encode()


@pytest.mark.parametrize(("method", "path", "body", "status", "code"), [
    # messages
    ("POST", SAY, text("a" * 16 * KIB + "b"), 413, "too_large"),
    ("POST", SAY, text("ب" * (8 * KIB + 1)), 413, "too_large"),                  # 2 bytes each
    ("POST", SAY, text("a" * 1024 * KIB), 413, "too_large"),
    ("POST", SAY, text("a" * 65 * KIB), 413, "too_large"),
    ("POST", SAY, text(""), 422, "bad_input"),
    ("POST", SAY, text(" \n\t "), 422, "bad_input"),
    ("POST", SAY, text(7), 422, "bad_input"),
    ("POST", SAY, text(None), 422, "bad_input"),
    ("POST", SAY, text(["hello"]), 422, "bad_input"),
    ("POST", SAY, text("nul \0 here"), 422, "bad_input"),
    ("POST", SAY, rb'{"text": "lone \ud800 surrogate"}', 422, "bad_input"),
    ("POST", SAY, b'{"text": "hello", "unknown": 1}', 422, "bad_input"),
    ("POST", SAY, rb'{"text": "hello", "\ud800": 1}', 422, "bad_input"),
    ("POST", SAY, b'{"text": "hello", "client_id": ""}', 422, "bad_input"),
    ("POST", SAY, b'{"text": "hello", "client_id": 5}', 422, "bad_input"),
    ("POST", SAY, rb'{"text": "hello", "client_id": "\u0000"}', 422, "bad_input"),
    ("POST", SAY, b'{"text": "hello", "client_id": "' + b"x" * 201 + b'"}', 422, "bad_input"),
    ("POST", SAY, b"{}", 422, "bad_input"),
    ("POST", SAY, b"", 422, "bad_input"),
    ("POST", SAY, b"[]", 422, "bad_input"),
    ("POST", SAY, b"null", 422, "bad_input"),
    ("POST", SAY, b'"hello"', 422, "bad_input"),
    ("POST", SAY, b'{"text": "hello"', 400, "malformed"),
    ("POST", SAY, b"text=hello", 400, "malformed"),
    ("POST", SAY, b'{"text": "\xff\xfe"}', 400, "malformed"),
    ("POST", SAY, b"[" * 30_000, 400, "malformed"),
    # ids
    ("POST", "/conversations/none/messages", text("hello"), 404, "not_found"),
    ("GET", "/conversations/%00", b"", 404, "not_found"),
    ("GET", "/conversations/%ED%A0%80", b"", 404, "not_found"),
    ("GET", "/conversations/" + "x" * 500, b"", 404, "not_found"),
    ("GET", "/conversations/..%2f..%2fetc", b"", 404, "not_found"),
    ("GET", "/conversations/'%20OR%201=1", b"", 404, "not_found"),
    ("GET", "/tickets/abc", b"", 404, "not_found"),
    ("GET", "/tickets/-1", b"", 404, "not_found"),
    ("GET", "/tickets/1e3", b"", 404, "not_found"),
    ("GET", "/tickets/" + "9" * 40, b"", 404, "not_found"),
    ("GET", "/tickets/١٠٠١", b"", 404, "not_found"),
    ("GET", "/verifications/none", b"", 404, "not_found"),
    ("GET", "/nowhere", b"", 404, "not_found"),
    ("GET", "/tickets/", b"", 404, "not_found"),
    # other shapes
    ("POST", "/conversations", b'{"lang": "de"}', 422, "bad_input"),
    ("POST", GUEST, b"{}", 422, "bad_input"),
    ("POST", GUEST, b'{"account": ""}', 422, "bad_input"),
    ("POST", GUEST, b'{"account": {"name": "user"}}', 422, "bad_input"),
    ("POST", GUEST, rb'{"account": "\udfff"}', 422, "bad_input"),
    ("POST", GUEST, b'{"account": "' + b"x" * 400 + b'"}', 422, "bad_input"),
    ("POST", TICKETS, b'{"title": "x", "kind": "wish"}', 422, "bad_input"),
    ("POST", TICKETS, b'{"title": "x", "impact": 1}', 422, "bad_input"),
    ("POST", TICKETS, b'{"title": "x", "requester": "admin"}', 422, "bad_input"),
    ("POST", TICKETS, b'{"description": "no title"}', 422, "bad_input"),
    ("POST", TICKETS, b'{"title": "' + b"x" * 201 + b'"}', 422, "bad_input"),
    ("PATCH", "/tickets/{t}", b"{}", 422, "bad_input"),
    ("PATCH", "/tickets/{t}", b'{"status": "gone"}', 422, "bad_input"),
    ("PATCH", "/tickets/{t}", b'{"comment": "x", "public": "yes"}', 422, "bad_input"),
    ("PATCH", "/tickets/{t}", b'{"status": "resolved"}', 403, "refused"),
    ("PATCH", "/tickets/{t}", b'{"comment": "x", "public": false}', 403, "refused"),
    ("GET", "/tickets?scope=some", b"", 422, "bad_input"),
    ("GET", "/knowledge/search", b"", 422, "bad_input"),
    ("GET", "/knowledge/search?q=", b"", 422, "bad_input"),
    ("GET", "/knowledge/search?q=%00", b"", 422, "bad_input"),
    ("GET", "/knowledge/search?q=vpn&k=0", b"", 422, "bad_input"),
    ("GET", "/knowledge/search?q=vpn&k=many", b"", 422, "bad_input"),
    ("GET", "/knowledge/search?q=vpn&lang=de", b"", 422, "bad_input"),
    ("GET", "/conversations/{c}/events?after=-1", b"", 422, "bad_input"),
    ("GET", "/conversations/{c}/events?after=99999999999999999999", b"", 422, "bad_input"),
    ("POST", "/verifications/{f}/factors", b'{"method": "sms", "code": "123456"}', 422, "bad_input"),
    ("POST", "/verifications/{f}/factors", b'{"method": "totp"}', 422, "bad_input"),
    ("POST", "/verifications/{f}/factors", b'{"method": "totp", "code": "twelve"}', 422, "bad_input"),
    ("POST", "/verifications/{f}/factors", b'{"method": "totp", "code": 123456}', 422, "bad_input"),
    ("POST", "/verifications/{f}/factors", b'{"method": "totp", "code": "' + b"1" * 60 + b'"}', 422, "bad_input"),
    ("POST", "/verifications/{f}/factors", b'{"method": "email", "code": ""}', 422, "bad_input"),
    ("POST", "/verifications/{f}/password", b"{}", 422, "bad_input"),
    ("POST", "/verifications/{f}/password", rb'{"password": "lone \udc00 one"}', 422, "bad_input"),
    # methods
    ("DELETE", TICKETS, b"", 405, "method_not_allowed"),
    ("PUT", "/conversations/{c}", b"{}", 405, "method_not_allowed"),
    ("BREW", TICKETS, b"", 405, "method_not_allowed"),
])
async def test_bad_input_is_refused_and_leaves_nothing(world: World, stored: Callable[[], object], method: str, path: str, body: bytes,
                                                      status: int, code: str) -> None:
    user = await world.signed_in("user")
    conversation = await world.opened(user)
    flow = await world.flow(user, conversation)
    ticket = (await user.post("/api/v1/tickets", json={"title": "Mine"})).json()["number"]
    before = stored()
    filled = path.replace("{c}", conversation).replace("{f}", flow).replace("{t}", str(ticket))
    headers = {"Content-Type": "application/json"} if method != "GET" else {}
    answer = await user.request(method, "/api/v1" + filled, content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert stored() == before


@pytest.mark.parametrize(("path", "allowed"), [("/tickets", "GET, POST"), ("/tickets/1001", "GET, PATCH"), ("/desk/queue", "GET")])
async def test_a_refused_method_is_told_all_that_the_address_takes(world: World, path: str, allowed: str) -> None:
    answer = await (await world.signed_in("agent")).put("/api/v1" + path, json={})
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


@pytest.mark.parametrize("content_type", [
    "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "nonsense", None,
])
async def test_only_json_is_read(world: World, stored: Callable[[], object], content_type: str | None) -> None:
    user = await world.signed_in("user")
    conversation = await world.opened(user)
    before = stored()
    headers = {"Content-Type": content_type} if content_type else {}
    answer = await user.post(f"/api/v1/conversations/{conversation}/messages", content=b'{"text": "hello"}', headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_input")
    assert stored() == before


async def test_a_chunked_body_has_the_same_cap(world: World, stored: Callable[[], object]) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * KIB
    user = await world.signed_in("user")
    before = stored()
    answer = await user.post("/api/v1/tickets", content=chunks(), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"], answer.json()["limit"]) == (413, "too_large", 64 * KIB)
    assert stored() == before


@pytest.mark.parametrize("declared", ["-5", "many", "9" * 4000, "１２"])
async def test_a_length_that_is_none_is_refused(world: World, declared: str) -> None:
    sent: list[dict[str, object]] = []
    scope = {"type": "http", "method": "POST", "path": "/api/v1/tickets", "query_string": b"", "scheme": "http",
             "server": ("testserver", 80), "headers": [(b"content-length", declared.encode("utf-8"))], "asgi": {"version": "3.0"}}

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    await world.app(scope, receive, send)
    assert sent[0]["status"] == 413


async def test_the_largest_text_that_is_allowed_is_taken(world: World) -> None:
    user = await world.signed_in("user")
    conversation = await world.opened(user)
    assert (await user.post(f"/api/v1/conversations/{conversation}/messages", json={"text": "a" * 16 * KIB})).status_code == 200


@pytest.mark.parametrize("body", [
    {"password": ["canary-5512"]}, {"password": "four quiet boats", "canary-5512": "canary-5512"[:3]}, {"passwort": "canary-5512"},
])
async def test_what_was_sent_is_never_told_back(world: World, body: dict[str, object], capsys: pytest.CaptureFixture[str]) -> None:
    user = await world.signed_in("user")
    flow = await world.flow(user, await world.opened(user))
    answer = await user.post(f"/api/v1/verifications/{flow}/password", json=body)
    assert answer.status_code == 422
    values = [value for value in body.values() if "canary-5512" in str(value)]
    assert not any("canary-5512" in error["message"] for error in answer.json()["errors"])
    if values:
        assert "canary-5512" not in answer.text
        assert "canary-5512" not in capsys.readouterr().out


async def test_a_problem_names_the_place_and_the_reason(world: World) -> None:
    user = await world.signed_in("user")
    errors = (await user.post("/api/v1/tickets", json={"title": 5, "wish": True})).json()["errors"]
    assert {(error["in"], error["pointer"], error["reason"]) for error in errors} == {
        ("body", "/title", "string_type"), ("body", "/wish", "extra_forbidden")}
