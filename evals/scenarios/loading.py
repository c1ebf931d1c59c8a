"""Reads scenario files. Each scenario is three cases, one per language."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from desk.people import LANGS, Lang
from evals.case import BadData
from evals.scenarios.shape import Scenario, Theme
from tools.declared import BadDeclaration, read_file

HANDS_OFF, KEEPS = "hand_off", "keep"         # whether a person should come


@dataclass(frozen=True, kw_only=True)
class ScenarioCase:
    theme: str
    scenario: Scenario
    lang: Lang

    @property
    def id(self) -> str:
        return f"{self.scenario.id}.{self.lang}"

    @property
    def text(self) -> str:
        """The first of the ways in which it may begin."""
        return self.scenario.steps[0].says.of(self.lang)[0]

    @property
    def label(self) -> str:
        """"" where either is right."""
        hands_off = self.scenario.hands_off()
        return "" if hands_off is None else HANDS_OFF if hands_off else KEEPS


def load(paths: Sequence[Path]) -> list[ScenarioCase]:
    """All cases of the files. Raises BadData with each problem as `file:line: place: reason`."""
    themes = [_theme(path) for path in paths]
    counted = Counter(scenario.id for theme in themes for scenario in theme.scenarios)
    twice = sorted(name for name, count in counted.items() if count > 1)
    if twice:
        raise BadData(f"{', '.join(str(path) for path in paths)}: the id {twice[0]} stands twice")
    return [ScenarioCase(theme=theme.theme, scenario=scenario, lang=lang)
            for theme in themes for scenario in theme.scenarios for lang in LANGS]


def _theme(path: Path) -> Theme:
    try:
        return read_file(path, Theme)
    except BadDeclaration as error:
        raise BadData(str(error)) from None
