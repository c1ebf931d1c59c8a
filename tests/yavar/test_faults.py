"""A disk that is full: what cannot be kept is refused, what was kept stays, and once there is room again all goes on."""

import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import rows_of
from tests.yavar.servers import Server

pytestmark = [pytest.mark.prove, pytest.mark.timeout(900)]

FULL = 96 * 1024               # bytes beyond which no file grows; the log stays far below
MOST = 60                      # messages until the disk is full


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "home", YAVAR_LOG_LEVEL="warning").start()
    yield server
    server.stop()


def test_a_full_disk_refuses_and_loses_nothing(server: Server) -> None:
    database = f"sqlite:///{server.home / 'yavar.db'}"
    with server.api(server.token("user")) as api:
        conversation = api.post("/conversations", json={"lang": "en"}).json()["id"]
        path, kept, refused = f"/conversations/{conversation}", [], []
        _grow(server, FULL)
        for number in range(MOST):
            sent = {"text": f"hello number {number}", "client_id": f"{number}"}
            answer = api.post(f"{path}/messages", json=sent)
            assert answer.status_code in (200, 503), answer.text
            (kept if answer.status_code == 200 else refused).append(sent)
            if len(refused) == 2:
                break
        assert refused and answer.json()["code"] == "unavailable" and answer.headers["content-type"] == "application/problem+json"
        assert api.get(path).status_code == 200
        _grow(server, resource.RLIM_INFINITY)
        for sent in (*refused, *kept):
            assert api.post(f"{path}/messages", json=sent).status_code == 200
    rows = rows_of(database)
    assert len(rows["turns"]) == len(kept) + len(refused)
    assert "the chain holds" in server.command("audit", "verify").stdout


def _grow(server: Server, limit: int) -> None:
    """No file of the server grows beyond the limit: the system refuses as it does on a full disk."""
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
