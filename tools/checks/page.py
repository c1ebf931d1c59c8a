"""Does the asset's page answer, how, and how fast in each phase? A redirection is an answer and is never followed."""

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tools.assets import Asset
from tools.checks.found import Found
from tools.checks.trust import trust_of
from tools.network import Endpoint, Network

MOST = 64 * 1024               # bytes of an answer that are read
AGENT = "Yavar-check"


@dataclass(frozen=True, kw_only=True)
class Page:
    status: int
    body: bytes
    connected: float           # seconds, each
    secured: float | None
    first_byte: float
    whole: float


class NoPage(Exception):
    """What answered is not HTTP. Check the asset's port and whether it wants https."""


async def look(asset: Asset, endpoint: Endpoint, network: Network, now: datetime) -> Found:
    try:
        page = await get(asset, endpoint, endpoint.path, network)
    except (NoPage, OSError, ssl.SSLError, EOFError):
        return Found(asset=asset.id, check="http", code="broken")
    return Found(asset=asset.id, check="http", code=_code(page, asset.slow_after), figures=_figures(page))


async def get(asset: Asset, endpoint: Endpoint, path: str, network: Network) -> Page:
    """One GET of a declared path. The answer is read to its end or to `MOST` bytes, whichever comes first."""
    began = time.perf_counter()
    async with network.open(endpoint, trust=trust_of(asset) if endpoint.tls else None) as line:
        line.writer.write((f"GET {path} HTTP/1.1\r\nHost: {_host(endpoint)}\r\nUser-Agent: {AGENT}\r\nAccept: */*\r\n"
                           "Accept-Encoding: identity\r\nConnection: close\r\n\r\n").encode("ascii"))
        await line.writer.drain()
        asked = time.perf_counter()
        head = await line.reader.read(MOST)
        first_byte = time.perf_counter() - asked
        while b"\r\n\r\n" not in head and len(head) < MOST and (more := await line.reader.read(MOST - len(head))):
            head += more
        status, headers, body = _taken_apart(head)
        wanted = min(int(headers.get("content-length", MOST)), MOST)
        while len(body) < wanted and (more := await line.reader.read(wanted - len(body))):
            body += more
        return Page(status=status, body=body, connected=line.connected, secured=line.secured, first_byte=first_byte,
                    whole=time.perf_counter() - began)


def _host(endpoint: Endpoint) -> str:
    name = f"[{endpoint.host}]" if ":" in endpoint.host else endpoint.host.encode("idna").decode()
    return name if endpoint.port == (443 if endpoint.tls else 80) else f"{name}:{endpoint.port}"


def _taken_apart(answer: bytes) -> tuple[int, Mapping[str, str], bytes]:
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    parts = first.split(" ", 2)
    if len(parts) < 2 or not parts[0].startswith("HTTP/1.") or not (parts[1].isdecimal() and len(parts[1]) == 3):
        raise NoPage
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    if not headers.get("content-length", "0").isdecimal():
        raise NoPage
    return int(parts[1]), headers, body


def _code(page: Page, slow_after: float) -> str:
    if page.status >= 500:
        return "server_error"
    if page.status in (401, 403, 407):
        return "denied"
    if page.status >= 400:
        return "missing"
    return "slow" if page.whole > slow_after else "ok"


def _figures(page: Page) -> dict[str, object]:
    phases = {"connect_ms": page.connected, "tls_ms": page.secured, "first_byte_ms": page.first_byte, "ms": page.whole}
    return {"status": page.status, **{name: round(1000 * seconds) for name, seconds in phases.items() if seconds is not None}}
