"""SQuAD files: read as they are, and what is not well formed is named with its line."""

import hashlib
import json
from importlib.resources import files
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


def pointing(path: Path, *passages: str) -> Path:
    """Questions alone: each names its passage by digest, on a line of its own."""
    lines = [json.dumps({"sha256": hashlib.sha256(text.encode()).hexdigest(), "qas": [question(f"q{at}", "چه کسی؟", answers=[])]},
                        ensure_ascii=False) for at, text in enumerate(passages)]
    path.write_text('{"data": [{"paragraphs": [\n' + ",\n".join(lines) + "]}]}", "utf-8")
    return path


def test_questions_alone_name_their_passage_by_its_digest_wherever_it_stands(tmp_path: Path) -> None:
    held = squad.read(written(tmp_path / "en.json", ("one", [question("q1")]), (" two ", [question("q0")]), ("three", [question("3")])))
    asked = squad.over(squad.read(pointing(tmp_path / "fa.json", "three", "two"), elsewhere=True), held, tmp_path / "en.json")
    assert [(each.id, each.passage) for each in asked.questions] == [("q0", "p00003"), ("q1", "p00002")], "a digest goes before an id"
    assert asked.passages == held.passages


def test_a_passage_that_is_not_there_is_named_with_the_line_of_its_question(tmp_path: Path) -> None:
    held, file = squad.read(written(tmp_path / "en.json", ("one", [question("1")]))), pointing(tmp_path / "fa.json", "one", "two")
    with pytest.raises(BadData, match=rf"fa\.json:3: .*en\.json has no passage .* sha256:{hashlib.sha256(b'two').hexdigest()}"):
        squad.over(squad.read(file, elsewhere=True), held, tmp_path / "en.json")
    with pytest.raises(BadData, match=r"fa\.json:2: the passage stands in another file: name that file with --passages"):
        squad.read(file)
    file.write_text(file.read_text("utf-8").replace('"sha256": "', '"sha256": "x'), "utf-8")
    with pytest.raises(BadData, match=r"fa\.json:2: `sha256` must be 64 hexadecimal digits"):
        squad.read(file, elsewhere=True)


def test_our_persian_questions_over_english_passages_hold_no_passage_and_each_asks_of_another() -> None:
    found = squad.read(Path(str(files("evals").joinpath("suites", "retrieval", "questions.fa-en.json"))), elsewhere=True)
    assert not found.passages and len(found.questions) == len(set(found.paragraphs)) == len({each.text for each in found.questions}) == 150


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
