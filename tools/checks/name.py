"""Does the asset's name lead to an address that it may have?"""

import time
from datetime import datetime

from tools.assets import Asset
from tools.checks.found import Found
from tools.network import Endpoint, Network, NotAllowed, UnknownName


async def look(asset: Asset, endpoint: Endpoint, network: Network, now: datetime) -> Found:
    began = time.perf_counter()
    try:
        found = await network.addresses(endpoint)
    except UnknownName:
        return Found(asset=asset.id, check="dns", code="unknown_name")
    except NotAllowed:
        return Found(asset=asset.id, check="dns", code="not_allowed")
    return Found(asset=asset.id, check="dns", code="resolves",
                 figures={"ms": round(1000 * (time.perf_counter() - began)), "addresses": len(found)})
