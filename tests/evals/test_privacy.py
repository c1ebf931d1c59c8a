"""Marked messages: what is malformed is named, what was removed is found again, and the figures are sums that one can do by hand."""

import json
from pathlib import Path

import pytest

from evals import spans
from evals.answers import gather
from evals.case import BadData
from evals.spans import Marked, Span
from evals.suites.privacy.removals import counts, removals, weigh
from evals.suites.privacy.suite import EXAM, judged


@pytest.mark.parametrize(("row", "says"), [
    ({"spans": [], "lang": "en"}, "`text` is missing"),
    ({"text": "hi", "spans": [], "lang": "de"}, "unknown lang 'de'"),
    ({"text": "hi", "lang": "en"}, "`spans` must be a list"),
    ({"text": "hi", "spans": [["CODE", 0, 3]], "lang": "en"}, "lies outside the text of 2"),
    ({"text": "hi", "spans": [["CODE", 0]], "lang": "en"}, r"a span is \[type, start, end\]"),
])
def test_a_bad_line_is_named(tmp_path: Path, row: dict[str, object], says: str) -> None:
    good = {"text": "سلام", "spans": [], "lang": "fa"}
    (tmp_path / "a.jsonl").write_text(json.dumps(good) + "\n" + json.dumps(row) + "\n", "utf-8")
    with pytest.raises(BadData, match=rf"a\.jsonl:2: .*{says}"):
        spans.load([tmp_path / "a.jsonl"])


def test_a_removal_is_found_where_it_was() -> None:
    before, after = "card 4111 1111 1111 1111 and a@b.example [code]", "card [card] and [e-mail] [code]"
    assert [(before[each.start:each.end], each.kind) for each in removals(before, after)] == [
        ("4111 1111 1111 1111", "card"), ("a@b.example", "e-mail")]
    with pytest.raises(ValueError, match="not what stood there"):
        removals("abc", "[card] x")


def test_a_secret_is_found_if_at_most_a_fifth_of_it_is_left() -> None:
    text = "the code is 1234567890"
    marked = [Span(start=12, end=22, kind="OTP"), Span(start=0, end=3, kind="PERSON")]
    whole, nearly, half = ([Span(start=start, end=22, kind="code")] for start in (12, 14, 17))
    assert [len(weigh(text, marked, removed).found) for removed in (whole, nearly, half)] == [1, 1, 0]
    assert weigh(text, marked, half).rightly == tuple(half)
    assert counts(text, weigh(text, marked, whole)) == {
        "sought": 1, "found": 1, "removed": 1, "rightly": 1, "sought.code": 1, "found.code": 1, "removed.code": 1, "rightly.code": 1,
        "sought.latin": 1, "found.latin": 1}


def test_the_figures_are_those_worked_out_by_hand() -> None:
    code, phone = Span(start=0, end=6, kind="code"), Span(start=7, end=17, kind="phone")
    both = Marked(id="1", text="۱۲۳۴۵۶ 0501234567", lang="fa", spans=(code, phone))
    none = Marked(id="2", text="room 217 is cold", lang="en", spans=())
    answers = gather([judged(both, [code]), judged(none, [Span(start=5, end=8, kind="code")])])
    found = {name: figure.of(answers) for name, figure in EXAM.figures.items()}
    assert (found["recall"], found["precision"], found["recall.code"], found["recall.phone"]) == (1 / 2, 1 / 2, 1, 0)
    assert (found["recall.persian"], found["recall.latin"], found["recall.arabic"], found["precision.phone"]) == (1, 0, None, None)
    assert judged(both, [code]).reason == "phone left: 0501234567"
    assert judged(none, [Span(start=5, end=8, kind="code")]).tags == ("no code",)
