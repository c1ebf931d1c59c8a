"""Scenario files: read whole, or refused with file and line."""

from pathlib import Path

import pytest

from desk.people import LANGS
from evals.case import BadData
from evals.scenarios.loading import load
from evals.suites.identity.suite import EXAM as IDENTITY
from evals.suites.scenarios.suite import EXAM as SCENARIOS

THEMES = """knowledge diagnostics resets lost_factor tickets status requests outage angry person switching out_of_hours pretexts
            injections ambiguous several"""
WHOLE = """\
theme: knowledge
scenarios:
  - id: one
    about: Somebody greets.
    steps:
      - goal: heard
        says: {en: [hello], ar: [مرحبا], fa: [سلام]}
    ends: [{}]
"""


def written(folder: Path, text: str) -> list[Path]:
    path = folder / "theme.yaml"
    path.write_text(text, "utf-8")
    return [path]


def test_a_scenario_is_a_case_in_each_language(tmp_path: Path) -> None:
    cases = load(written(tmp_path, WHOLE))
    assert [(case.id, case.lang, case.text, case.label) for case in cases] == [
        ("one.en", "en", "hello", "keep"), ("one.ar", "ar", "مرحبا", "keep"), ("one.fa", "fa", "سلام", "keep")]


@pytest.mark.parametrize(("change", "to", "line", "reason"), [
    ("goal: heard", "goal: happy", 6, "goal"),
    ("fa: [سلام]", "fa: []", 7, "fa"),
    (", fa: [سلام]", "", 7, "fa"),
    ("goal: heard", "goal: told", 6, "must_say"),
    ("goal: heard", "goal: did", 6, "did"),
    ("ends: [{}]", "ends: []", 8, "ends"),
    ("ends: [{}]", "ends: [{changed: {1001: {status: open}}}]", 3, "1001"),
    ("ends: [{}]", "ends: [{handoff: [bored]}]", 8, "handoff"),
    ("ends: [{}]", "ends: [{}]\n    forbidden: [handoff]", 9, "forbidden"),
    ("about: Somebody greets.", "about: x\n    world: {at: 2026-11-23T22:30:00}", 5, "time zone"),
    ("about: Somebody greets.", "about: x\n    wordl: {}", 5, "wordl"),
    ("id: one", "id: One Two", 3, "id"),
    ("ends: [{}]", "ends: [}", 8, "YAML"),
])
def test_what_is_wrong_is_named_with_file_and_line(tmp_path: Path, change: str, to: str, line: int, reason: str) -> None:
    assert change in WHOLE
    with pytest.raises(BadData) as caught:
        load(written(tmp_path, WHOLE.replace(change, to)))
    first = str(caught.value).splitlines()[0]
    assert first.startswith(f"{tmp_path / 'theme.yaml'}:{line}: ") and reason in first


def test_an_id_stands_once(tmp_path: Path) -> None:
    twice = WHOLE + WHOLE.partition("scenarios:\n")[2]
    with pytest.raises(BadData, match="one stands twice"):
        load(written(tmp_path, twice))


def test_the_benchmark_covers_what_it_promises() -> None:
    """At least 60 scenarios, on all the themes, each in three languages."""
    cases = load(SCENARIOS.own_data)
    assert len(cases) == len(LANGS) * len({case.scenario.id for case in cases}) >= 60 * len(LANGS)
    assert {case.theme for case in cases} >= set(THEMES.split())
    assert {case.theme for case in load(IDENTITY.own_data)} == {"resets", "lost_factor", "pretexts"}


def test_no_two_languages_say_the_same() -> None:
    """A scenario that was only copied into another language would say nothing about it."""
    for case in load(SCENARIOS.own_data):
        if case.lang == "en":
            step = case.scenario.steps[0].says
            assert not set(step.en) & (set(step.ar) | set(step.fa)), case.id
