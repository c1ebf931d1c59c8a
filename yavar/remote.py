"""A running server, as the command line talks to it: over HTTP with a token, streams included."""

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any

API = "/api/v1"
PATIENCE = 60.0                # seconds; a stream shows a sign of life far sooner
Event = tuple[str, dict[str, Any]]


class NoServer(Exception):
    """No server answers there. Start it with `yavar serve`, or name another with --url."""


class Problem(Exception):
    """The server refused."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class Remote:
    def __init__(self, url: str, token: str, lang: str) -> None:
        self.url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}", "Accept-Language": lang, "Content-Type": "application/json"}

    def get(self, path: str, **query: Any) -> Any:
        asked = urllib.parse.urlencode({name: value for name, value in query.items() if value is not None})
        with self._send("GET", path + (f"?{asked}" if asked else "")) as answer:
            return json.load(answer)

    def post(self, path: str, body: Any) -> Any:
        with self._send("POST", path, body) as answer:
            return json.load(answer)

    def stream(self, method: str, path: str, body: Any = None) -> Iterator[Event]:
        """Events as they come, until the server ends the stream."""
        with self._send(method, path, body, accept="text/event-stream") as answer:
            kind, data = "message", ""
            for raw in answer:
                line = raw.decode("utf-8").rstrip("\r\n")
                if line.startswith("event:"):
                    kind = line[6:].strip()
                elif line.startswith("data:"):
                    data += line[5:].strip()
                elif not line and data:
                    yield kind, json.loads(data)
                    kind, data = "message", ""

    def absolute(self, path: str) -> str:
        return path if "://" in path else self.url + path

    def _send(self, method: str, path: str, body: Any = None, *, accept: str = "application/json") -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + API + path, data, {**self._headers, "Accept": accept}, method=method)  # noqa: S310 (checked)
        try:
            return urllib.request.urlopen(request, timeout=PATIENCE)  # noqa: S310 (the address was checked to be http)
        except urllib.error.HTTPError as error:
            raise Problem(error.code, _detail(error)) from None
        except (urllib.error.URLError, OSError) as error:
            raise NoServer(f"{self.url}: {NoServer.__doc__}") from error


def _detail(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.load(error)["detail"])
    except (ValueError, KeyError, TypeError):
        return f"HTTP {error.code}"
