"""Candidates are judged by people, one by one; raters' labels stand apart, and how far they agree is told with its arithmetic."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from typer.testing import CliRunner

from evals.agreement import Rated, agreements
from evals.case import BadData, load
from evals.cli import app
from evals.review import dropped, labelled, settled
from evals.statistics import kappa

TEXTS = {"en": "can I talk to a person", "ar": "بدي أحكي مع موظفة لو سمحتِ", "fa": "میشه با یکی از همکارها حرف بزنم؟"}


def candidate(lang: str = "en", **more: object) -> dict[str, object]:
    return {"text": TEXTS[lang], "lang": lang, "label": None, "reviewed": False, "suite": "human", "proposed": None, "why": ["returned"],
            "did": {"first": "knowledge", "tools": ["search_knowledge"], "handoff": "", "topics": ["vpn"]}, "case": f"c-{lang}"} | more


@pytest.fixture
def sheet(tmp_path: Path):
    def write(*rows: object) -> Path:
        path = tmp_path / "found.jsonl"
        path.write_text("".join((row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)) + "\n" for row in rows), "utf-8")
        return path
    return write


def read(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def run(*args: object, typed: str = ""):
    return CliRunner().invoke(app, [str(arg) for arg in args], input=typed)


def test_each_language_is_shown_judged_and_kept(sheet):
    path = sheet(*(candidate(lang) for lang in TEXTS), candidate(text="reset it", proposed="other"))
    result = run("review", path, "--rater", "anna", typed="human\n1\nhu\n\n")
    assert result.exit_code == 0, result.output
    assert all(text in result.output for text in TEXTS.values())
    assert "search_knowledge" in result.output and "Enter = other" in result.output
    assert [(row["label"], row["labels"], row["reviewed"]) for row in read(path)] == [
        *[("human", {"anna": "human"}, True)] * 3, ("other", {"anna": "other"}, True)]
    assert [case.label for case in load([path], ("human", "other"))] == ["human", "human", "human", "other"]


def test_a_review_that_was_broken_off_goes_on(sheet):
    path = sheet(*(candidate(lang) for lang in TEXTS))
    first = run("review", path, "--rater", "anna", typed="human\nnonsense\n.\n")
    assert "1 judged. 2 left" in first.output and "“nonsense” is none of them." in first.output
    second = run("review", path, "--rater", "anna", typed="other\n")               # and then nobody types any more
    assert "1 of 2, line 2" in second.output and "1 judged. 1 left" in second.output
    assert [row["label"] for row in read(path)] == ["human", "other", None]
    with pytest.raises(BadData, match=r"found\.jsonl:3: nobody has reviewed"):
        load([path], None)


def test_a_second_rater_is_not_told_what_the_first_said(sheet):
    path = sheet(candidate())
    run("review", path, "--rater", "anna", typed="human\n")
    result = run("review", path, "--rater", "babak", typed="other\n")
    assert "anna" not in result.output.partition("judged.")[0] and "Raters differ on 1" in result.output
    (row,) = read(path)
    assert (row["label"], row["labels"]) == (None, {"anna": "human", "babak": "other"})


def test_what_raters_differ_on_is_left_out_until_it_is_settled(sheet):
    path = sheet(candidate("fa", labels={"anna": "human", "babak": "human"}, reviewed=True),
                 candidate("en", labels={"anna": "human", "babak": "other"}, reviewed=True))
    assert [(case.lang, case.label) for case in load([path], ("human", "other"))] == [("fa", "human")]
    told = run("agreement", path)
    assert "1 of 2 alike" in told.output and "left out of every run until it is settled" in told.output
    result = run("review", path, "--settle", typed="human\n")
    assert result.exit_code == 0 and "anna said human" in result.output and "Nothing is left." in result.output
    assert [case.lang for case in load([path], ("human", "other"))] == ["fa", "en"]
    assert "settled as human" in run("agreement", path).output


def test_what_is_dropped_leaves_no_word_and_no_case(sheet):
    path = sheet(candidate("ar", note="Ask Zeb."), candidate("en"))
    run("review", path, "--rater", "anna", typed="-\nhuman\n")
    assert read(path)[0] == {"case": "c-ar", "lang": "ar", "suite": "human", "text": "", "label": None, "reviewed": True, "dropped": True}
    assert [case.id for case in load([path], None)] == ["found.jsonl:2"]


def test_labels_that_a_file_came_with_are_a_rater_s_too(sheet):
    path = sheet({"text": "hello", "label": "other", "lang": "en"}, {"text": "a person", "label": "human", "lang": "en"})
    run("review", path, "--rater", "anna", typed="other\nother\n")
    assert "anna and file: 1 of 2 alike, kappa 0.00" in run("agreement", path).output


@pytest.mark.parametrize(("row", "says"), [
    ("{", "not JSON"), ("[1]", "a JSON object"), (candidate(text=" "), "`text`"), (candidate(labels=["human"]), "`labels` is an object"),
    (candidate(labels={"anna": 3}), "`labels` is an object")])
def test_a_malformed_file_is_two_and_names_its_line(sheet, row, says):
    path = sheet(candidate(), row)
    for args in (("review", path, "--rater", "anna"), ("agreement", path)):
        result = run(*args, typed="human\n")
        if args[0] == "review" or "text" not in says:
            assert result.exit_code == 2 and f"{path}:2" in result.output and says in result.output
    assert read(sheet(candidate()))[0]["reviewed"] is False


@pytest.mark.parametrize("args", [("--rater", "a b"), (), ("--rater", "anna", "--settle")])
def test_wrong_usage_of_a_review_is_two(sheet, args):
    assert run("review", sheet(candidate()), *args).exit_code == 2
    assert run("agreement", sheet(candidate())).exit_code == 2                      # nobody has labelled anything
    assert run("review", "missing.jsonl", "--rater", "anna").exit_code == 2


def test_a_file_whose_labels_stand_by_rater_runs_and_its_report_tells_their_agreement(sheet, tmp_path):
    rows = [{"text": text, "lang": lang, "labels": {"anna": "human", "babak": "human"}} for lang, text in TEXTS.items()]
    rows += [{"text": "the printer is jammed", "lang": "en", "labels": {"anna": "other", "babak": said}} for said in ("other", "human")]
    result = run("run", "human", "--data", sheet(*rows), "--no-peers", "--json", tmp_path / "run.json", "--html", tmp_path / "run.html")
    assert result.exit_code == 0, result.output
    found = json.loads((tmp_path / "run.json").read_text("utf-8"))
    assert found["n"] == 4
    (pair,) = found["agreement"]
    # Alike in 4 of 5. By chance: human and human 3/5 × 4/5, other and other 2/5 × 1/5, which is 0.56.
    assert (pair["raters"], pair["n"], pair["agreed"]) == (["anna", "babak"], 5, 4)
    assert pair["kappa"] == pytest.approx((0.8 - 0.56) / (1 - 0.56), abs=1e-4)
    assert pair["by_lang"]["fa"]["kappa"] is None and pair["disputed"] == ["found.jsonl:5"]
    assert "How far raters agree" in (tmp_path / "run.html").read_text("utf-8")
    again = run("report", tmp_path / "run.json", "--html", tmp_path / "again.html")
    assert again.exit_code == 0 and (tmp_path / "again.html").read_bytes() == (tmp_path / "run.html").read_bytes()


# Two raters of fifty: alike in 35, which is 0.7. By chance: yes and yes 25/50 × 30/50, no and no 25/50 × 20/50, which is 0.5.
GRANTS = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15


def rated(pairs, lang: str = "en") -> list[Rated]:
    return [Rated(id=str(at), text="x", lang=lang, said={"anna": one, "babak": other}) for at, (one, other) in enumerate(pairs)]


def test_kappa_has_its_worked_value_and_an_interval():
    (found,) = agreements(rated(GRANTS))
    assert found.whole.kappa == pytest.approx((0.7 - 0.5) / (1 - 0.5)) and (found.whole.n, found.whole.agreed) == (50, 35)
    low, high = found.whole.interval
    # By Fleiss' large-sample error, about 0.127: from 0.15 to 0.65.
    assert low == pytest.approx(0.15, abs=0.06) and high == pytest.approx(0.65, abs=0.06)
    assert found.by_label["yes"].kappa == pytest.approx(0.4) and len(found.disputed) == 15


def test_kappa_is_told_by_language_and_by_label():
    pairs = [("a", "a")] * 4 + [("b", "b")] * 3 + [("c", "a")] * 3
    (found,) = agreements([*rated(pairs, "ar"), *rated([("a", "a")] * 5, "fa")])
    # Arabic: alike in 0.7; by chance 0.4 × 0.7 + 0.3 × 0.3 + 0.3 × 0 = 0.37. Persian: one word alone.
    assert found.by_lang["ar"].kappa == pytest.approx((0.7 - 0.37) / 0.63) and found.by_lang["fa"].kappa is None
    assert found.by_label["b"].kappa == pytest.approx(1.0) and found.by_label["c"].kappa == pytest.approx(0.0)
    assert "en" not in found.by_lang


def test_of_three_raters_each_pair_is_told():
    three = [Rated(id="1", text="x", lang="en", said={"a": "yes", "b": "no", "c": "yes"}),
             Rated(id="2", text="x", lang="en", said={"a": "no", "b": "no"})]
    assert [(each.raters, each.whole.n) for each in agreements(three)] == [(("a", "b"), 2), (("a", "c"), 1), (("b", "c"), 1)]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=2, max_size=30))
def test_kappa_is_scikit_learn_s(pairs):
    first, second = [one for one, _ in pairs], [other for _, other in pairs]
    ours = kappa(first, second)
    if len(set(first) | set(second)) > 1:
        assert ours == pytest.approx(cohen_kappa_score(first, second))
    else:
        assert ours is None


WORDS = st.sampled_from(["human", "other", "-", "!"])


@given(st.lists(st.tuples(st.sampled_from(["anna", "babak", "carla"]), WORDS), max_size=12))
def test_whatever_raters_do_a_label_stands_only_where_they_agree_or_somebody_settled(deeds):
    row, by_hand, gone = candidate(), False, False
    for rater, word in deeds:
        if gone:
            break
        if word == "-":
            row, gone = dropped(row), True
        elif word == "!":
            row, by_hand = settled(row, "other"), True
        else:
            row, by_hand = labelled(row, rater, word), False
    if gone:
        assert row["text"] == "" and "labels" not in row and "did" not in row
    elif not by_hand:
        said = set((row.get("labels") or {}).values())
        assert row["label"] == (said.pop() if len(said) == 1 else None)
        assert row["reviewed"] is bool(row.get("labels"))


def test_a_file_is_whole_at_every_moment(sheet, monkeypatch):
    """Where the disk is full midway, the old file stands and nothing is left beside it."""
    path = sheet(candidate())
    before = path.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    result = run("review", path, "--rater", "anna", typed="human\n")
    assert result.exit_code == 2 and "No space left" in result.output
    assert path.read_bytes() == before and list(path.parent.iterdir()) == [path]
