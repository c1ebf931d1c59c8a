"""Servers that start quickly, are killed, and are started again; and clients that go on after they were cut off."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from desk.services.signin import SignIn
from desk.store import Store
from tests.journeys.conftest import QUICK
from tests.yavar.servers import free_port
from yavar.clock import utcnow

ROOT = Path(__file__).parents[2]
READY_WITHIN = 300.0           # seconds; several processes may start on one slow machine
SECRET = "a secret of this test only"


class Forks:
    def __init__(self) -> None:
        self._process = subprocess.Popen([sys.executable, ROOT / "tests" / "yavar" / "forking.py"], cwd=ROOT, stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, text=True)

    def start(self, command: str, env: dict[str, str], log: Path) -> int:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps({"command": command, "env": env, "log": str(log)}) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


@dataclass
class House:
    """A server that is killed and started again, and those who go on talking to it."""

    forks: Forks
    home: Path
    database: str
    port: int = field(default_factory=free_port)
    pid: int = 0

    @property
    def env(self) -> dict[str, str]:
        return {"YAVAR_HOME": str(self.home), "YAVAR_PORT": str(self.port), "YAVAR_DATABASE_URL": self.database, "YAVAR_SECRET": SECRET,
                "YAVAR_LOG_LEVEL": "warning", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

    def http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", timeout=60, trust_env=False)

    def begin(self, command: str = "serve", **settings: str) -> None:
        self.pid = self.forks.start(command, self.env | settings, self.home.with_suffix(".log"))

    async def start(self, http: httpx.AsyncClient, **settings: str) -> None:
        self.begin(**settings)
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline:
            try:
                if (await http.get("/readyz")).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.05)
        raise AssertionError(self.home.with_suffix(".log").read_text("utf-8")[-2000:])

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        while _lives(self.pid):
            time.sleep(0.005)
        self.pid = 0

    def sql(self, statement: str) -> list[Any]:
        engine = create_engine(self.database.replace("+aiosqlite", ""), poolclass=NullPool)
        with engine.connect() as connection:
            found = list(connection.execute(text(statement)))
        engine.dispose()
        return found

    async def token(self, name: str = "user") -> str:
        store = Store(self.database)
        token = await SignIn(store, QUICK).issue_token(name, utcnow())
        await store.close()
        return token


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def until_answered(http: httpx.AsyncClient, path: str, body: dict[str, str]) -> dict[str, Any]:
    """As a client does that was cut off: the same message again, with the same id, until there is an answer."""
    while True:
        try:
            answer = await http.post(path, json=body)
        except httpx.HTTPError:
            await asyncio.sleep(0.1)
            continue
        if answer.status_code == 503:              # still opening
            await asyncio.sleep(0.1)
            continue
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found
