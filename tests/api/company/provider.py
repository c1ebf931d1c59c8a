"""An OpenID provider on loopback that keeps the protocol's promises, and breaks exactly the one that a test names."""

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

CLIENT, SECRET = "yavar", "a secret between the two"
Bend = Callable[[dict[str, Any], dict[str, Any]], None]      # of a token's header and claims


@cache
def a_key(name: str, kid: str = "") -> RSAKey:
    """Made once for all tests: making one takes longer than a whole sign-in."""
    return RSAKey.generate_key(2048, {"kid": kid or name, "use": "sig"}, auto_kid=False)


@dataclass
class Grant:
    redirect: str
    challenge: str
    nonce: str
    claims: dict[str, Any]


@dataclass
class Provider:
    """Whoever comes is signed in at once as `person`."""

    now: Callable[[], datetime]
    person: dict[str, Any] = field(default_factory=dict)
    in_userinfo: frozenset[str] = frozenset()     # claims that the token leaves to the userinfo endpoint
    bend: Bend | None = None
    public: bool = False                          # takes a client without a secret, as PKCE allows
    sign_with: Any = None                         # another key than those that are published
    url: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    issued: dict[str, Grant] = field(default_factory=dict)
    bearers: dict[str, dict[str, Any]] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: a_key("first"))
    metadata: dict[str, Any] = field(default_factory=dict)

    def rotate(self) -> None:
        self.key = a_key("second")

    def describe(self) -> dict[str, Any]:
        return {"issuer": self.url, "authorization_endpoint": f"{self.url}/authorize", "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/jwks", "userinfo_endpoint": f"{self.url}/userinfo", "end_session_endpoint": f"{self.url}/out",
                "id_token_signing_alg_values_supported": ["RS256"], "code_challenge_methods_supported": ["S256"], **self.metadata}

    def keys(self) -> dict[str, Any]:
        return dict(KeySet([self.key]).as_dict(private=False))

    def authorize(self, asked: dict[str, str]) -> str:
        self.asked.append(asked)
        assert asked["client_id"] == CLIENT and asked["response_type"] == "code" and "openid" in asked["scope"].split()
        assert asked["code_challenge_method"] == "S256" and asked["state"] and asked["nonce"]
        code = secrets.token_urlsafe(16)
        self.issued[code] = Grant(asked["redirect_uri"], asked["code_challenge"], asked["nonce"], dict(self.person))
        return asked["redirect_uri"] + "?" + urlencode({"code": code, "state": asked["state"]})

    def token(self, sent: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        kind, _, given = authorization.partition(" ")
        client = base64.b64decode(given).decode() if kind == "Basic" else ""
        public = not client and self.public and sent.get("client_id") == CLIENT
        if not public and tuple(unquote(part) for part in client.split(":")) != (CLIENT, SECRET):
            return 401, {"error": "invalid_client"}
        grant = self.issued.pop(sent.get("code", ""), None)
        verifier = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        if grant is None or grant.redirect != sent.get("redirect_uri") or \
                base64.urlsafe_b64encode(verifier).decode().rstrip("=") != grant.challenge:
            return 400, {"error": "invalid_grant"}
        bearer = secrets.token_urlsafe(16)
        self.bearers[bearer] = grant.claims
        return 200, {"access_token": bearer, "token_type": "Bearer", "expires_in": 300, "id_token": self.statement(grant)}

    def statement(self, grant: Grant) -> str:
        at = int(self.now().timestamp())
        header: dict[str, Any] = {"alg": "RS256", "kid": self.key.kid}
        claims: dict[str, Any] = {"iss": self.url, "aud": CLIENT, "iat": at, "exp": at + 300, "nonce": grant.nonce,
                                  **{name: value for name, value in grant.claims.items() if name not in self.in_userinfo}}
        if self.bend:
            self.bend(header, claims)
        if header["alg"] == "none":
            return ".".join(_plain(json.dumps(part).encode()) for part in (header, claims)) + "."
        key = self.sign_with or (OctKey.import_key(SECRET) if header["alg"] == "HS256" else self.key)
        return jwt.encode(header, claims, key, algorithms=[header["alg"]])


def _plain(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, asked = urlsplit(self.path).path, _fields(urlsplit(self.path).query)
            if path == "/authorize":
                self.send_response(302)
                self.send_header("Location", provider.authorize(asked))
                self.end_headers()
            elif path == "/userinfo":
                told = provider.bearers.get(self.headers.get("Authorization", "").removeprefix("Bearer "))
                self._say(*(401, {}) if told is None else (200, told))
            else:
                pages = {"/.well-known/openid-configuration": provider.describe, "/jwks": provider.keys}
                self._say(*(200, pages[path]()) if path in pages else (404, {}))

        def do_POST(self) -> None:
            sent = _fields(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self._say(*provider.token(sent, self.headers.get("Authorization", "")))

        def _say(self, status: int, what: dict[str, Any]) -> None:
            body = json.dumps(what).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def _fields(text: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(text).items()}


@contextmanager
def running(provider: Provider) -> Iterator[Provider]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(provider))
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
