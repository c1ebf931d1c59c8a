"""Facts: what is malformed is named, and an answer states, contradicts or says nothing."""

from pathlib import Path

import pytest

from evals.answers import gather
from evals.case import BadData
from evals.suites.consistency.fact import load, stated
from evals.suites.consistency.suite import EXAM, judged, streamed

FACT = """- id: locked
  value: "30"
  states: {en: 'after (\\d+) minutes', ar: 'بعد (\\d+) دقيقة', fa: 'پس از (\\d+) دقیقه'}
  asks: {en: ["when?"], ar: ["متى؟"], fa: ["کی؟", "چند دقیقه؟"]}
"""


@pytest.mark.parametrize(("text", "says"), [
    ("- id: [", r"f\.yaml:\d: not YAML"),
    ("id: x", r"f\.yaml:1: a list of facts"),
    (FACT + "- id: two\n  value: 3\n", r"f\.yaml:5: a fact has"),
    (FACT.replace("(\\d+) minutes", "\\d+ minutes"), r"f\.yaml:1: `states` must hold the value as a group"),
    (FACT.replace("asks: {en", "asks: {de: [], en"), r"f\.yaml:1: unknown language de"),
])
def test_a_malformed_file_names_its_line(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "f.yaml").write_text(text, "utf-8")
    with pytest.raises(BadData, match=says):
        load(tmp_path / "f.yaml")


def test_values_are_read_in_every_languages_digits_and_letters(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_text(FACT, "utf-8")
    (fact,) = load(tmp_path / "f.yaml")
    assert stated(fact, "ar", "يُفتح بعد **٣٠ دقيقة** [1].") == stated(fact, "fa", "پس از ۳۰ دقیقه [2] باز می‌شود") == {"30"}
    assert stated(fact, "en", "I'll connect you with a person") == frozenset()
    english, arabic, persian, again = fact.wordings
    found = gather([judged(english, {"json": "after 30 minutes", "stream": "after 30 minutes"}),
                    judged(arabic, {"json": "بعد ٢٠ دقيقة", "stream": "بعد ٣٠ دقيقة"}), judged(persian, {"json": "", "stream": ""}),
                    judged(again, {"json": "پس از ۳۰ دقیقه", "stream": "پس از ۳۰ دقیقه"})])
    assert {name: figure.of(found) for name, figure in EXAM.figures.items()} == {
        "contradictions": 1 / 8, "stated": 5 / 8, "channels_differ": 1 / 4}


def test_the_whole_answer_is_the_last_message_of_a_stream() -> None:
    body = 'event: delta\ndata: {"text": "a"}\n\n: ping\n\nevent: message\nid: 3\ndata: {"reply": {"text": "b"}}\n\n'
    assert streamed(body) == {"reply": {"text": "b"}}
    with pytest.raises(ValueError, match="without an answer"):
        streamed("event: delta\ndata: {}\n\n")
