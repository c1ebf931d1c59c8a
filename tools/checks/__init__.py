"""The checks, one file each, in the order of sense. What they may touch is a declared asset, never a host that text names."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from tools.assets import Asset
from tools.checks import certificate, name, page, port, service
from tools.checks.found import Found, Weight
from tools.network import Endpoint, Network, NotAllowed, UnknownName

__all__ = ["CHECKS", "Found", "Weight", "look"]

Look = Callable[[Asset, Endpoint, Network, datetime], Awaitable[Found]]

CHECKS: Mapping[str, Look] = {"dns": name.look, "tcp": port.look, "tls": certificate.look, "http": page.look, "status": service.look}
SILENT = {"dns": "silent", "tcp": "silent", "tls": "no_handshake", "http": "silent", "status": "unclear"}


async def look(asset: Asset, check: str, network: Network, now: datetime, *, within: float) -> Found | None:
    """What the check finds within the asset's own deadline and `within` seconds; None where the asset does not have this check."""
    endpoint = asset.endpoint
    if endpoint is None or check not in asset.checks:
        return None
    try:
        async with asyncio.timeout(min(asset.timeout, within)):
            return await CHECKS[check](asset, endpoint, network, now)
    except TimeoutError:
        return Found(asset=asset.id, check=check, code=SILENT[check])
    except (UnknownName, NotAllowed) as error:     # only where the name changed since it was looked at first
        return Found(asset=asset.id, check="dns", code="unknown_name" if isinstance(error, UnknownName) else "not_allowed")
