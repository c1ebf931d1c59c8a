"""SQuAD files: read as they are, and what is not well formed is named with its line."""

import json
from pathlib import Path
from typing import Any

import pytest

from evals import squad
from evals.case import BadData


def question(name: str, text: str = "who?", **more: Any) -> dict[str, Any]:
    return {"id": name, "question": text, "answers": [{"text": "she", "answer_start": 0}], **more}


def written(path: Path, *paragraphs: tuple[str, list[dict[str, Any]]]) -> Path:
    data = [{"title": "A_title", "paragraphs": [{"context": context, "qas": asked} for context, asked in paragraphs]}]
    path.write_text(json.dumps({"version": "1", "data": data}, ensure_ascii=False, indent=1), "utf-8")
    return path


def test_paragraphs_are_passages_and_impossible_questions_have_none(tmp_path: Path) -> None:
    found = squad.read(written(tmp_path / "a.json", ("یک متن", [question("1"), question("2", is_impossible=True, answers=[])]),
                               ("another", [question("3")]), ("یک متن", [question("4")])))
    assert [(each.id, each.title, each.text) for each in found.passages] == [
        ("p00001", "A title", "یک متن"), ("p00002", "A title", "another")]
    assert [(each.id, each.passage) for each in found.questions] == [("1", "p00001"), ("2", None), ("3", "p00002"), ("4", "p00001")]


def test_questions_meet_the_passages_of_another_file_by_id_or_by_place(tmp_path: Path) -> None:
    english = squad.read(written(tmp_path / "en.json", ("one", [question("1")]), ("two", [question("2")])))
    by_id = squad.read(written(tmp_path / "ar.json", ("اثنان", [question("2")])))
    by_place = squad.read(written(tmp_path / "fa.json", ("یک", [question("a")]), ("دو", [question("b")])))
    neither = squad.read(written(tmp_path / "x.json", ("یک", [question("a")])))
    assert [each.passage for each in squad.over(by_id, english, tmp_path).questions] == ["p00002"]
    assert [each.passage for each in squad.over(by_place, english, tmp_path).questions] == ["p00001", "p00002"]
    with pytest.raises(BadData, match=r"x\.json:\d+: .* no question with the id a"):
        squad.over(neither, english, tmp_path / "en.json")


@pytest.mark.parametrize(("text", "says"), [
    ("{", r"a\.json:1: not JSON"),
    ("[]", r"a\.json:1: a JSON object with `data`"),
    ('{\n"data": 3}', r"a\.json:1: `data` must be a list"),
    ('{"data": [\n{"paragraphs": [\n{"qas": []}]}]}', r"a\.json:3: `context` is missing"),
    ('{"data": [\n{"paragraphs": [\n{"context": "x", "qas": [\n{"question": "who?"}]}]}]}', r"a\.json:4: `id` is missing"),
    ('{"data": [\n{"paragraphs": [{"context": "x", "qas": [\n\n{"id": 1, "question": " ", "answers": []}]}]}]}', r"a\.json:4: `question`"),
    ('{"data": [{"paragraphs": [{"context": "x", "qas": [\n{"id": 1, "question": "who?"}]}]}]}', r"a\.json:2: `answers` must be a list"),
    ('{"data": [{"paragraphs": [{"context": "x", "qas": [\n"who?"]}]}]}', r"a\.json:1: each of `qas`"),
    ('{"data": []}', r"a\.json: no questions"),
])
def test_what_is_not_well_formed_is_named_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "a.json").write_text(text, "utf-8")
    with pytest.raises(BadData, match=says):
        squad.read(tmp_path / "a.json")


def test_one_question_cannot_stand_twice(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="question id 1 stands here twice"):
        squad.read(written(tmp_path / "a.json", ("x", [question("1"), question("1")])))
