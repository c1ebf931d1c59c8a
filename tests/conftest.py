"""What holds for every test: no network but loopback, no settings from outside, the same random cases each time, the house's log."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, settings

from tests.databases import Postgres, Sqlite, binaries
from yavar.logs import processors

LEAKY = ("YAVAR_", "OPENAI_", "LANGCHAIN_", "LANGSMITH_", "LANGGRAPH_", "ANONYMIZED_TELEMETRY", "HF_")
FREE = frozenset({"", "localhost", "testserver"})
OPENED = frozenset({"database_url", "fresh_database"})     # the fixtures that give the database of `--database`

settings.register_profile("test", deadline=None, derandomize=True, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
SHARE = float(os.environ.get("PROOF_SHARE", "1"))   # of what the long proofs do when they are run whole
settings.register_profile("prove", deadline=None, max_examples=round(500 * SHARE), print_blob=True,
                          suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "test"))

for name in [name for name in os.environ if name.upper().startswith(LEAKY)]:
    del os.environ[name]      # before any test module is imported: some libraries read theirs at import


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite",
                     help="where the houses of the tests keep their data; a PostgreSQL is started for the run")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what opens the database that the option names: all else would do the same again."""
    if config.getoption("--database") == "postgresql":
        opens = {item: not OPENED.isdisjoint(getattr(item, "fixturenames", ())) for item in items}
        config.hook.pytest_deselected(items=[item for item in items if not opens[item]])
        items[:] = [item for item in items if opens[item]]


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> Iterator[Postgres]:
    """A PostgreSQL of this test process. Where it was asked for and is not installed, that is a failure."""
    programs = binaries()
    if programs is None:
        refuse = pytest.fail if request.config.getoption("--database") == "postgresql" else pytest.skip
        refuse("PostgreSQL is not installed (on Debian: apt-get install postgresql)")
    server = Postgres(programs).start()
    try:
        server.make_template()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Sqlite:
    return Sqlite(tmp_path_factory.mktemp("sqlite"))


def a_database(kind: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a fresh, migrated database of that kind."""
    if kind == "sqlite":
        yield request.getfixturevalue("sqlite").database(folder)
    else:
        with request.getfixturevalue("postgres").database() as url:
            yield url


@pytest.fixture(scope="session")
def fresh_database(request: pytest.FixtureRequest) -> Iterator[Callable[[Path], str]]:
    """Makes a database for a house that outlives one test; a SQLite file lies in the folder that is given."""
    kind = request.config.getoption("--database")
    if kind == "postgresql":
        request.getfixturevalue("postgres")      # now, so that it ends after what is made in it
    with ExitStack() as made:
        yield lambda folder: made.enter_context(contextmanager(a_database)(kind, folder, request))


@pytest.fixture
def database_url(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database as the option `--database` says."""
    yield from a_database(request.config.getoption("--database"), tmp_path, request)


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """For what is tested on both, whatever the option says."""
    return str(request.param)


@pytest.fixture
def either_url(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    yield from a_database(kind, tmp_path, request)


@pytest.fixture
def postgres_url(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    yield from a_database("postgresql", tmp_path, request)


class NetworkReached(Exception):
    """A test reached for the network. Give it a fake, or a server of its own on loopback."""


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for method in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, method, _only_loopback(getattr(socket.socket, method)))
        patch.setattr(socket, "getaddrinfo", _no_names(socket.getaddrinfo))
        yield


@pytest.fixture(autouse=True)
def lines_of_the_house() -> None:
    """What is logged is written as the house writes it, whatever a command that ran in an earlier test has configured.

    structlog's own way shows every variable of a trace, which takes half a minute.
    """
    structlog.reset_defaults()
    structlog.configure(processors=processors("json"))


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that sets `os.environ` by hand must not reach the next one either."""
    for name in [name for name in os.environ if name.upper().startswith("YAVAR_")]:
        monkeypatch.delenv(name)


def _only_loopback(call: Any) -> Any:
    def checked(self: socket.socket, *args: Any) -> Any:
        address = args[-1]
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
            raise NetworkReached(f"{address[0]}:{address[1]}. {NetworkReached.__doc__}")
        return call(self, *args)
    return checked


def _no_names(call: Any) -> Any:
    def checked(host: Any, *args: Any, **kwargs: Any) -> Any:
        text = host.decode() if isinstance(host, bytes) else host
        if text is not None and text not in FREE and not _is_loopback(text) and not _is_any(text):
            raise NetworkReached(f"{text}. {NetworkReached.__doc__}")
        return call(host, *args, **kwargs)
    return checked


def _is_loopback(host: str) -> bool:
    try:
        return host in FREE or ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _is_any(host: str) -> bool:
    """0.0.0.0 and ::, to listen on."""
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False
