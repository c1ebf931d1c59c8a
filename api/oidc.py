"""OpenID Connect: the code flow with PKCE, on Authlib; what comes back is believed only after every check (Core §3.1.3.7)."""

import ssl
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import httpx2
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry

from desk.codes import new_token
from desk.company import Claims, Departure, safe_address
from desk.errors import ProviderDown, ProviderRefused
from desk.people import LANGS, Lang

log = structlog.get_logger("yavar.signin")

CALLBACK = "/signin/company/back"
PATIENCE = 10.0                # seconds for each answer of the provider
FRESH = 3600.0                 # seconds for which its description is believed
SKEW = 60                      # seconds by which its clock may differ from ours
LARGEST = 512 * 1024           # bytes of any of its answers
# Signatures that only the provider can make; never `none`, never one under a shared secret.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
PLACES = (*NEEDED, "userinfo_endpoint", "end_session_endpoint")


class Oidc:
    """A company's sign-in. Its description and keys are fetched when they are first needed, so that the house starts without it."""

    def __init__(self, issuer: str, *, client_id: str, client_secret: str | None, home: str, scopes: str = "openid profile email",
                 groups_claim: str = "groups", transport: httpx2.AsyncBaseTransport | None = None,
                 clock: Callable[[], float] = time.monotonic) -> None:
        self.issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._scopes = scopes
        self._groups_claim = groups_claim
        self._home = home
        self._transport = transport
        self._clock = clock
        self._described: dict[str, Any] = {}
        self._described_until = 0.0
        self._keys: KeySet | None = None

    async def begin(self) -> Departure:
        described = await self._description()
        nonce, verifier = new_token(), new_token() + new_token()
        async with self._client(described) as client:
            url, state = client.create_authorization_url(described["authorization_endpoint"], code_verifier=verifier, nonce=nonce)
        return Departure(url=url, state=state, nonce=nonce, verifier=verifier)

    async def finish(self, code: str, departure: Departure, now: datetime, *, said_issuer: str | None = None) -> Claims:
        described = await self._description()
        must_say = described.get("authorization_response_iss_parameter_supported") is True
        if said_issuer != self.issuer and (said_issuer is not None or must_say):   # RFC 9207: another provider's answer
            raise self._refused("another issuer answered")
        async with self._client(described) as client:
            tokens = await self._exchange(client, described, code, departure)
            said = await self._verified(described, tokens.get("id_token"), departure.nonce, now)
            if described.get("userinfo_endpoint") and not ({"email", self._groups_claim} <= said.keys()):
                said = await self._more(client, described, said)
        return self._claims(said)

    async def farewell(self) -> str | None:
        described = await self._description()
        if not described.get("end_session_endpoint"):
            return None
        asked = {"client_id": self._client_id, "post_logout_redirect_uri": f"{self._home}/signin"}
        return str(httpx2.URL(described["end_session_endpoint"]).copy_merge_params(asked))

    async def describe(self) -> Mapping[str, Any]:
        """The provider's description, for `yavar doctor`."""
        return await self._description()

    def _client(self, described: Mapping[str, Any]) -> AsyncOAuth2Client:
        ways = described.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        way = "client_secret_basic" if "client_secret_basic" in ways else "client_secret_post"
        return AsyncOAuth2Client(
            self._client_id, self._client_secret, token_endpoint_auth_method=way if self._client_secret else "none", scope=self._scopes,
            redirect_uri=self._home + CALLBACK, code_challenge_method="S256", timeout=PATIENCE, transport=self._transport,
            verify=self._trusted, follow_redirects=False)

    @cached_property
    def _trusted(self) -> ssl.SSLContext:
        """The authorities that the system trusts; read once, since reading them takes longer than a sign-in."""
        return ssl.create_default_context()

    async def _description(self) -> dict[str, Any]:
        if self._described and self._clock() < self._described_until:
            return self._described
        described = await self._fetch(self.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if described.get("issuer") != self.issuer:
            raise self._down("its description names another issuer")
        for place in PLACES:
            address = described.get(place)
            if (place in NEEDED or address is not None) and not (isinstance(address, str) and safe_address(address)):
                raise self._down(f"its description has no safe {place}")
        self._described, self._described_until, self._keys = described, self._clock() + FRESH, None
        return described

    async def _fetch(self, url: str, **headers: str) -> dict[str, Any]:
        try:
            async with httpx2.AsyncClient(timeout=PATIENCE, transport=self._transport, verify=self._trusted) as client:
                return _json_of(await client.get(url, headers=headers))
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
            raise self._down(f"no readable answer ({type(error).__name__})") from error

    async def _exchange(self, client: AsyncOAuth2Client, described: Mapping[str, Any], code: str, departure: Departure) -> dict[str, Any]:
        try:
            tokens: dict[str, Any] = await client.fetch_token(
                described["token_endpoint"], code=code, code_verifier=departure.verifier, grant_type="authorization_code")
        except AuthlibBaseError as error:
            raise self._refused(f"the code was not accepted ({error.error})") from error
        except (httpx2.HTTPError, ValueError) as error:
            raise self._down(f"no token ({type(error).__name__})") from error
        return tokens

    async def _verified(self, described: Mapping[str, Any], id_token: object, nonce: str, now: datetime) -> dict[str, Any]:
        """The claims of a token that the provider signed, for us, for this sign-in, and that is still good."""
        if not isinstance(id_token, str) or len(id_token) > LARGEST:
            raise self._refused("there is no ID token")
        offered = described.get("id_token_signing_alg_values_supported") or ["RS256"]
        allowed = [algorithm for algorithm in ALGORITHMS if algorithm in offered]
        try:
            token = await self._decode(described, id_token, allowed)
            JWTClaimsRegistry(
                now=int(now.timestamp()), leeway=SKEW, iss={"essential": True, "value": self.issuer}, sub={"essential": True},
                aud={"essential": True, "value": self._client_id}, exp={"essential": True}, iat={"essential": True},
                nonce={"essential": True, "value": nonce}).validate(token.claims)
        except (JoseError, ValueError) as error:
            raise self._refused(f"{type(error).__name__}: {getattr(error, 'claim', '') or getattr(error, 'error', '')}") from error
        audience, party = token.claims["aud"], token.claims.get("azp")
        if party not in (None, self._client_id) or (isinstance(audience, list) and len(audience) > 1 and party is None):
            raise self._refused("the token is for another party")
        return dict(token.claims)

    async def _decode(self, described: Mapping[str, Any], id_token: str, allowed: list[str]) -> jwt.Token:
        """With the keys that are known; once more with fresh ones, since providers change theirs."""
        known = self._keys
        if known:
            try:
                return jwt.decode(id_token, known, algorithms=allowed)
            except (JoseError, ValueError):
                log.info("oidc.keys_again")
        self._keys = KeySet.import_key_set(await self._fetch(described["jwks_uri"]))  # type: ignore[arg-type]
        return jwt.decode(id_token, self._keys, algorithms=allowed)

    async def _more(self, client: AsyncOAuth2Client, described: Mapping[str, Any], said: dict[str, Any]) -> dict[str, Any]:
        """What the token leaves to the userinfo endpoint. What the token said stands; another subject's answer is refused."""
        try:
            told = _json_of(await client.get(described["userinfo_endpoint"]))
        except (AuthlibBaseError, httpx2.HTTPError, ValueError) as error:
            raise self._down(f"no userinfo ({type(error).__name__})") from error
        if told.get("sub") != said["sub"]:
            raise self._refused("the userinfo is another subject's")
        return told | said

    def _claims(self, said: Mapping[str, Any]) -> Claims:
        groups = said.get(self._groups_claim)
        listed = groups if isinstance(groups, list) else [groups]
        name = _text(said, "preferred_username")
        return Claims(issuer=self.issuer, subject=said["sub"], name=name, display=_text(said, "name") or name, email=_text(said, "email"),
                      email_verified=said.get("email_verified") is True, lang=_lang(_text(said, "locale")),
                      timezone=known_zone(_text(said, "zoneinfo")), groups=frozenset(group for group in listed if isinstance(group, str)))

    def _down(self, what: str) -> ProviderDown:
        log.warning("oidc.down", issuer=self.issuer, what=what)
        return ProviderDown(f"The company's sign-in {self.issuer}: {what}. Check YAVAR_OIDC_ISSUER with `yavar doctor`.")

    def _refused(self, what: str) -> ProviderRefused:
        log.warning("oidc.refused", issuer=self.issuer, what=what)
        return ProviderRefused()


def _json_of(answer: httpx2.Response) -> dict[str, Any]:
    answer.raise_for_status()
    if len(answer.content) > LARGEST:
        raise ValueError("too large")
    found = answer.json()
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found


def _text(said: Mapping[str, Any], claim: str) -> str:
    value = said.get(claim)
    return value.replace("\0", "").strip() if isinstance(value, str) else ""


def _lang(locale: str) -> Lang | None:
    primary = locale.replace("_", "-").split("-")[0].lower()
    return next((lang for lang in LANGS if lang == primary), None)


def known_zone(name: str) -> str | None:
    """The name if there is such a time zone."""
    try:
        return ZoneInfo(name).key if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
