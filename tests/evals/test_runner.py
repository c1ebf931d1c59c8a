"""The runner: every case once, within its time; what the machinery can't do is no wrong answer; what was judged is not asked again."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evals import figures
from evals.case import BadData, Case
from evals.exam import Judge, Judged, Work
from evals.runner import Order, Runner
from evals.work import Houses, NoHouse
from knowledge.embedder import HashingEmbedder
from tests.evals.onlookers import Onlooker, noon
from tests.evals.sums import Sums


def run(exam: Any, resume: Path | None = None, **order: Any) -> Any:
    runner = Runner(order=Order(**order), embedder=HashingEmbedder(), make_house=None, watcher=Onlooker(), now=noon, resume=resume)
    (result,) = asyncio.run(runner.run([exam]))
    return result


def broken(*exams: Any) -> list[str]:
    runner = Runner(order=Order(), embedder=HashingEmbedder(), make_house=None, watcher=Onlooker(), now=noon)
    asyncio.run(runner.run(exams))
    return runner.broken


def test_every_case_is_asked_once_and_stands_in_its_place():
    exam = Sums()
    result = run(exam, tasks=4)
    assert sorted(exam.asked) == sorted(each.id for each in result.judged)
    assert [each.id for each in result.judged] == [case.id for case in exam.cases(None)]
    assert 1 < exam.most <= 4


def test_an_error_of_the_machinery_is_no_wrong_answer():
    result = run(Sums(wrong=frozenset({"en-1"}), down=frozenset({"en-2", "fa-0"})))
    assert result.metrics["accuracy"] == round(12 / 13, 4)
    assert (result.n, result.errors) == (13, 2)
    assert [(each.id, each.error) for each in result.judged if each.right is None] == [
        ("en-2", "ConnectionError: the house is down"), ("fa-0", "ConnectionError: the house is down")]


def test_a_case_that_takes_too_long_is_an_error_and_holds_up_no_other():
    result = run(Sums(slow=frozenset({"ar-3"})), within=0.05)
    assert result.errors == 1
    assert next(each.error for each in result.judged if each.right is None) == "no answer within 0.05 s"
    assert result.metrics["accuracy"] == 1


def test_where_nothing_can_be_judged_the_machinery_is_broken():
    everything = frozenset(case.id for case in Sums().cases(None))
    assert broken(Sums(down=everything)) == ["sums: nothing could be judged. en-0: ConnectionError: the house is down"]


def test_a_suite_that_cannot_be_opened_is_broken():
    class Closed(Sums):
        @asynccontextmanager
        async def open(self, work: Work) -> AsyncIterator[Judge]:
            async with work.house():
                yield self._judge

    (said,) = broken(Closed())
    assert "Run it with the command" in said


def test_one_broken_suite_leaves_the_others_to_be_told():
    everything = frozenset(case.id for case in Sums().cases(None))
    runner = Runner(order=Order(), embedder=HashingEmbedder(), make_house=None, watcher=Onlooker(), now=noon)
    (result,) = asyncio.run(runner.run([Sums(down=everything), Sums()]))
    assert result.metrics["accuracy"] == 1 and len(runner.broken) == 1


async def test_a_house_is_wanted_of_the_composition_root():
    houses = Houses(make=None, embedder=HashingEmbedder())
    with pytest.raises(NoHouse):
        async with houses.fresh():
            pass
    houses.close()


@pytest.mark.parametrize(("wanted", "ids"), [
    ("lang=fa", ["fa-0", "fa-1", "fa-2", "fa-3", "fa-4"]),
    ("lang=fa label=3", ["fa-2"]),
    ("id=*-4", ["en-4", "ar-4", "fa-4"]),
    ("ar-1", ["ar-1"]),
    ("-2", ["en-2", "ar-2", "fa-2"]),
])
def test_a_filter_chooses_cases(wanted, ids):
    assert [each.id for each in run(Sums(), filter=wanted).judged] == ids


def test_a_filter_that_fits_nothing_is_refused():
    with pytest.raises(BadData, match="lang=de"):
        run(Sums(), filter="lang=de")


def test_repeated_attempts_are_told_apart_from_cases():
    exam = Sums()
    exam.figures["pass^3"] = figures.passes(3)
    result = run(exam, repeat=3)
    assert (result.n, result.repeat, len(result.judged), len(exam.asked)) == (15, 3, 45, 45)
    assert result.metrics["pass^3"] == 1
    assert result.sizes == {"en": 5, "ar": 5, "fa": 5}


def test_a_draw_may_depend_on_the_attempt_and_on_nothing_else_that_varies(tmp_path):
    class Drawn(Sums):
        @asynccontextmanager
        async def open(self, work: Work) -> AsyncIterator[Judge]:
            async def judge(case: Case) -> Judged:
                return replace(await self._judge(case), got=f"{case.id}/{work.attempt}")
            yield judge

    first = run(Drawn(), tmp_path / "run.jsonl", repeat=3)
    lines = (tmp_path / "run.jsonl").read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "run.jsonl").write_text("".join(lines[:20]), "utf-8")
    again = run(Drawn(), tmp_path / "run.jsonl", repeat=3, tasks=1)
    assert [each.got for each in again.judged] == [each.got for each in first.judged] != []
    assert {each.got.rpartition("/")[2] for each in first.judged} == {"0", "1", "2"}


def test_two_cases_with_one_id_are_refused():
    class Twice(Sums):
        def cases(self, work: Work) -> Sequence[Case]:
            return [replace(each, id="same") for each in super().cases(work)]

    with pytest.raises(BadData, match="two cases are called same"):
        run(Twice())


def test_a_run_that_was_broken_off_goes_on_where_it_was(tmp_path):
    record = tmp_path / "run.jsonl"
    run(Sums(wrong=frozenset({"en-1"}), down=frozenset({"fa-0"})), record)
    whole = record.read_text("utf-8")
    lines = whole.splitlines(keepends=True)
    record.write_text("".join(lines[:8]) + lines[8][:20], "utf-8")       # killed while it wrote the ninth
    exam = Sums(wrong=frozenset({"en-1"}))
    again = run(exam, record)
    assert len(exam.asked) == 15 - 7
    assert timeless(again) == timeless(run(Sums(wrong=frozenset({"en-1"}))))


def test_what_failed_is_asked_again(tmp_path):
    record, exam = tmp_path / "run.jsonl", Sums()
    run(Sums(down=frozenset({"fa-0"})), record)
    assert run(exam, record).errors == 0
    assert exam.asked == ["fa-0"]


def test_a_record_of_another_run_is_refused(tmp_path):
    run(Sums(), tmp_path / "run.jsonl")
    with pytest.raises(BadData, match=r"another run \(seed\)"):
        run(Sums(), tmp_path / "run.jsonl", seed=1)
    (tmp_path / "poem.txt").write_text("a poem\n", "utf-8")
    with pytest.raises(BadData, match=r"poem.txt:1: not a line of a run"):
        run(Sums(), tmp_path / "poem.txt")
    assert (tmp_path / "poem.txt").read_text("utf-8") == "a poem\n"


async def half_right(cases: Sequence[Case], work: Work) -> Sequence[Judged]:
    return [Judged(id=case.id, lang=case.lang, text=case.text, label=case.label, got="?", right=at % 2 == 0, sure=0.5)
            for at, case in enumerate(cases)]


async def absent(cases: Sequence[Case], work: Work) -> Sequence[Judged]:
    raise ImportError("it is not installed")


def test_a_peer_stands_beside_on_the_same_cases_and_its_failure_leaves_ours():
    result = run(Sums(peers={"half": half_right, "absent": absent}))
    assert result.peers["half"]["accuracy"] == round(8 / 15, 4)
    assert set(result.peers["half"]) >= {"accuracy", "en.accuracy", "ar.accuracy", "fa.accuracy"}
    change, low, high = result.versus["half"]["accuracy"]
    assert change == pytest.approx(1 - 8 / 15, abs=1e-4) and 0 < low < change < high
    assert result.peer_errors == {"absent": "ImportError: it is not installed"}
    assert run(Sums(peers={"half": half_right}), peers=False).peers == {}


def test_the_same_seed_gives_the_same_file_whatever_the_order_of_events():
    exams = [Sums(wrong=frozenset({"en-1", "fa-3"}), peers={"half": half_right}) for _ in range(3)]
    first, again, alone = run(exams[0], seed=7), run(exams[1], seed=7), run(exams[2], seed=7, tasks=1)
    assert json.dumps(timeless(first), sort_keys=True) == json.dumps(timeless(again), sort_keys=True)
    assert timeless(first) == timeless(alone)


def timeless(result: Any) -> dict[str, Any]:
    return {name: value for name, value in result.as_json().items() if name not in ("at", "seconds")}
