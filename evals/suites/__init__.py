"""The suites: each folder with a `suite.py` is one, and holds it as `EXAM`. Only those that are asked for are loaded."""

import importlib
from pathlib import Path
from typing import cast

from evals.exam import Exam

ROOM = Path(__file__).parent


class NoSuite(Exception):
    """There is no suite of that name. `yavar eval list` names those there are."""


def names() -> tuple[str, ...]:
    return tuple(sorted(folder.parent.name for folder in ROOM.glob("*/suite.py")))


def exam(name: str) -> Exam:
    if name not in names():
        raise NoSuite(f"No suite is called {name}. There are: {', '.join(names())}.")
    return cast(Exam, importlib.import_module(f"{__name__}.{name}.suite").EXAM)
