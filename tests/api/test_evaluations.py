"""Kept runs over the API: listed whatever lies in the folder, filtered, compared, and closed to everybody else."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from desk.people import LANGS, Lang
from tests.api.kept import TALK, WHY, a_run, kept
from tests.api.scripted import World

PATH = "/api/v1/evaluations"
BROKEN = {
    "torn": '{"suite": "theirs", "n": 3, "metr',
    "list": "[1, 2]", "number": "7", "nothing": "", "no-cases": '{"suite": "theirs"}', "no-runs": '{"runs": []}', "runs": '{"runs": 3}',
    "figures": json.dumps(a_run(metrics={"accuracy": "good"})), "languages": json.dumps(a_run(by_lang=[])),
    "gates": json.dumps(a_run(gates=[{"name": 1}])), "case": json.dumps(a_run(cases=[{"id": "x"}])),
    "right": json.dumps(a_run(cases=[a_run()["cases"][0] | {"right": "perhaps"}])),
    "transcript": json.dumps(a_run(cases=[a_run()["cases"][0] | {"transcript": [1]}])),
    "deep": "[" * 100_000, "curves": json.dumps(a_run(curves={"risk": 3})),
}


@pytest.fixture
def runs(world: World) -> Path:
    return world.runs


async def got(world: World, path: str, **params: Any) -> Any:
    answer = await (await world.signed_in("evaluator")).get(f"{PATH}{path}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_house_that_kept_nothing_has_no_runs(world: World) -> None:
    assert await got(world, "") == {"runs": [], "total": 0}


async def test_runs_are_listed_newest_first_without_their_cases(world: World, runs: Path) -> None:
    kept(runs, "older", a_run(), at=1_741_770_000)
    kept(runs, "newer", {"runs": [a_run(), a_run(suite="others")]}, at=1_741_780_000)
    found = await got(world, "")
    assert [(run["id"], [suite["suite"] for suite in run["suites"]]) for run in found["runs"]] == [
        ("newer", ["theirs", "others"]), ("older", ["theirs"])]
    assert found["runs"][0]["suites"][0]["gates"][0]["holds"] and found["total"] == 2
    assert (await got(world, "", skip=1, limit=1))["runs"][0]["id"] == "older"


@pytest.mark.parametrize("name", BROKEN)
async def test_a_file_that_is_no_run_is_listed_with_its_reason_and_hides_no_other(world: World, runs: Path, name: str) -> None:
    kept(runs, name, BROKEN[name], at=1_741_780_000)
    kept(runs, "sound", a_run())
    first, second = (await got(world, ""))["runs"]
    assert (first["id"], first["unreadable"], first["suites"]) == (name, "not_a_run", []) and f"{name}.json" in first["detail"]
    assert (second["id"], second["unreadable"]) == ("sound", "")
    assert (await got(world, f"/{name}"))["unreadable"] == "not_a_run"
    assert await got(world, f"/{name}/cases") == {"cases": [], "total": 0}


async def test_bytes_that_are_no_text_and_things_that_are_no_files_break_nothing(world: World, runs: Path) -> None:
    runs.mkdir()
    (runs / "bytes.json").write_bytes(b"\xff\xfe{}")
    (runs / "folder.json").mkdir()
    (runs / ".hidden.json").write_text("{}")
    (runs / "notes.txt").write_text("{}")
    found = (await got(world, ""))["runs"]
    assert [(run["id"], run["unreadable"]) for run in found] == [("bytes", "not_a_run")]


async def test_a_number_that_json_does_not_have_is_none(world: World, runs: Path) -> None:
    kept(runs, "odd", json.dumps(a_run(metrics={"accuracy": float("nan")}, intervals={"accuracy": [float("-inf"), 1.0]})))
    suite = (await got(world, "/odd"))["suites"][0]
    assert (suite["metrics"], suite["intervals"]) == ({"accuracy": None}, {"accuracy": [None, 1.0]})


async def test_cases_come_worst_first_and_fit_what_is_asked_for(world: World, runs: Path) -> None:
    kept(runs, "run", a_run(wrong=2))
    found = await got(world, "/run/cases")
    assert [case["outcome"] for case in found["cases"][:8]] == ["wrong"] * 6 + ["unjudged", "right"] and found["total"] == 60
    for lang in LANGS:
        wrong = await got(world, "/run/cases", lang=lang, outcome="wrong", suite="theirs")
        assert [case["id"] for case in wrong["cases"]] == [f"{lang}-0", f"{lang}-1"] and wrong["total"] == 2
    assert (await got(world, "/run/cases", suite="others"))["total"] == 0
    assert len((await got(world, "/run/cases", skip=55))["cases"]) == 5


async def test_a_case_tells_its_conversation_and_why_each_turn_went_so(world: World, runs: Path) -> None:
    kept(runs, "run", a_run())
    case = await got(world, "/run/cases/1")
    assert (case["transcript"], case["turns"], case["evidence"]) == (TALK, [WHY], {"speaker": "human"})
    assert (case["outcome"], case["reason"], case["probability"]) == ("wrong", "handed over: yes", 0.75)


@pytest.mark.parametrize("path", ["/nothing", "/nothing/cases", "/run/cases/0", "/run/cases/61", "/nothing/compare?before=run",
                                  "/run/compare?before=nothing", "/nothing/export", "/..%2Frun", "/.hidden", "/run%00", "/" + "x" * 100])
async def test_what_is_not_there_is_not_found(world: World, runs: Path, path: str) -> None:
    kept(runs, "run", a_run())
    kept(runs.parent, "outside", a_run())
    assert (await (await world.signed_in("evaluator")).get(f"{PATH}{path}")).status_code == 404


async def compared(world: World, before: str, after: str) -> Any:
    """Once it is worked out, by a process beside the server."""
    until = time.monotonic() + 200
    while (found := await got(world, f"/{after}/compare", before=before))["state"] == "waiting" and time.monotonic() < until:
        pass
    return found


async def test_a_comparison_flags_what_is_more_than_chance_and_names_the_cases(world: World, runs: Path) -> None:
    kept(runs, "a", a_run(wrong=1))
    kept(runs, "b", a_run(wrong=12))
    kept(runs, "c", a_run(suite="others"))
    fell = await compared(world, "a", "b")
    whole = next(each for each in fell["differences"]["theirs"] if each["name"] == "accuracy")
    assert (fell["state"], whole["significant"], whole["worse"], whole["n"]) == ("done", True, True, 59)
    assert fell["changed"] == 33 and {(each["before"], each["after"]) for each in fell["changes"]} == {("right", "wrong")}
    assert (await got(world, f"/b/cases/{fell['changes'][0]['number']}"))["id"] == fell["changes"][0]["id"]
    apart = await compared(world, "a", "c")
    assert (apart["state"], apart["differences"], apart["changes"]) == ("done", {}, [])


async def test_a_run_is_downloaded_as_it_is_and_as_one_page(world: World, runs: Path) -> None:
    kept(runs, "run", a_run())
    kept(runs, "torn", BROKEN["torn"])
    evaluator = await world.signed_in("evaluator")
    plain, report = [await evaluator.get(f"{PATH}/run/export", params={"format": form}) for form in ("json", "html")]
    assert plain.json() == a_run()
    assert plain.headers["content-disposition"] == 'attachment; filename="run.json"'
    assert "attachment" in report.headers["content-disposition"] and "What the exams found" in report.text
    assert (await evaluator.get(f"{PATH}/torn/export")).text == BROKEN["torn"]
    assert (await evaluator.get(f"{PATH}/torn/export", params={"format": "html"})).status_code == 404


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", ["user", "observer", "agent", "supervisor"])
async def test_nobody_else_sees_runs(world: World, runs: Path, name: str, lang: Lang) -> None:
    kept(runs, "run", a_run())
    client = await world.signed_in(name, **{"Accept-Language": lang})
    answers = [await client.get(f"{PATH}{path}") for path in ("", "/run", "/run/cases", "/run/cases/1", "/run/export", "/nothing")]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(403, "refused")}
