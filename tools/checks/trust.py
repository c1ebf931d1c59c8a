"""Which authorities a check believes: the machine's, and the asset's own where one is declared."""

import ssl

from tools.assets import Asset


def trust_of(asset: Asset) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if asset.authority:
        context.load_verify_locations(cafile=asset.authority)
    return context
