"""The command line asks for one thread per matrix product before numpy is loaded, and leaves alone what somebody has set."""

import os
import subprocess
import sys

import pytest

SAYS = """
import os, sys, yavar.cli
assert "numpy" not in sys.modules
sys.argv = ["yavar", "--help"]
try:
    yavar.cli.main()
except SystemExit:
    print("threads", os.environ["OPENBLAS_NUM_THREADS"], os.environ["OMP_NUM_THREADS"])
"""


@pytest.mark.parametrize(("by_hand", "told"), [({}, "threads 1 1"), ({"OPENBLAS_NUM_THREADS": "4"}, "threads 4 1")])
def test_one_thread_unless_somebody_says_otherwise(by_hand: dict[str, str], told: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")} | by_hand
    asked = subprocess.run([sys.executable, "-c", SAYS], env=environment, capture_output=True, text=True, check=True)
    assert asked.stdout.splitlines()[-1] == told
