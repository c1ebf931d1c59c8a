"""The split: seeded, stratified, and what says the same stays on one side."""

import json
from collections import Counter
from pathlib import Path

import pytest

from evals.case import BadData
from evals.split import parted, thinned


def written(path: Path, rows: list[dict[str, str]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def test_a_quarter_of_each_label_and_language_is_held_back(tmp_path: Path) -> None:
    rows = [{"text": f"{label} {lang} {at}", "label": label, "lang": lang}
            for label in ("a", "b") for lang in ("en", "fa") for at in range(8)]
    path = written(tmp_path / "a.jsonl", rows)
    learnt, asked = parted([path], seed=1)
    assert Counter((case.label, case.lang) for case in asked) == {(label, lang): 2 for label in ("a", "b") for lang in ("en", "fa")}
    assert not {case.id for case in learnt} & {case.id for case in asked} and len(learnt) + len(asked) == len(rows)
    assert parted([path], seed=1) == (learnt, asked) != parted([path], seed=2)


def test_translations_stay_together(tmp_path: Path) -> None:
    rows = [{"id": str(at), "text": f"{at} {lang}", "label": "ab"[at % 2], "lang": lang} for at in range(24) for lang in ("en", "ar", "fa")]
    learnt, asked = parted([written(tmp_path / "a.jsonl", rows)], seed=0)
    names = [{case.text.split()[0] for case in side} for side in (learnt, asked)]
    assert not names[0] & names[1] and len(asked) == 18


def test_a_rare_label_among_translations_is_no_trouble(tmp_path: Path) -> None:
    rows = [{"id": str(at), "text": f"{at} {lang}", "label": "rare" if at < 3 else "common", "lang": lang}
            for at in range(24) for lang in ("en", "fa")]
    learnt, asked = parted([written(tmp_path / "a.jsonl", rows)], seed=0)
    assert {case.label for case in learnt} == {"common", "rare"} and len(learnt) + len(asked) == len(rows)


@pytest.mark.parametrize("rows", [
    [{"text": "x", "label": "a", "lang": "en"}] * 9,
    [{"text": "x", "label": label, "lang": "en"} for label in "abcdef"],
])
def test_too_few_to_be_split_is_said(tmp_path: Path, rows: list[dict[str, str]]) -> None:
    with pytest.raises(BadData, match="too few to hold a quarter back"):
        parted([written(tmp_path / "a.jsonl", rows)], seed=0)


def test_very_many_are_thinned_in_proportion(tmp_path: Path) -> None:
    rows = [{"text": f"{at}", "label": "a" if at % 4 else "b", "lang": "en"} for at in range(80)]
    some = thinned(parted([written(tmp_path / "a.jsonl", rows)], seed=0)[0], 20, seed=0)
    assert Counter(case.label for case in some) == {"a": 15, "b": 5}
