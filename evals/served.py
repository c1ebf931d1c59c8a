"""A demo house of its own behind a real server, on a port of its own: for what is measured from outside."""

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

READY_WITHIN = 180.0           # seconds
# Settings of the house that is measured; empty is as if it were not set. It must not meet the database or the sign-in of another.
# Without rate limits: they would answer before anything is looked up.
OWN: dict[str, object] = {"HOST": "127.0.0.1", "RATE_LIMIT": 0, "LOG_LEVEL": "error", "URL": "", "DATABASE_URL": "", "SMTP_URL": "",
                          "OIDC_ISSUER": "", "LOCAL_PASSWORDS": "", "CONFIG": ""}


@contextmanager
def served() -> Iterator[str]:
    """Its address, once it is ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, (Path(folder) / "log").open("wb") as log:
        given = [f"YAVAR_{name}={value}" for name, value in {**OWN, "HOME": f"{folder}/home", "PORT": port}.items()]
        process = subprocess.Popen(["env", *given, sys.executable, "-m", "yavar", "serve"], cwd=folder, stdout=log, stderr=log)  # noqa: S603, S607
        url = f"http://127.0.0.1:{port}"
        try:
            _await(url, process)
            yield url
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
