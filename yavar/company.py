"""The company's sign-in, as the settings name it."""

from api.oidc import Oidc
from desk.company import Provider
from yavar.settings import Settings


def company_provider(settings: Settings) -> Provider | None:
    if not settings.oidc_issuer:
        return None
    secret = settings.oidc_client_secret
    return Oidc(settings.oidc_issuer, client_id=settings.oidc_client_id, client_secret=secret.get_secret_value() if secret else None,
                scopes=settings.oidc_scopes, groups_claim=settings.oidc_groups_claim, home=settings.address)
