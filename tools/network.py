"""The one door to the network for checks: a declared endpoint is resolved once, judged, and connected to by its address."""

import asyncio
import socket
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

# Where clouds and hosts tell secrets to whoever asks from inside. Never connected to, whatever an asset says.
METADATA = frozenset(ip_address(text) for text in ("169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192",
                                                   "fd00:ec2::254", "fd20:ce::254"))
INSIDE = tuple(ip_network(text) for text in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "::1/128",
                                             "fc00::/7"))
NAT64 = ip_network("64:ff9b::/96")


class NotAllowed(Exception):
    """The asset's name leads to an address it may not have. Correct its host, or say `private: true` if it stands inside."""


class UnknownName(Exception):
    """The asset's host name does not resolve. Correct it in the file, or in the name service."""


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """Where a declared asset listens. Made from an asset's declaration alone."""

    host: str
    port: int
    tls: bool = False
    path: str = "/"
    private: bool = False


@dataclass(frozen=True, kw_only=True)
class Line:
    """An open connection, and how long each phase took in seconds."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    connected: float
    secured: float | None


async def system_resolver(host: str, port: int) -> Sequence[str]:
    """By the machine's own resolver: hosts file, search domains and all."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def permitted(text: str, *, private: bool) -> bool:
    """Link-local, metadata and other special addresses never; private ones and this machine's only where the asset says so.

    >>> permitted("10.0.0.4", private=False), permitted("10.0.0.4", private=True), permitted("::ffff:169.254.169.254", private=True)
    (False, True, False)
    """
    return all(_permitted(each, private=private) for each in _meant(ip_address(text.partition("%")[0])))


def _meant(address: Address) -> list[Address]:
    """The address and those that it carries inside: a mapped, translated or tunnelled one leads there."""
    if isinstance(address, IPv4Address):
        return [address]
    inside = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in NAT64:
        inside.append(IPv4Address(int(address) & 0xFFFFFFFF))
    carried: list[Address] = [each for each in inside if each is not None]
    return carried if address.ipv4_mapped or address in NAT64 else [address, *carried]


def _permitted(address: Address, *, private: bool) -> bool:
    if address in METADATA or address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    if any(address in network for network in INSIDE if network.version == address.version):
        return private
    return address.is_global and not address.is_reserved


class Network:
    """Resolves and connects. Tests put another resolver in; nobody puts another host in."""

    def __init__(self, resolve: Resolve = system_resolver) -> None:
        self._resolve = resolve

    async def addresses(self, endpoint: Endpoint) -> list[str]:
        """All addresses of the endpoint, each permitted: one that is not spoils the name."""
        with suppress(ValueError):
            return self._judged([str(ip_address(endpoint.host))], endpoint)
        try:
            found = list(dict.fromkeys(await self._resolve(endpoint.host, endpoint.port)))
        except (socket.gaierror, UnicodeError):
            raise UnknownName from None
        if not found:
            raise UnknownName
        return self._judged(found, endpoint)

    @staticmethod
    def _judged(found: list[str], endpoint: Endpoint) -> list[str]:
        if not all(permitted(each, private=endpoint.private) for each in found):
            raise NotAllowed
        return found

    @asynccontextmanager
    async def open(self, endpoint: Endpoint, *, trust: ssl.SSLContext | None = None) -> AsyncIterator[Line]:
        """A connection to the first address that was judged; with `trust`, TLS under the declared name.

        The address is connected to as a number, so that nothing is resolved a second time.
        """
        address = (await self.addresses(endpoint))[0]
        began = time.perf_counter()
        reader, writer = await asyncio.open_connection(address, endpoint.port)
        connected, secured = time.perf_counter() - began, None
        try:
            if trust is not None:
                began = time.perf_counter()
                await writer.start_tls(trust, server_hostname=endpoint.host)
                secured = time.perf_counter() - began
            yield Line(reader=reader, writer=writer, connected=connected, secured=secured)
        finally:
            writer.close()
            with suppress(OSError, ssl.SSLError, TimeoutError):
                async with asyncio.timeout(1):
                    await writer.wait_closed()
