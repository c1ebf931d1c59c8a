"""One thread per matrix product: on a busy machine several wait for one another, many times as long as the product takes."""

import os

NAMES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def one_thread() -> None:
    """Unless somebody says otherwise. Read once, when numpy is first imported: call it before."""
    for name in NAMES:
        os.environ.setdefault(name, "1")
