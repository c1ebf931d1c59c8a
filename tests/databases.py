"""Databases for tests: a SQLite file, or a real PostgreSQL of the test run's own, on loopback, in a folder that goes with it."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.pool import NullPool

from desk.store.migrate import upgrade
from tests.yavar.servers import free_port, until

TEMPLATE = "migrated"
STARTS_WITHIN = 60.0           # seconds
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")   # for tests whose database itself is never killed
PLACES = ("/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt")


def binaries() -> Path | None:
    """Where initdb and postgres are, of the newest version that is installed; None where there are none."""
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    found = (path.parent for place in PLACES for path in Path(place).glob("*/bin/initdb"))
    return max(found, key=lambda folder: [int(digits) for digits in re.findall(r"\d+", folder.parent.name)], default=None)


class Sqlite:
    """Copies of one migrated file, so that no test waits for the migrations."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / f"{TEMPLATE}.db"
        engine = create_engine(f"sqlite:///{self._template}", poolclass=NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        with engine.begin() as connection:
            upgrade(connection)
        engine.dispose()

    def database(self, folder: Path) -> str:
        """The address of a fresh database in that folder."""
        shutil.copyfile(self._template, folder / "yavar.db")
        return f"sqlite+aiosqlite:///{folder / 'yavar.db'}"


class Postgres:
    """A server of its own. Everything in it is gone after `stop`."""

    def __init__(self, programs: Path, *, fast: bool = True) -> None:
        self._programs = programs
        self._options = FAST if fast else ()
        self._folder = Path(tempfile.mkdtemp(prefix="yavar-postgres-"))
        self._user = "postgres" if os.geteuid() == 0 else None       # it refuses to run as root
        self._names = count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()
        if self._user:
            shutil.chown(self._folder, self._user)
        options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        initdb = [programs / "initdb", "-D", self._folder / "data", *options]
        subprocess.run(initdb, check=True, capture_output=True, user=self._user, cwd="/")

    def start(self) -> "Postgres":
        options = [f"port={self.port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200", *self._options]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self._folder / "data", *(part for option in options for part in ("-c", option))],
                stdout=log, stderr=log, user=self._user, cwd="/")
        until(self._answers, STARTS_WITHIN)
        return self

    def _answers(self) -> bool:
        if self._process and self._process.poll() is not None:
            raise AssertionError(f"PostgreSQL ended: {(self._folder / 'log').read_text('utf-8', 'replace')[-2000:]}")
        try:
            self.run("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def halt(self, how: signal.Signals = signal.SIGINT) -> None:
        """End the server, its data stays: SIGINT as `pg_ctl -m fast`, SIGQUIT as if it had crashed."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(how)
            self._process.wait(30)

    def stop(self) -> None:
        self.halt(signal.SIGQUIT)
        shutil.rmtree(self._folder, ignore_errors=True)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def run(self, statement: "str | sql.Composable", database: str = "postgres") -> None:
        with psycopg.connect(host="127.0.0.1", port=self.port, user="postgres", dbname=database, autocommit=True, connect_timeout=5) as one:
            one.execute(statement)       # type: ignore[call-overload]

    def make_template(self) -> None:
        self.run(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
        engine = create_engine(self.url(TEMPLATE), poolclass=NullPool)
        with engine.begin() as connection:
            upgrade(connection)
        engine.dispose()

    @contextmanager
    def database(self, template: str = TEMPLATE) -> Iterator[str]:
        """The address of a fresh database: a copy of the migrated one, or of `template0`, which is empty."""
        name = f"test_{next(self._names)}"
        self.run(sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(sql.Identifier(name), sql.Identifier(template)))
        yield self.url(name)
        self.run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def cut_off(url: str) -> None:
    """End every connection to that database, as a restart of the server does."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                                "WHERE datname = current_database() AND pid <> pg_backend_pid()"))
    engine.dispose()


def only_read(url: str, only: bool = True) -> None:
    """Whoever connects to that PostgreSQL database from now on may only read, or may write again."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE"))
        connection.commit()
        name = connection.execute(text("SELECT quote_ident(current_database())")).scalar_one()
        connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = {'on' if only else 'off'}"))
        connection.commit()
    engine.dispose()
    cut_off(url)


def rows_of(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, whichever part of the house it belongs to."""
    engine = create_engine(url.replace("+aiosqlite", ""), poolclass=NullPool)
    found = {}
    with engine.connect() as connection:
        known = inspect(connection)
        for schema in known.get_schema_names():
            if schema != "information_schema":
                for table in known.get_table_names(schema):
                    name = table if schema == known.default_schema_name else f"{schema}.{table}"
                    quoted = f'"{schema}"."{table}"'
                    found[name] = sorted(map(tuple, connection.exec_driver_sql(f"SELECT * FROM {quoted}")), key=repr)  # noqa: S608
    engine.dispose()
    return found


def kept_by(url: str) -> bytes:
    """All that the database keeps, as bytes in which a secret can be looked for."""
    if url.startswith("sqlite"):
        file = Path(url.partition(":///")[2])
        return b"".join(path.read_bytes() for path in sorted(file.parent.glob(f"{file.name}*")))
    return b"\n".join(_raw(value) for rows in rows_of(url).values() for row in rows for value in row)


def _raw(value: Any) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else repr(value).encode() if not isinstance(value, str) else value.encode()
