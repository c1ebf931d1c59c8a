"""Each check against real servers on loopback: every finding that it can make."""

import asyncio
import socket
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk.people import LANGS
from desk.words import words
from tests.tools.servers import asset, page, serving
from tools.assets import Asset
from tools.checks import CHECKS, Found, Weight, look
from tools.checks.found import FINDINGS
from tools.network import Network
from yavar.demo_services import certificate, secured

NOW = datetime.now(UTC)


async def found(one: Asset, check: str, network: Network | None = None) -> Found:
    seen = await look(one, check, network or Network(), NOW, within=5)
    assert seen is not None
    assert (seen.asset, seen.check) == (one.id, check)
    return seen


def leads_to(*addresses: str) -> Network:
    async def resolve(host: str, port: int) -> Sequence[str]:
        if not addresses:
            raise socket.gaierror("no such name")
        return addresses
    return Network(resolve)


async def never(host: str, port: int) -> Sequence[str]:
    await asyncio.Event().wait()
    return []


@pytest.mark.parametrize(("answer", "code"), [
    (page(200), "ok"),
    (page(302, "", "Location: https://elsewhere.example.org/"), "ok"),      # it answers; nobody goes there
    (page(401), "denied"),
    (page(404), "missing"),
    (page(503), "server_error"),
    (b"220 smtp.example.org ESMTP\r\n\r\n", "broken"),
    (b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", "broken"),
    (b"", "broken"),
    (None, "silent"),
])
async def test_a_page_is_found_as_it_answers(answer: bytes | None, code: str) -> None:
    async with serving(answer) as port:
        seen = await found(asset(url=f"http://127.0.0.1:{port}/", timeout=0.3 if answer is None else 4), "http")
    assert seen.code == code
    assert ("status" in seen.figures) is (code not in ("broken", "silent"))


async def test_a_page_slower_than_declared_is_slow_and_its_phases_are_measured() -> None:
    async with serving(page()) as port:
        slow = await found(asset(url=f"http://127.0.0.1:{port}/", slow_after=1e-9), "http")
        quick = await found(asset(url=f"http://127.0.0.1:{port}/", slow_after=30), "http")
    assert (slow.code, quick.code) == ("slow", "ok")
    assert {"connect_ms", "first_byte_ms", "ms", "status"} <= set(slow.figures)


async def test_a_redirection_leads_nowhere_even_on_the_same_host() -> None:
    asked: list[bytes] = []

    def answer(request: bytes) -> bytes:
        asked.append(request)
        return page(307, "", "Location: /there")
    async with serving(answer) as port:
        assert (await found(asset(url=f"http://127.0.0.1:{port}/here?a=1"), "http")).code == "ok"
    assert [request.split(b"\r\n")[0] for request in asked] == [b"GET /here?a=1 HTTP/1.1"]


async def test_an_endless_page_is_read_to_a_limit() -> None:
    async with serving(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1_000_000) as port:
        assert (await found(asset(url=f"http://127.0.0.1:{port}/"), "http")).code == "ok"


@pytest.mark.parametrize(("listens", "code"), [(True, "open"), (False, "refused")])
async def test_a_port_accepts_or_refuses(listens: bool, code: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        if listens:
            taken.listen()
        assert (await found(asset(host="127.0.0.1", port=taken.getsockname()[1]), "tcp")).code == code


@pytest.mark.parametrize(("network", "private", "code"), [
    (leads_to("127.0.0.1"), True, "resolves"),
    (leads_to("127.0.0.1"), False, "not_allowed"),
    (leads_to("127.0.0.1", "169.254.169.254"), True, "not_allowed"),
    (leads_to(), True, "unknown_name"),
    (Network(never), True, "silent"),
])
async def test_a_name_leads_where_it_may_or_nowhere(network: Network, private: bool, code: str) -> None:
    seen = await found(asset(host="thing.example.org", port=443, private=private, timeout=0.2), "dns", network)
    assert seen.code == code
    assert "169.254" not in str(seen) and "127.0.0.1" not in str(seen)


@pytest.mark.parametrize(("ends", "begins_later", "name", "trusted", "code"), [
    (timedelta(days=80), False, "thing.example.org", True, "valid"),
    (timedelta(days=5), False, "thing.example.org", True, "expiring"),
    (timedelta(days=-3), False, "thing.example.org", True, "expired"),
    (timedelta(days=-3), False, "thing.example.org", False, "expired"),
    (timedelta(days=100), True, "thing.example.org", True, "not_yet"),
    (timedelta(days=80), False, "other.example.org", True, "wrong_name"),
    (timedelta(days=80), False, "thing.example.org", False, "untrusted"),
])
async def test_a_certificate_is_read_and_judged(tmp_path: Path, ends: timedelta, begins_later: bool, name: str, trusted: bool,
                                                code: str) -> None:
    pem, key = certificate(NOW + ends, name=name)
    (tmp_path / "authority").write_bytes(pem)
    async with serving(page(), secured=secured(pem, key)) as port:
        one = asset(url=f"https://thing.example.org:{port}/", authority=str(tmp_path / "authority") if trusted else None)
        seen = await found(one, "tls", leads_to("127.0.0.1"))
    assert seen.code == code
    assert seen.figures["until"] == (NOW + ends).date().isoformat()


async def test_what_does_not_speak_tls_makes_no_handshake() -> None:
    async with serving(page()) as port:
        assert (await found(asset(url=f"https://127.0.0.1:{port}/"), "tls")).code == "no_handshake"


@pytest.mark.parametrize(("answer", "code"), [
    (page(body='{"service": {"state": "OK"}}'), "up"),
    (page(body='{"service": {"state": "degraded"}}'), "limited"),
    (page(503, '{"service": {"state": "down"}}'), "down"),
    (page(body='{"service": "fine"}'), "unclear"),
    (page(body="not json"), "unclear"),
    (None, "unclear"),
])
async def test_a_service_says_of_itself_how_it_is(answer: bytes | None, code: str) -> None:
    async with serving(answer) as port:
        one = asset(url=f"http://127.0.0.1:{port}/", status={"path": "/status", "field": "service.state"},
                    timeout=0.3 if answer is None else 4)
        assert (await found(one, "status")).code == code


async def test_a_check_that_the_asset_does_not_have_is_not_made() -> None:
    assert await look(asset(), "tcp", Network(), NOW, within=5) is None
    assert await look(asset(host="127.0.0.1", port=9), "http", Network(), NOW, within=5) is None


def test_every_check_has_findings_and_every_finding_is_told_of() -> None:
    assert set(CHECKS) | {"known"} == set(FINDINGS)
    keys = [f"{kind}.{check}.{code}" for check, codes in FINDINGS.items() for code, weight in codes.items()
            for kind in (("found", "finding") if weight is Weight.FAULT else ("found",))]
    assert [(lang, key) for lang in LANGS for key in keys if not words().has(lang, key)] == []
