"""Runs that a house keeps: whole or not at all, and the same run as in the file that was asked for."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from desk.errors import NotFound
from evals.case import BadData
from evals.cli import app
from evals.judged import Judged
from evals.kept import Kept
from evals.place import Place
from evals.result import Result

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ROWS = [{"text": "can I talk to a real person", "label": "human", "lang": "en"},
        {"text": "الطابعة لا تعمل", "label": "other", "lang": "ar"}, {"text": "پرینتر کار نمیکنه", "label": "other", "lang": "fa"}]


def a_result(suite: str = "sums", right: bool | None = True) -> Result:
    judged = tuple(Judged(id=str(at), lang="fa", text=f"جمع {at}", right=right, turns=({"at": 1, "rules": []},)) for at in range(3))
    return Result(suite=suite, n=3, metrics={"accuracy": 1.0}, by_lang={"fa": {"accuracy": 1.0}}, judged=judged)


def test_what_is_kept_is_found_again_as_it_was(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "runs")
    kept.open()
    name = kept.keep([a_result(), a_result("others", right=False)], NOW)
    found = kept.run(name)
    assert name.startswith("2026-11-22T12-00-00-") and not found.unreadable
    assert [suite.as_json() for suite in found.suites] == [a_result().as_json(), a_result("others", right=False).as_json()]
    assert [(each.number, each.suite) for each in found.cases] == [(at, "others") for at in (4, 5, 6)] + [(at, "sums") for at in (1, 2, 3)]
    assert [path.name for path in (tmp_path / "runs").iterdir()] == [f"{name}.json"]       # nothing unfinished is left


def test_two_runs_that_end_in_the_same_second_are_both_kept(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    assert len({kept.keep([a_result(suite)], NOW) for suite in ("one", "two")}) == 2
    assert kept.page(skip=0, limit=9)[1] == 2


def test_a_file_that_is_replaced_is_read_anew(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    (tmp_path / "run.json").write_text("{", "utf-8")
    assert kept.run("run").unreadable == "not_a_run"
    (tmp_path / "run.json").write_text(json.dumps(a_result().as_json()), "utf-8")
    assert kept.run("run").unreadable == "" and kept.page(skip=0, limit=9)[0][0].suites[0].suite == "sums"
    (tmp_path / "run.json").unlink()
    with pytest.raises(NotFound):
        kept.run("run")


@pytest.mark.skipif(os.geteuid() == 0, reason="who may do anything may write anywhere")
def test_a_folder_that_cannot_be_written_is_told_before_the_run(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(BadData, match="YAVAR_HOME"):
        Kept(tmp_path / "runs").open()


def test_a_file_in_the_folders_place_is_told_before_the_run(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("")
    with pytest.raises(BadData, match="YAVAR_HOME"):
        Kept(tmp_path / "runs").open()


@pytest.mark.parametrize("name", ["", "..", "../outside", ".hidden", "a/b", "x" * 101, "a\0b", "a\n"])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "outside.json").write_text(json.dumps(a_result().as_json()), "utf-8")
    (tmp_path / "runs").mkdir()
    for ask in (Kept(tmp_path / "runs").run, Kept(tmp_path / "runs").text, Kept(tmp_path / "runs").html):
        with pytest.raises(NotFound):
            ask(name)


def test_a_run_keeps_what_it_writes_elsewhere(tmp_path: Path) -> None:
    data, written = tmp_path / "data.jsonl", tmp_path / "run.json"
    data.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS), "utf-8")
    place = Place(runs=tmp_path / "evals", kept=tmp_path / "runs", now=lambda: NOW)
    done = CliRunner().invoke(app, ["run", "human", "--data", str(data), "--no-peers", "--json", str(written)], obj=lambda: place)
    assert done.exit_code == 0, done.output
    (kept,) = (tmp_path / "runs").iterdir()
    assert kept.read_bytes() == written.read_bytes() and kept.stem in done.output
    assert list((tmp_path / "evals").iterdir()) == []
