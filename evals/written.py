"""A run as a file of JSON: what `yavar eval run --json` writes, and whatever somebody puts in its place."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evals.case import BadData
from evals.result import Result


def text_of(results: Sequence[Result]) -> str:
    """One suite's run is an object, several suites' are `{"runs": [...]}`."""
    told = [result.as_json() for result in results]
    whole: dict[str, Any] = told[0] if len(told) == 1 else {"runs": told}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def read(path: Path) -> list[Result]:
    """The results in a file that a run wrote. Raises BadData, which names the file and what is wrong with it."""
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise BadData(f"{path}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise BadData(f"{path}: not UTF-8 ({error})") from None
    return parsed(text, str(path))


def parsed(text: str, place: str) -> list[Result]:
    """Raises BadData, which names `place`."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadData(f"{place}: not JSON ({error})") from None
    runs = whole["runs"] if isinstance(whole, dict) and "runs" in whole else [whole]
    if not isinstance(runs, list) or not runs:
        raise BadData(f"{place}: `runs` must be a list of runs, one for each suite")
    return [Result.from_json(each, place) for each in runs]
