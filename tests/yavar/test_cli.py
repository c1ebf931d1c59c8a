"""The command line as an operator uses it, beside a running server."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.yavar.servers import Server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, fresh_database: Callable[[Path], str]) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("cli")
    server = Server(folder / "home", YAVAR_DATABASE_URL=fresh_database(folder)).start()
    yield server
    server.stop()


@pytest.mark.timeout(200)
def test_a_token_is_one_line_and_valid_at_once(server: Server) -> None:
    issued = server.command("token", "issue", "user")
    assert issued.returncode == 0 and issued.stdout.count("\n") == 1 and issued.stdout.strip().isprintable()
    with server.api(issued.stdout.strip()) as api:
        assert api.post("/conversations", json={}).status_code == 201
    with server.api(issued.stdout.strip() + "x") as api:
        assert api.post("/conversations", json={}).status_code == 401


@pytest.mark.timeout(200)
def test_a_token_for_nobody_is_refused_by_name(server: Server) -> None:
    refused = server.command("token", "issue", "nobody")
    assert refused.returncode == 2 and "nobody" in refused.stderr and refused.stdout == ""


@pytest.mark.timeout(200)
def test_the_doctor_and_the_audit_trail(server: Server) -> None:
    examined = server.command("doctor")
    assert examined.returncode == 0, examined.stdout
    assert "90 articles" in examined.stdout and "user (user)" in examined.stdout
    assert "the chain holds" in server.command("audit", "verify").stdout


@pytest.mark.timeout(200)
def test_a_disruption_is_declared_listed_and_ended(server: Server) -> None:
    words = ("--en", "A cable is cut.", "--ar", "انقطع أحد الكابلات.", "--fa", "یک کابل قطع شده است.")
    unknown = server.command("disruption", "declare", "coffee", *words)
    assert unknown.returncode == 2 and "coffee" in unknown.stderr and "wifi" in unknown.stderr
    naive = server.command("disruption", "declare", "wifi", *words, "--until", "tomorrow")
    assert naive.returncode == 2 and "2026-11-22T18:00Z" in naive.stderr
    declared = server.command("disruption", "declare", "wifi", *words)
    assert declared.returncode == 0, declared.stderr
    name = declared.stdout.strip()
    assert name in server.command("disruption", "list").stdout
    assert server.command("disruption", "end", name).returncode == 0
    assert name not in server.command("disruption", "list").stdout
    assert server.command("disruption", "end", name).returncode == 2


@pytest.mark.timeout(200)
def test_the_log_shows_where_to_open_it_and_how_to_sign_in(server: Server) -> None:
    told = server.log.read_text("utf-8")
    assert server.url in told and "supervisor" in told and "/demo/authenticator" in told
    assert httpx.get(f"{server.url}/healthz").status_code == 200


@pytest.mark.timeout(200)
def test_a_demo_house_listens_on_this_machine_alone(tmp_path_factory: pytest.TempPathFactory) -> None:
    server = Server(tmp_path_factory.mktemp("open") / "home", YAVAR_HOST="0.0.0.0")
    refused = server.command("serve")
    assert refused.returncode == 2 and "--no-demo" in refused.stderr
