"""How often something may be asked: a bucket that fills at a steady rate and empties by one with each request.

Asking for a person has no rule here and never will. Each server process counts for itself.
"""

import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, ip_address
from math import ceil
from typing import Literal

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from agent.house import House
from api.problems import respond
from desk.codes import digest
from desk.errors import TooMany

MOST_KEPT = 50_000             # buckets; those not asked for longest are forgotten first, and would have been full long ago
A_SUBNET = 64                  # bits of an IPv6 address that one household or office holds


@dataclass(frozen=True, kw_only=True)
class Limit:
    """`burst` at once, then `a_minute`. `by` says who is counted: an address, a session, or what the path names."""

    name: str
    path: re.Pattern[str]
    by: Literal["address", "session", "path"]
    burst: int
    a_minute: float


# What is limited: this tuple is the policy. The first that fits counts.
LIMITS = (
    Limit(name="signin", path=re.compile(r"/signin"), by="address", burst=30, a_minute=30),
    Limit(name="company", path=re.compile(r"/signin/company(/back)?"), by="address", burst=60, a_minute=60),
    Limit(name="guest", path=re.compile(r"/signin/help|/api/v1/conversations/guest"), by="address", burst=60, a_minute=60),
    Limit(name="uploads", path=re.compile(r".*/(attachments|uploads)"), by="session", burst=30, a_minute=30),
    Limit(name="messages", path=re.compile(r"/api/v1/conversations/([^/]+)/messages|/chat/([^/]+)/say"),
          by="path", burst=300, a_minute=120),
    Limit(name="first words", path=re.compile(r"/chat/say"), by="session", burst=60, a_minute=60),
    Limit(name="codes", path=re.compile(r"/api/v1/verifications/([^/]+)/(?:factors|password)|/verify/([^/]+)/(?:send|code|password)"),
          by="path", burst=30, a_minute=30),
)
READ_TOO = frozenset({"company"})     # its steps are plain links


class Rates:
    """Answers 429 with `Retry-After` where a bucket is empty."""

    def __init__(self, app: ASGIApp, limits: tuple[Limit, ...] = LIMITS) -> None:
        self._app = app
        self._limits = limits
        self._buckets: OrderedDict[tuple[str, str], tuple[float, datetime]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        house: House | None = getattr(scope["app"].state, "house", None) if scope["type"] == "http" else None
        if house and house.ready and house.rate > 0:
            request = Request(scope)
            wait = self._wait(request, house.clock, house.rate)
            if wait:
                response = await respond(request, TooMany(retry_after=wait))
                response.headers["Retry-After"] = str(wait)
                return await response(scope, receive, send)
        await self._app(scope, receive, send)

    def _wait(self, request: Request, clock: Callable[[], datetime], rate: float) -> int:
        """Seconds to wait; 0 if the request may go on, which takes its share."""
        limit, named = self._of(request)
        if limit is None:
            return 0
        key, now = (limit.name, named), clock()
        left, at = self._buckets.pop(key, (limit.burst * rate, now))
        a_second = limit.a_minute * rate / 60
        left = min(limit.burst * rate, left + max(0.0, (now - at).total_seconds()) * a_second)
        allowed = left >= 1
        self._buckets[key] = (left - 1 if allowed else left, now)
        while len(self._buckets) > MOST_KEPT:
            self._buckets.popitem(last=False)
        return 0 if allowed else max(1, ceil((1 - left) / a_second))

    def _of(self, request: Request) -> tuple[Limit | None, str]:
        path = request.url.path
        for limit in self._limits:
            found = limit.path.fullmatch(path)
            if found and (request.method not in ("GET", "HEAD", "OPTIONS") or limit.name in READ_TOO):
                return limit, _counted(limit, found, request)
        return None, ""


def _counted(limit: Limit, found: re.Match[str], request: Request) -> str:
    if limit.by == "path":
        return next((part for part in found.groups() if part), "")
    shown = request.headers.get("authorization") or request.headers.get("cookie")
    return digest(shown) if limit.by == "session" and shown else address_of(request)


def address_of(request: Request) -> str:
    """Who sent it, as far as the network says; of an IPv6 address the part that one subscriber holds."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(int(address) >> (128 - A_SUBNET)) if isinstance(address, IPv6Address) else str(address)
