"""Comparisons of kept runs, worked out beside the server: they draw thousands of samples, and nobody else should wait for that.

Each runs in a process of its own, one at a time, and what came of it is remembered as long as the server lives.
"""

import json
import os
import subprocess
import sys
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from threading import Lock
from typing import Any

from evals.difference import Difference

MOST = 16                      # comparisons that are remembered or waited for
WITHIN = 1800.0                # seconds
GENTLE = 10                    # of the operating system's priorities: whoever chats goes first

Differences = Mapping[str, Sequence[Difference]]       # by suite


class Failed(Exception):
    """The comparison could not be worked out. `yavar eval compare A.json B.json` says why."""


class Comparisons:
    def __init__(self) -> None:
        self._found: OrderedDict[Hashable, Future[Differences]] = OrderedDict()
        self._lock = Lock()
        self._workers: ThreadPoolExecutor | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._closed = False

    def of(self, key: Hashable, before: Path, after: Path) -> Differences | None:
        """None while it is being worked out. Raises Failed."""
        with self._lock:
            if key not in self._found and self._room():
                self._workers = self._workers or ThreadPoolExecutor(1, "comparison")
                self._found[key] = self._workers.submit(self._work, before, after)
            if key not in self._found:
                return None
            self._found.move_to_end(key)
            future = self._found[key]
        return future.result() if future.done() else None

    def close(self) -> None:
        """What is being worked out is given up."""
        with self._lock:
            self._closed = True
            if self._child:
                self._child.kill()
            workers = self._workers
        if workers:
            workers.shutdown(cancel_futures=True)

    def _room(self) -> bool:
        """Makes some, where what was found is remembered longest."""
        if self._closed:
            return False
        while len(self._found) >= MOST:
            over = next((key for key, future in self._found.items() if future.done()), None)
            if over is None:
                return False
            del self._found[over]
        return True

    def _work(self, before: Path, after: Path) -> Differences:
        with self._lock:
            if self._closed:
                raise Failed()
            child = self._child = subprocess.Popen(  # noqa: S603  our own program, with paths that the house has chosen
                [sys.executable, "-m", "evals.comparison", str(before), str(after)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, cwd=Path(__file__).parents[1])
        try:
            found, said = child.communicate(timeout=WITHIN)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            raise Failed() from None
        if child.returncode != 0:
            raise Failed(said.decode("utf-8", "replace").strip()[-500:])
        return {suite: [Difference(**each) for each in rows] for suite, rows in json.loads(found).items()}


def work_out(before: Path, after: Path) -> dict[str, list[dict[str, Any]]]:
    from evals.between import differences  # here: the server, which only asks for it, needs no scipy
    from evals.written import read

    return {suite: [asdict(each) for each in found] for suite, found in differences(read(before), read(after)).items()}


if __name__ == "__main__":
    with suppress(OSError):
        os.nice(GENTLE)
    json.dump(work_out(Path(sys.argv[1]), Path(sys.argv[2])), sys.stdout)
