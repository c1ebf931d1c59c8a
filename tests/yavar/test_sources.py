"""Sources of documents on the command line: beside a running server, by the server itself, and broken off at any moment."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.conftest import SHARE
from tests.yavar.servers import Server, until

LONG = 120.0                   # seconds; far more than it takes
FILES = 40
TEXT = """# Room {number}

The badge reader of room {number} is blue.

## چراغ

چراغ اتاق {number} آبی است.

## الضوء

ضوء الغرفة {number} أزرق.
"""
CONVERTERS = ("pdfminer", "mammoth", "openpyxl", "pptx", "bs4", "markdownify")


def write(folder: Path, files: int) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(files):
        (folder / f"room-{number}.md").write_text(TEXT.format(number=number), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, fresh_database: Callable[[Path], str]) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("sources")
    server = Server(folder / "home", YAVAR_DATABASE_URL=fresh_database(folder), YAVAR_KNOWLEDGE_SYNC="60").start()
    yield server
    server.stop()


@pytest.mark.timeout(300)
def test_a_source_beside_a_running_server_is_found_cited_verified_and_removed(server: Server, tmp_path: Path) -> None:
    folder = write(tmp_path / "rooms", 3)
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 broken")
    added = server.command("knowledge", "add", str(folder), "--audience", "agents")
    assert added.returncode == 0, added.stderr
    assert "rooms" in added.stdout
    synced = server.command("knowledge", "sync", "rooms")
    assert synced.returncode == 0 and "broken.pdf: It cannot be read" in synced.stderr, synced.stdout
    assert "3 documents" in server.command("knowledge", "list").stdout
    with server.api(server.token("agent")) as api, server.api(server.token("user")) as outsider:
        def found() -> list[dict[str, str]]:
            hits: list[dict[str, str]] = api.get("/knowledge/search", params={"q": "چراغ اتاق 2 آبی", "lang": "fa"}).json()["hits"]
            return hits if "2" in hits[0]["title"] else []
        hit = until(found, LONG)[0]
        assert (hit["title"], hit["lang"]) == ("Room 2", "fa") and "آبی" in hit["snippet"]
        titles = [one["title"] for one in outsider.get("/knowledge/search", params={"q": "چراغ اتاق 2 آبی"}).json()["hits"]]
        assert "Room 2" not in titles
    verified = server.command("knowledge", "verify")
    assert verified.returncode == 0 and "whole" in verified.stdout, verified.stdout
    assert server.command("knowledge", "rebuild").returncode == 2          # the server has the index
    removed = server.command("knowledge", "remove", "rooms")
    assert removed.returncode == 0 and "3 documents" in removed.stdout
    assert "rooms" not in server.command("knowledge", "list").stdout


@pytest.mark.timeout(300)
def test_the_server_looks_at_a_source_by_itself(server: Server, tmp_path: Path) -> None:
    server.command("knowledge", "add", str(write(tmp_path / "own", 2)))
    assert until(lambda: "2 put" in server.command("knowledge", "list").stdout, LONG)
    assert server.command("knowledge", "remove", "own").returncode == 0
    assert httpx.get(f"{server.url}/readyz").status_code == 200


def test_the_server_holds_none_of_the_libraries_that_convert() -> None:
    asked = f"import sys, yavar.compose; print([name for name in {CONVERTERS} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, timeout=LONG, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(("arguments", "named"), [
    (("add", "nowhere"), "nowhere"),
    (("add", ".", "--audience", "bosses"), "public, everyone, agents"),
    (("add", ".", "--lang", "de"), "auto, en, ar, fa"),
    (("add", ".", "--name", "house"), "house"),
    (("add", ".", "--name", "a b"), "a b"),
    (("sync",), "knowledge add"),
    (("sync", "nothing"), "nothing"),
    (("remove", "house"), "house"),
])
@pytest.mark.timeout(200)
def test_what_cannot_be_is_refused_by_name(tmp_path: Path, arguments: tuple[str, ...], named: str) -> None:
    refused = Server(tmp_path / "home").command("knowledge", *arguments)
    assert refused.returncode == 2 and named in refused.stderr and not refused.stdout


def documents(home: Path) -> int:
    with closing(sqlite3.connect(home / "yavar.db", timeout=10)) as database:
        return int(database.execute("SELECT count(*) FROM documents WHERE source = 'rooms'").fetchone()[0])


def kill_once(server: Server, at: int, *arguments: str) -> None:
    """Begin a sync, and kill it as soon as it has put so many documents, or is done."""
    with subprocess.Popen([sys.executable, "-m", "yavar", "knowledge", "sync", *arguments], env=server.env, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as sync:
        until(lambda: documents(server.home) >= at or sync.poll() is not None, LONG)
        if sync.poll() is None:
            os.kill(sync.pid, signal.SIGKILL)


def whole(server: Server) -> None:
    with closing(sqlite3.connect(server.home / "yavar.db", timeout=10)) as database:
        parts = [n for (n,) in database.execute("SELECT count(p.id) FROM documents d LEFT JOIN passages p ON p.document = d.id "
                                                "WHERE d.source = 'rooms' GROUP BY d.id")]
    assert len(set(parts)) <= 1 and 0 not in parts          # each document is there with all its passages, or not at all


def broken_off(server: Server, folder: Path, moments: list[int]) -> None:
    assert server.command("knowledge", "add", str(write(folder, FILES))).returncode == 0
    for at in moments:
        before = documents(server.home)
        kill_once(server, at)
        whole(server)
        assert documents(server.home) >= before
    put = FILES - documents(server.home)
    done = server.command("knowledge", "sync")
    assert f"{put} put, {FILES - put} unchanged, 0 removed, 0 refused" in done.stdout, done.stdout + done.stderr
    assert documents(server.home) == FILES
    whole(server)
    verified = server.command("knowledge", "verify")
    assert verified.returncode == 0, verified.stdout
    rebuilt = server.command("knowledge", "rebuild")
    assert rebuilt.returncode == 0, rebuilt.stderr
    verified = server.command("knowledge", "verify")
    assert verified.returncode == 0 and "last change" not in verified.stdout, verified.stdout


@pytest.mark.timeout(600)
def test_a_sync_that_is_killed_goes_on_where_it_stopped(tmp_path: Path) -> None:
    broken_off(Server(tmp_path / "home"), tmp_path / "rooms", [1, 14, 27])


@pytest.mark.prove
@pytest.mark.timeout(2400)
def test_a_sync_may_be_killed_at_any_moment(tmp_path: Path) -> None:
    chance = random.Random(7)
    for round_ in range(max(1, round(4 * SHARE))):
        moments = sorted(chance.sample(range(FILES), 10))
        broken_off(Server(tmp_path / f"home-{round_}"), tmp_path / f"{round_}" / "rooms", moments)
