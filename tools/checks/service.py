"""What does the asset say of itself on its status page?"""

import json
import ssl
from datetime import datetime

from tools.assets import Asset
from tools.checks.found import Found
from tools.checks.page import NoPage, get
from tools.network import Endpoint, Network


async def look(asset: Asset, endpoint: Endpoint, network: Network, now: datetime) -> Found:
    assert asset.status is not None
    try:
        page = await get(asset, endpoint, asset.status.path, network)
        said = json.loads(page.body)
    except (NoPage, OSError, ssl.SSLError, EOFError, ValueError):
        return Found(asset=asset.id, check="status", code="unclear")
    for part in asset.status.field.split("."):
        said = said.get(part) if isinstance(said, dict) else None
    word = str(said).lower() if isinstance(said, str | bool) else ""
    known = {"up": asset.status.up, "limited": asset.status.limited, "down": asset.status.down}
    code = next((code for code, said_so in known.items() if word in said_so), "unclear")
    return Found(asset=asset.id, check="status", code=code, figures={"ms": round(1000 * page.whole)})
