"""What was counted is kept on disk: read again, made again where it is broken, and never read for other words."""

from pathlib import Path

import numpy as np
import pytest

from desk.store import Store
from knowledge.counted import Counted
from knowledge.embedder import HashingEmbedder
from knowledge.lexical import View, index
from knowledge.library import Library
from tests.knowledge.conftest import Ask, Put

TEXTS = ["How do I reset my password?", "كيف أعيد تعيين كلمة المرور الخاصة بي؟", "رمزم را چطور عوض کنم؟"]


def scores(counted: Counted, texts: list[str], question: str) -> list[float]:
    found = View([counted.index(texts)]).scores(question)
    return [*found.bm25.tolist(), *found.grams.tolist()]


def never(texts: object) -> None:
    raise AssertionError("it was counted already")


@pytest.mark.parametrize("question", ["password", "كلمة المرور", "عوض کردن رمز"])
def test_what_is_read_is_what_was_counted(tmp_path: Path, question: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = scores(Counted(tmp_path), TEXTS, question)
    monkeypatch.setattr("knowledge.counted.count", never)
    assert scores(Counted(tmp_path), TEXTS, question) == first
    fresh = View([index(TEXTS)]).scores(question)
    assert first == [*fresh.bm25.tolist(), *fresh.grams.tolist()] and max(first) > 0


def test_other_texts_are_counted_for_themselves(tmp_path: Path) -> None:
    counted = Counted(tmp_path)
    assert max(scores(counted, TEXTS, "printer")) == 0
    assert max(scores(counted, [*TEXTS, "the printer"], "printer")) > 0
    assert max(scores(counted, ["ab", "c"], "ab")) > max(scores(counted, ["a", "bc"], "ab"))


def test_other_code_counts_for_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Counted(tmp_path).index(TEXTS)
    monkeypatch.setattr("knowledge.counted.CODE", ("counting.py", "grams.py"))
    Counted(tmp_path).index(TEXTS)
    assert len([*tmp_path.glob("*.npz")]) == 2


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 and nothing more", b"no archive at all"])
def test_a_broken_file_is_made_again(tmp_path: Path, damage: bytes) -> None:
    first = scores(Counted(tmp_path), TEXTS, "password")
    (file,) = tmp_path.glob("*.npz")
    whole = file.read_bytes()
    for broken in (damage, whole[:len(whole) // 2], whole[:300] + b"\xff" * 40 + whole[340:]):
        file.write_bytes(broken)
        assert scores(Counted(tmp_path), TEXTS, "password") == first
        with np.load(file) as made:
            assert made["lengths"].size == len(TEXTS)
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_where_nothing_can_be_written_it_is_counted_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "words").write_text("in the way")
    assert max(scores(Counted(tmp_path / "words"), TEXTS, "password")) > 0


def test_only_what_is_in_use_is_kept(tmp_path: Path) -> None:
    counted = Counted(tmp_path)
    for texts in (TEXTS, ["something else"]):
        counted.index(texts)
    counted.forget_others()
    counted.index(TEXTS)                   # from memory: it is in use all the same
    counted.forget_others()
    assert len([*tmp_path.glob("*.npz")]) == 1
    counted.discard()
    assert not [*tmp_path.glob("*.npz")]


async def test_a_library_that_opens_again_counts_nothing(store: Store, embedder: HashingEmbedder, tmp_path: Path, put: Put, ask: Ask,
                                                         library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    await put("vpn", "open the VPN app", ("Abroad", "ask the desk first"))
    await put("badge", "only the agents know this", audience="agents")
    await library.open()
    found = [(hit.topic, hit.score) for hit in await ask("VPN app")]
    await put("badge", "only the agents know that", audience="agents")      # the other class stays as it was
    await library.open()
    await library.close()
    monkeypatch.setattr("knowledge.counted.count", never)
    again = Library(store, embedder, tmp_path)
    await again.open()
    hits = await again.search("VPN app", vector=await embedder.query("VPN app"), may_see=frozenset({"public", "everyone"}))
    await again.close()
    assert hits[0].topic == found[0][0] == "vpn"


def test_what_another_library_counted_is_read_and_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = tmp_path / "theirs"
    first = scores(Counted(theirs), TEXTS, "password")
    held = {file: file.read_bytes() for file in theirs.iterdir()}
    counted = Counted(tmp_path / "mine", theirs)
    with monkeypatch.context() as patch:
        patch.setattr("knowledge.counted.count", never)
        assert scores(counted, TEXTS, "password") == first
    assert max(scores(counted, ["the printer"], "printer")) > 0
    counted.discard()
    assert {file: file.read_bytes() for file in theirs.iterdir()} == held
