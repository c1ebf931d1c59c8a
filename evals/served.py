"""A demo house of its own behind a real server, on a port of its own: for what is measured from outside."""

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

READY_WITHIN = 180.0           # seconds
# Settings of the house that is measured; empty is as if it were not set. It must not meet the database or the sign-in of another.
# Without rate limits: they would answer before anything is looked up.
OWN: dict[str, object] = {"HOST": "127.0.0.1", "RATE_LIMIT": 0, "LOG_LEVEL": "error", "URL": "", "DATABASE_URL": "", "SMTP_URL": "",
                          "OIDC_ISSUER": "", "LOCAL_PASSWORDS": "", "CONFIG": ""}


@dataclass(frozen=True, kw_only=True)
class Served:
    url: str
    command: Sequence[str]     # what every command of that house begins with
    folder: str

    def token(self, account: str) -> str:
        """A token of one of the demo people."""
        done = subprocess.run([*self.command, "token", "issue", account], cwd=self.folder, capture_output=True, check=True)  # noqa: S603
        return done.stdout.decode().strip().splitlines()[-1]


@contextmanager
def served() -> Iterator[Served]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, (Path(folder) / "log").open("wb") as log:
        given = [f"YAVAR_{name}={value}" for name, value in {**OWN, "HOME": f"{folder}/home", "PORT": port}.items()]
        command = ["env", *given, sys.executable, "-m", "yavar"]
        process = subprocess.Popen([*command, "serve"], cwd=folder, stdout=log, stderr=log)  # noqa: S603
        house = Served(url=f"http://127.0.0.1:{port}", command=command, folder=folder)
        try:
            _await(house.url, process)
            yield house
        finally:
            process.terminate()
            process.wait(30)


def _await(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/readyz", timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise RuntimeError("the server did not become ready")
