"""Is the asset's certificate valid, for its name, from an authority that is trusted, and for how long?"""

import ssl
from datetime import datetime, timedelta

from cryptography import x509

from tools.assets import Asset
from tools.checks.found import Found
from tools.checks.trust import trust_of
from tools.network import Endpoint, Network

SOON = timedelta(days=14)


async def look(asset: Asset, endpoint: Endpoint, network: Network, now: datetime) -> Found:
    """First as a browser would, then, where that fails, without trust: to read why."""
    refused = None
    try:
        shown = await _shown(endpoint, network, trust_of(asset))
    except ssl.SSLCertVerificationError as error:
        refused = error
        shown = await _shown(endpoint, network, _reads_only())
    except (ssl.SSLError, OSError):
        return Found(asset=asset.id, check="tls", code="no_handshake")
    ends = shown.not_valid_after_utc
    figures = {"until": ends.date().isoformat(), "days": (ends - now).days}
    return Found(asset=asset.id, check="tls", code=_code(shown, refused, now), figures=figures)


def _code(shown: x509.Certificate, refused: ssl.SSLCertVerificationError | None, now: datetime) -> str:
    """Dates come first: an expired certificate of an unknown authority is, to its owner, expired."""
    if shown.not_valid_after_utc <= now:
        return "expired"
    if shown.not_valid_before_utc > now:
        return "not_yet"
    if refused is not None:
        return "wrong_name" if "mismatch" in (refused.verify_message or "").lower() else "untrusted"
    return "expiring" if shown.not_valid_after_utc - now < SOON else "valid"


async def _shown(endpoint: Endpoint, network: Network, trust: ssl.SSLContext) -> x509.Certificate:
    async with network.open(endpoint, trust=trust) as line:
        secured = line.writer.get_extra_info("ssl_object")
        return x509.load_der_x509_certificate(secured.getpeercert(binary_form=True))


def _reads_only() -> ssl.SSLContext:
    """Trusts anybody. Nothing is sent over it; the certificate is read and the line closed."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
