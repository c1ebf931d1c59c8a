"""Retrieval, abstention and grounding: a tiny file gives the figures that one works out by hand."""

import json
from pathlib import Path

import pytest

from desk.people import Lang
from desk.words import words
from evals import questions
from evals.answers import gather
from evals.case import BadData
from evals.exam import Work
from evals.questions import Asked
from evals.suites.abstain.suite import EXAM as ABSTAIN
from evals.suites.abstain.suite import weighed, within_budget
from evals.suites.grounding.carrying import carried, invented, of_the_desk, told
from evals.suites.grounding.suite import judged as grounded
from evals.suites.retrieval.suite import EXAM as RETRIEVAL
from evals.suites.retrieval.suite import ranked
from evals.work import Houses
from knowledge.embedder import HashingEmbedder
from tests.evals.test_squad import question, written

TEXTS = ("The gearbox of the tram is oiled in spring.", "Penguins of the zoo eat herring at noon.", "The keeper paints the stairs.")


def work(*data: Path, passages: Path | None = None) -> Work:
    embedder = HashingEmbedder(384)
    return Work(embedder=embedder, houses=Houses(make=None, embedder=embedder), data=data, passages=passages)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    asked = ("when is the gearbox oiled?", "what do penguins eat?", "who paints the stairs?")
    return written(tmp_path / "a.json", *((text, [question(str(at), asked[at])]) for at, text in enumerate(TEXTS)))


async def test_a_passage_that_shares_the_words_is_found_first_and_so_by_both_peers(file: Path) -> None:
    cases = RETRIEVAL.cases(work(file))
    async with RETRIEVAL.open(work(file)) as judge:
        found = [await judge(case) for case in cases]
    assert [each.got for each in found] == ["p00001.0", "p00002.0", "p00003.0"]
    assert {name: RETRIEVAL.figures[name].of(gather(found)) for name in ("recall@1", "recall@10", "mrr", "hard.mrr")} == {
        "recall@1": 1, "recall@10": 1, "mrr": 1, "hard.mrr": None}
    for peer in RETRIEVAL.peers.values():
        assert [each.right for each in await peer(cases, work(file))] == [True] * 3


def test_the_place_of_the_right_passage_makes_the_figures() -> None:
    asked = Asked(id="1", lang="en", text="?", shelf="", gold=frozenset({"right"}))
    found = gather([ranked(asked, ["right"]), ranked(asked, ["x", "right"]), ranked(asked, ["x"] * 10 + ["right"]), ranked(asked, [])])
    assert {name: RETRIEVAL.figures[name].of(found) for name in ("recall@1", "recall@10", "mrr")} == {
        "recall@1": 1 / 4, "recall@10": 2 / 4, "mrr": (1 + 1 / 2) / 4}


def test_passages_of_another_file_are_searched_instead(file: Path, tmp_path: Path) -> None:
    arabic = written(tmp_path / "ar.json", *((f"نص {at}", [question(str(at), "متى يأكل البطريق طعامه؟")]) for at in range(3)))
    found = questions.of_data(work(arabic, passages=file))
    assert {each.lang for each in found.asked} == {"ar"} and found.books["ar.json"].lang == "en"
    assert [passage.text for passage in found.books["ar.json"].passages] == list(TEXTS)


def test_where_nothing_is_impossible_a_seeded_third_of_the_passages_goes(file: Path) -> None:
    once, again = (ABSTAIN.cases(work(file)) for _ in range(2))
    assert [bool(each.gold) for each in once] == [bool(each.gold) for each in again] and sum(bool(each.gold) for each in once) == 2


def test_a_file_that_nothing_answers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="no question that a passage answers"):
        RETRIEVAL.cases(work(written(tmp_path / "a.json", ("x", [question("1", is_impossible=True)]))))


def test_confidence_is_judged_by_whether_what_was_found_answers() -> None:
    def asked(name: str, *gold: str) -> Asked:
        return Asked(id=name, lang="en", text="?", shelf="", gold=frozenset(gold))

    found = gather([weighed(asked("1", "p"), "p", 0.9, 0.5), weighed(asked("2", "p"), "q", 0.8, 0.5), weighed(asked("3"), "p", 0.7, 0.5),
                    weighed(asked("4", "p"), "p", 0.4, 0.5), weighed(asked("5"), "p", 0.1, 0.5)])
    figures = {name: figure.of(found) for name, figure in ABSTAIN.figures.items()}
    assert figures["coverage"] == 3 / 5 and figures["wrong"] == pytest.approx(2 / 3)
    assert figures["auroc"] == pytest.approx(5 / 6)          # 0.9 and 0.8 beat both of 0.7 and 0.1, 0.4 beats one
    assert figures["auroc_right"] == pytest.approx(4 / 6)    # 0.9 beats three, 0.4 one, of six pairs
    assert within_budget(found) == 1 / 5                     # the second surest is wrong
    assert weighed(asked("3"), "p", 0.7, 0.5).tags == ("not held back",) and weighed(asked("4", "p"), "p", 0.4, 0.5).tags == ("held back",)


ANSWER = ("**Your account is locked**\n\n1. Wait for 30 minutes before the next try. [1] Then check the keyboard language. [1]\n"
          "- You can also call us any day you like. [1]")
PASSAGE = "Wait for 30 minutes before the next try. Then check the keyboard language."


def test_each_sentence_is_held_against_the_passage_that_it_cites() -> None:
    sentences = told(ANSWER)
    assert [(each.text, each.cites) for each in sentences] == [
        ("Wait for 30 minutes before the next try.", (1,)), ("Then check the keyboard language.", (1,)),
        ("You can also call us any day you like.", (1,))]
    assert [carried(each, {1: PASSAGE}) for each in sentences] == [True, True, False]
    assert not carried(told("Wait for 20 minutes before the next try. [1]")[0], {1: PASSAGE}), "another number is another claim"
    assert invented("see https://evil.example/x and https://wiki.example/y", {1: "at https://wiki.example/"}, frozenset()) == [
        "https://evil.example/x"]
    asked = Asked(id="1", lang="en", text="?", shelf="", gold=frozenset({"password.en.1"}))
    found = grounded(asked, ANSWER, {1: ("password.en.1", PASSAGE)}, frozenset())
    assert (found.values["told"], found.values["carried"], found.values["right article"], found.right) == (3, 2, 1, False)
    assert json.loads(json.dumps(found.as_json()))["tags"] == ["not carried"]


@pytest.mark.parametrize(("lang", "key"), [("en", "answer.outro"), ("ar", "answer.outro"), ("fa", "answer.outro")])
def test_what_the_desks_own_catalogue_says_needs_no_passage(lang: Lang, key: str) -> None:
    (last,) = told(words().say(lang, key).splitlines()[-1])[-1:]
    assert of_the_desk(last, lang) and not of_the_desk(told("The keeper paints all the stairs.")[0], lang)
