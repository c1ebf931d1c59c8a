"""A real server of its own home and port, as an operator starts it; ended, or killed, by the test that started it."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

READY_WITHIN = 240.0           # seconds; a shared machine may be slow, speed itself is measured elsewhere


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    def __init__(self, home: Path, **settings: str) -> None:
        self.home = home
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.env = {**os.environ, "YAVAR_HOME": str(home), "YAVAR_PORT": str(self.port), "OMP_NUM_THREADS": "1",
                    "OPENBLAS_NUM_THREADS": "1", **settings}
        self.log = home.parent / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *args: str) -> "Server":
        with self.log.open("ab") as log:
            self._process = subprocess.Popen([sys.executable, "-m", "yavar", "serve", *args], env=self.env, stdout=log, stderr=log)
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise AssertionError(f"the server ended: {self.log.read_text('utf-8')[-2000:]}")
            if self._answers():
                return self
            time.sleep(0.1)
        self.kill()
        raise AssertionError(f"the server was not ready: {self.log.read_text('utf-8')[-2000:]}")

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(how)
            self._process.wait(30)

    def command(self, *args: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run([sys.executable, "-m", "yavar", *args], env=self.env, capture_output=True, text=True, timeout=120,
                              check=False)

    def token(self, account: str) -> str:
        issued = self.command("token", "issue", account)
        assert issued.returncode == 0, issued.stderr
        return issued.stdout.strip()

    def api(self, token: str) -> httpx.Client:
        return httpx.Client(base_url=f"{self.url}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=60)


def until(check: Any, seconds: float) -> Any:
    """What `check` gives once it is true; it is looked at again and again for so long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = check()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError(f"not within {seconds} s")
