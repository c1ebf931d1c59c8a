"""Does the asset accept a connection?"""

from datetime import datetime

from tools.assets import Asset
from tools.checks.found import Found
from tools.network import Endpoint, Network


async def look(asset: Asset, endpoint: Endpoint, network: Network, now: datetime) -> Found:
    try:
        async with network.open(endpoint) as line:
            return Found(asset=asset.id, check="tcp", code="open", figures={"ms": round(1000 * line.connected)})
    except ConnectionRefusedError:
        return Found(asset=asset.id, check="tcp", code="refused")
    except OSError:
        return Found(asset=asset.id, check="tcp", code="unreachable")
