"""A server killed during a turn: the message is there, the turn ends, no effect is done twice."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.yavar.servers import Server, until

MOMENTS = (0.0, 0.02, 0.06, 0.12)      # seconds into the turn
RECOVERY = 30.0                        # seconds, as promised


@pytest.fixture
def server(tmp_path: Path, demo_home: Callable[[Path], Path]) -> Iterator[Server]:
    server = Server(demo_home(tmp_path / "home")).start()
    yield server
    server.stop()


@pytest.mark.timeout(400)
def test_after_kill_nine_the_message_is_there_and_the_ticket_once(server: Server) -> None:
    token = server.token("user")
    with server.api(token) as api:
        conversation = api.post("/conversations", json={"lang": "en"}).json()["id"]
        api.post(f"/conversations/{conversation}/messages", json={"text": "hello"})
    for number, moment in enumerate(MOMENTS):
        text = f"please open a ticket, the printer of room {200 + number} is broken and makes a grinding noise"
        said = _say_and_kill(server, token, conversation, text, moment)
        server.start()
        rows = until(partial(_ended, server.home, said), RECOVERY)
        assert rows == 1
        assert _count(server.home, "SELECT count(*) FROM tickets WHERE description LIKE ?", f"%room {200 + number}%") <= 1
        assert _count(server.home, "SELECT count(*) FROM messages WHERE author = 'assistant' AND turn = "
                                   "(SELECT id FROM turns WHERE client_id = ?)", said) == 1


def _say_and_kill(server: Server, token: str, conversation: str, text: str, moment: float) -> str:
    """Send, wait until the message is recorded, let `moment` pass, kill. The client's id of the message."""
    client_id = f"killed-{moment}"
    sender = threading.Thread(target=_send, args=(server, token, conversation, text, client_id))
    sender.start()
    until(lambda: _count(server.home, "SELECT count(*) FROM turns WHERE client_id = ?", client_id), RECOVERY)
    time.sleep(moment)
    server.kill()
    sender.join()
    return client_id


def _send(server: Server, token: str, conversation: str, text: str, client_id: str) -> None:
    with server.api(token) as api:
        try:
            api.post(f"/conversations/{conversation}/messages", json={"text": text, "client_id": client_id})
        except httpx.HTTPError:
            return                     # the server was killed while it answered: that is the point


def _ended(home: Path, client_id: str) -> int:
    return _count(home, "SELECT count(*) FROM turns WHERE client_id = ? AND state IN ('done', 'handed_off')", client_id)


def _count(home: Path, sql: str, value: str) -> int:
    with closing(sqlite3.connect(home / "yavar.db", timeout=10)) as database:
        return int(database.execute(sql, (value,)).fetchone()[0])
