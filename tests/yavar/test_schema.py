"""Everything that the OpenAPI document allows, and much that it does not, sent to a real server: it answers as it says it does."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.yavar.servers import Server

# A stream does not end while somebody listens; what may be sent to it is in the test below.
ENDLESS = r"/events$"
CHECKS = ("not_a_server_error", "ignored_auth", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
          "response_schema_conformance")
EXAMPLES = 50                  # for each operation and phase

pytestmark = [pytest.mark.prove, pytest.mark.timeout(1700)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("schema") / "home", YAVAR_RATE_LIMIT="0").start()
    yield server
    server.stop()


@pytest.mark.parametrize("role", ["user", "admin"])
def test_nothing_that_is_sent_breaks_the_server_or_its_promises(server: Server, role: str, tmp_path: Path) -> None:
    token = server.token(role)
    done = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run", f"{server.url}/api/v1/openapi.json", "--header", f"Authorization: Bearer {token}",
         "--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing", "--max-examples", str(EXAMPLES), "--seed", "1",
         "--exclude-path-regex", ENDLESS, "--continue-on-failure", "--request-timeout", "60", "--warnings", "off", "--no-color",
         "--suppress-health-check", "all", "--generation-database", "none"],
        cwd=tmp_path, env=server.env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


@pytest.mark.parametrize(("headers", "query", "status"), [
    ({}, "", 200), ({"Last-Event-ID": "x" * 4000}, "", 200), ({"Last-Event-ID": "9" * 400}, "", 200), ({}, "?after=-1", 422),
    ({}, "?after=1e9", 422), ({}, f"?after={2 ** 70}", 422), ({"Authorization": "Bearer x"}, "", 401), ({"Authorization": ""}, "", 401)])
def test_a_stream_is_opened_or_refused_whatever_it_is_asked_for(server: Server, headers: dict[str, str], query: str, status: int) -> None:
    with server.api(server.token("user")) as api:
        conversation = api.post("/conversations", json={}).json()["id"]
        with api.stream("GET", f"/conversations/{conversation}/events{query}", headers=headers) as answer:
            assert answer.status_code == status
            kind = "text/event-stream" if status == 200 else "application/problem+json"
            assert answer.headers["content-type"].startswith(kind)
