"""Whatever a planner writes into a check, only declared assets are connected to: watched at the sockets themselves."""

import asyncio
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.agent.test_adversarial_planner import World

HOSTS = ["169.254.169.254", "http://169.254.169.254/latest/meta-data", "file:///etc/passwd", "localhost", "127.0.0.1:22", "evil.example",
         "-oProxyCommand=id", "vpn;id", "vpn\r\nHost: evil.example", "WIKI", "wiki ",
         "wiki.evil.example", "wiki@evil.example", "../wiki", "",
         "gopher://127.0.0.1:6379/_FLUSHALL", "[::1]", "2130706433", "0x7f.1", "wiki\x00", "ويكي", "*"]
ASSETS = st.one_of(st.sampled_from(HOSTS), st.text(max_size=40), st.sampled_from(["wiki", "vpn", "meetings"]), st.none(), st.integers())
CHECKS = st.one_of(st.sampled_from(["tcp", "dns", "http", "known"]), st.sampled_from(HOSTS), st.text(max_size=10))
ARGS = st.fixed_dictionaries({"asset": ASSETS}, optional={"check": CHECKS, "host": ASSETS, "url": ASSETS, "port": st.integers()})
WATCHED = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "subprocess.Popen")
_reached: list[tuple[str, Any]] | None = None


def _watch(event: str, args: tuple[Any, ...]) -> None:
    if _reached is not None and event in WATCHED:
        _reached.append((event, args[1] if event in ("socket.connect", "socket.sendto") else args[0]))


sys.addaudithook(_watch)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    loop = asyncio.new_event_loop()
    folder = tmp_path_factory.mktemp("ssrf")
    world = World(folder / "home", f"sqlite+aiosqlite:///{folder / 'yavar.db'}", loop)
    yield world
    loop.run_until_complete(world.house.close())
    loop.close()


def reached_by(world: World, batches: list[list[tuple[str, dict[str, Any]]]]) -> tuple[list[tuple[str, Any]], dict[str, Any]]:
    global _reached
    _reached = []
    try:
        answer = world.loop.run_until_complete(world.run(batches, guest=False))
        return _reached, answer
    finally:
        _reached = None


@given(args=ARGS)
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_no_argument_reaches_a_socket(world: World, args: dict[str, Any]) -> None:
    declared = {(asset.endpoint.host, asset.endpoint.port) for asset in world.house.mind.inventory.assets if asset.endpoint}
    reached, _ = reached_by(world, [[("run_diagnostic", args)]])
    assert [what for event, what in reached if event != "socket.connect" or tuple(what[:2]) not in declared] == []


def test_a_declared_asset_is_reached(world: World) -> None:
    """Denial and success share one set-up: what is watched does see a connection."""
    reached, answer = reached_by(world, [[("run_diagnostic", {"asset": "wiki"})]])
    wiki = world.house.mind.inventory.asset("wiki")
    assert wiki is not None and wiki.endpoint is not None
    assert {tuple(what[:2]) for _, what in reached} == {(wiki.endpoint.host, wiki.endpoint.port)}
    assert [(action["tool"], action["outcome"]) for action in answer["actions"]] == [("run_diagnostic", "done")]


def test_an_undeclared_id_is_refused_with_the_list_of_those_there_are(world: World) -> None:
    reached, answer = reached_by(world, [[("run_diagnostic", {"asset": "intranet-backup"})]])
    assert reached == []
    assert {(action["tool"], action["outcome"]) for action in answer["actions"]} == {("run_diagnostic", "refused")}
