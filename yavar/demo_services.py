"""The demo house's own small servers, healthy and otherwise, on free ports of this machine: something real to be checked."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from importlib.resources import files
from ipaddress import ip_address
from pathlib import Path
from socket import socket
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tools.assets import Declarations
from tools.declared import read

HOST = "127.0.0.1"
SLOW = 1.5                     # seconds that the portal takes; it is declared slow from one
DECLARED = "demo_assets.yaml"
PORTS = {"wiki", "mail", "portal", "files", "printing", "meetings", "signin", "vpn"}   # names in the file, each a server
Answer = tuple[int, str, str]  # status, type, body
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class DemoServices:
    """Started and stopped with the house."""

    def __init__(self) -> None:
        self._servers: list[asyncio.Server] = []
        self._held: list[socket] = []
        self._talks: set[asyncio.Task[None]] = set()

    async def start(self, now: datetime) -> Declarations:
        """Start them all; returns what there is to declare."""
        ports = {
            "wiki": await self._serve(lambda path: (200, "text/html", "<h1>Wiki</h1>")),
            "mail": await self._serve(lambda path: (200, "text/html", "<h1>Mail</h1>"), secured=_expired(now)),
            "portal": await self._serve(lambda path: (200, "text/html", "<h1>Portal</h1>"), after=SLOW),
            "files": await self._serve(lambda path: (503, "text/plain", "The file service is overloaded.")),
            "printing": await self._serve(lambda path: (200, "application/json", '{"service": {"state": "ok"}}')),
            "meetings": await self._serve(lambda path: (200, "text/html", "<h1>Meetings</h1>")),
            "signin": await self._serve(lambda path: (200, "text/html", "<h1>Sign in</h1>")),
            "vpn": self._hold(),
        }
        assert ports.keys() == PORTS
        return declared(ports, now)

    async def stop(self) -> None:
        for server in self._servers:
            server.close()
        for talk in list(self._talks):
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        for held in self._held:
            held.close()
        self._servers, self._held = [], []

    def _hold(self) -> int:
        """A port that is taken and listens to nobody: every connection is refused."""
        held = socket()
        held.bind((HOST, 0))
        self._held.append(held)
        return int(held.getsockname()[1])

    async def _serve(self, answer: Callable[[str], Answer], *, secured: ssl.SSLContext | None = None, after: float = 0) -> int:
        server = await asyncio.start_server(self._talking(answer, after), HOST, 0, ssl=secured)
        self._servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    def _talking(self, answer: Callable[[str], Answer], after: float) -> Talk:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._talks.add(task)
            try:
                await _one_page(reader, writer, answer, after)
            except asyncio.CancelledError:
                pass                   # the house closes: the visitor is left without an answer, the server without a trace
            finally:
                self._talks.discard(task)
                writer.close()
                with suppress(OSError, asyncio.CancelledError):
                    await writer.wait_closed()
        return talk


async def _one_page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: Callable[[str], Answer], after: float) -> None:
    with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
        head = await reader.readuntil(b"\r\n\r\n")
        if after:
            await asyncio.sleep(after)
        status, kind, body = answer(head.split(b" ", 2)[1].decode("ascii"))
        writer.write(f"HTTP/1.1 {status} Demo\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {len(body.encode())}\r\n"
                     f"Connection: close\r\n\r\n{body}".encode())
        await writer.drain()


def declared(ports: Mapping[str, int], now: datetime) -> Declarations:
    """What the demo house declares, with its servers' ports and the moments around `now` filled in."""
    text = files("yavar").joinpath(DECLARED).read_text("utf-8")
    for name, value in {**ports, **_moments(now)}.items():
        text = text.replace(f"{{{name}}}", str(value))
    return read(text, DECLARED, Declarations)


def _moments(now: datetime) -> dict[str, str]:
    """Around the day of the start: a disruption under way for some hours more, and a maintenance of tomorrow."""
    day = now.replace(minute=0, second=0, microsecond=0)
    tomorrow = (day + timedelta(days=1)).replace(hour=6)
    return {"this_morning": (day - timedelta(hours=3)).isoformat(), "this_evening": (day + timedelta(hours=6)).isoformat(),
            "tomorrow_noon": (tomorrow + timedelta(hours=6)).isoformat(), "tomorrow": tomorrow.isoformat()}


def certificate(ends: datetime, *, host: str = HOST, name: str = "mail.demo.invalid") -> tuple[bytes, bytes]:
    """A certificate of its own making that was valid for 90 days until `ends`, and its key, both as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(ends - timedelta(days=90)).not_valid_after(ends)
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host)), x509.DNSName(name)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256()))
    sealed = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return made.public_bytes(serialization.Encoding.PEM), sealed


def secured(pem: bytes, key: bytes) -> ssl.SSLContext:
    """A server's side of TLS with this certificate. The files that OpenSSL reads it from live for a moment."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "both"
        path.touch(mode=0o600)
        path.write_bytes(key + pem)
        context.load_cert_chain(path)
    return context


def _expired(now: datetime) -> ssl.SSLContext:
    return secured(*certificate(now - timedelta(days=3)))
