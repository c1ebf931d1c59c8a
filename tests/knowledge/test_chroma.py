"""The vector index is a cache: whatever it holds, `sync` makes it right."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from knowledge.chroma import VectorIndex

Vectors = dict[str, np.ndarray]


@pytest.fixture
def index(tmp_path: Path) -> Iterator[VectorIndex]:
    index = VectorIndex(tmp_path, "fake")
    index.open()
    yield index
    index.close()


def some(*keys: str) -> Vectors:
    made = {}
    for key in keys:
        vector = np.random.default_rng(sum(key.encode())).normal(size=8).astype(np.float32)
        made[key] = vector / np.linalg.norm(vector)
    return made


def test_the_nearest_come_first(index: VectorIndex) -> None:
    vectors = some("a", "b", "c", "d")
    index.sync("public", vectors, "1")
    found = index.nearest("public", vectors["c"], 4)
    assert found == sorted(vectors, key=lambda key: -float(vectors[key] @ vectors["c"]))


def test_sync_adds_what_lacks_and_deletes_what_is_gone(index: VectorIndex) -> None:
    index.sync("public", some("a", "b"), "1")
    index.sync("public", some("b", "c"), "2")
    assert set(index.nearest("public", some("a")["a"], 9)) == {"b", "c"}


def test_a_run_that_was_cut_short_is_finished(index: VectorIndex) -> None:
    index.put("public", some("a"), "old")                    # SQL went on, the index did not hear of it
    index.sync("public", some("a", "b", "c"), "new")
    assert set(index.nearest("public", some("a")["a"], 9)) == {"a", "b", "c"}


def test_a_lost_vector_is_noticed_under_the_same_mark(index: VectorIndex) -> None:
    index.sync("public", some("a"), "1")
    index.sync("public", some("a", "b"), "1")
    assert set(index.nearest("public", some("a")["a"], 9)) == {"a", "b"}


def test_classes_are_apart_and_unknown_ones_empty(index: VectorIndex) -> None:
    index.sync("public", some("a"), "1")
    index.sync("agents", some("b"), "1")
    index.sync("everyone", {}, "1")
    assert index.nearest("public", some("b")["b"], 9) == ["a"]
    assert index.nearest("everyone", some("a")["a"], 9) == []
    assert index.nearest("nobody", some("a")["a"], 9) == []


def test_it_survives_a_restart_and_another_embedder_starts_empty(tmp_path: Path) -> None:
    vectors = some("a", "b")
    for embedder, expected in (("one", {"a", "b"}), ("one", {"a", "b"}), ("two", set())):
        index = VectorIndex(tmp_path, embedder)
        index.open()
        index.open()                                          # twice is once
        index.keep_only({"public"})
        index.sync("public", vectors if embedder == "one" else {}, "1")
        assert set(index.nearest("public", vectors["a"], 9)) == expected
        index.close()
        index.close()


def test_discarded_it_is_empty(index: VectorIndex, tmp_path: Path) -> None:
    index.sync("public", some("a"), "1")
    index.discard()
    assert not (tmp_path / "chroma").exists()
    index.open()
    index.sync("public", {}, "1")
    assert index.nearest("public", some("a")["a"], 9) == []


def test_more_vectors_than_a_batch(index: VectorIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge.chroma.BATCH", 3)
    vectors = some(*"abcdefghij")
    index.sync("public", vectors, "1")
    index.sync("public", {"z": vectors["a"]}, "2")
    assert index.nearest("public", vectors["a"], 20) == ["z"]


def test_closed_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="open it first"):
        VectorIndex(tmp_path, "fake").sync("public", {}, "1")


@pytest.mark.parametrize("attempt", range(4))
def test_searches_go_on_while_classes_get_their_first_vectors(index: VectorIndex, attempt: int) -> None:
    classes, done = [f"class{number}" for number in range(6)], Event()

    def look() -> int:
        asked = 0
        while not done.is_set():
            for audience in classes:
                asked += len(index.nearest(audience, some("a")["a"], 9)) <= 9
        return asked

    with ThreadPoolExecutor(3) as pool:
        looking = [pool.submit(look) for _ in range(3)]
        try:
            for audience in classes:
                index.sync(audience, {}, "0")
            for audience in classes:
                index.sync(audience, some("a", "b", "c"), "1")
        finally:
            done.set()
        assert all(one.result() for one in looking)
