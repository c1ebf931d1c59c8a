"""The library follows a folder: new, changed and vanished files; one bad file harms no other; nothing is done twice."""

import asyncio
import os
import signal
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desk.sources import Source
from desk.store import Store
from knowledge.library import Library
from knowledge.sources import converting
from knowledge.sources.converting import Converter
from knowledge.sources.formats import Limits
from knowledge.sources.syncing import MANY_GONE
from tests.knowledge.conftest import Ask, embed_all
from tests.knowledge.sources import made
from tests.knowledge.sources.conftest import NOW, Sync

COUNTS = ("put", "unchanged", "removed", "refused", "others")


def counts(report: Any) -> tuple[int, ...]:
    return tuple(report[name] for name in COUNTS)


async def documents(store: Store) -> dict[str, dict[str, Any]]:
    async with store.read() as tx:
        return {one["path"]: one for one in await tx.shelf.documents()}


async def passages(store: Store, path: str) -> list[dict[str, Any]]:
    async with store.read() as tx:
        known = {one["id"]: one["path"] for one in await tx.shelf.documents()}
        return [one for one in await tx.shelf.passages() if known[one["document"]] == path]


async def test_every_kind_of_file_is_found_by_its_words_at_once_and_by_its_sense_later(
        folder: Path, tmp_path: Path, sync: Sync, library: Library, ask: Ask, store: Store) -> None:
    (folder / "deep" / "er").mkdir(parents=True)
    files = {
        "router.pdf": (made.pdf(tmp_path, made.ARABIC, align="R"), "ضوء الموجه الأخضر", "ar"),
        "deep/وی‌پی‌ان.docx": (made.docx("وی‌پی‌ان", made.PERSIAN * 4), "اتصال به ویپیان", "fa"),
        "deep/er/rooms.xlsx": (made.xlsx(), "hp-2 printer", "en"),
        "laptops.pptx": (made.pptx(), "badge on Monday", "en"),
        "mail.eml": (made.eml(text="The file server stands still on Friday."), "file server friday", "en"),
        "page.html": (made.html("<h1>Toner</h1><p>Order toner in the shop.</p>"), "order toner", "en"),
        "guide.md": (b"# Badges\n\n## Lost\n\nTell the reception.\n", "badge reception", "en"),
        "note.txt": ("رقم الطابعة على الملصق".encode(), "رقم الطابعة", "ar"),
    }
    for path, (raw, _, _) in files.items():
        (folder / path).write_bytes(raw)
    (folder / "logo.png").write_bytes(b"png")
    (folder / "~$rooms.xlsx").write_bytes(b"open")
    (folder / ".git").mkdir()
    (folder / ".git" / "readme.md").write_text("not for readers")
    assert counts(await sync()) == (len(files), 0, 0, 0, 1)
    held = await documents(store)
    assert held.keys() == files.keys()
    await library.open()
    for path, (_, question, lang) in files.items():
        hits = await ask(question)
        assert hits[0].document == held[path]["id"], path
        assert (held[path]["lang"], held[path]["tier"], held[path]["source"]) == (lang, "synced", "handbook"), path
        modified = (folder / path).stat().st_mtime
        assert abs(held[path]["updated_at"].timestamp() - modified) < 1
    assert await embed_all(library) == sum([len(await passages(store, path)) for path in files])
    assert all(hit.semantic for hit in await ask("order toner"))


async def test_a_passage_says_where_it_stands_under_which_headings_and_in_which_language(folder: Path, sync: Sync, store: Store) -> None:
    long = "Wait for the light. " * 40
    (folder / "guide.md").write_text(f"# VPN\n\n## Connect\n\n{long}\n\n### فارسی\n\n{made.PERSIAN * 5}\n", encoding="utf-8")
    await sync()
    document, = (await documents(store)).values()
    found = await passages(store, "guide.md")
    assert (document["title"], document["lang"]) == ("VPN", "fa")          # as its letters say to this test's ear
    assert [(one["heading"], one["ordinal"]) for one in found] == [("Connect", 0), ("Connect › فارسی", 1)]
    assert all(document["text"][one["begins"]:one["ends"]] == one["text"] for one in found)


async def test_what_has_not_changed_is_left_alone_and_what_has_keeps_its_address(folder: Path, sync: Sync, store: Store) -> None:
    (folder / "a.md").write_text("# A\n\nAlpha.")
    (folder / "b.md").write_text("# B\n\nBeta.")
    assert counts(await sync()) == (2, 0, 0, 0, 0)
    before = await documents(store)
    async with store.read() as tx:
        generation = await tx.shelf.generation()
    os.utime(folder / "a.md", (1, 1))
    assert counts(await sync()) == (0, 2, 0, 0, 0)
    async with store.read() as tx:
        assert await tx.shelf.generation() == generation
    (folder / "b.md").write_text("# B\n\nGamma.")
    (folder / "c.md").write_text("# C\n\nDelta.")
    assert counts(await sync()) == (2, 1, 0, 0, 0)
    after = await documents(store)
    assert after["b.md"]["id"] == before["b.md"]["id"] and "Gamma" in after["b.md"]["text"]
    assert counts(await sync(anew=True)) == (3, 0, 0, 0, 0)


async def test_a_vanished_file_goes_and_a_changed_source_is_read_anew(folder: Path, sync: Sync, store: Store, source: Source) -> None:
    for name in ("a", "b"):
        (folder / f"{name}.md").write_text(f"# {name}\n\nWords.")
    await sync()
    (folder / "a.md").unlink()
    (folder / "b.md").rename(folder / "moved.md")
    assert counts(await sync()) == (1, 0, 2, 0, 0)
    assert (await documents(store)).keys() == {"moved.md"}
    assert counts(await sync(replace(source, audience="agents"))) == (1, 0, 0, 0, 0)
    assert (await documents(store))["moved.md"]["audience"] == "agents"


async def test_one_bad_file_is_told_and_harms_no_other_and_its_old_text_stays(folder: Path, sync: Sync, store: Store) -> None:
    for name in ("a", "b", "c"):
        (folder / f"{name}.docx").write_bytes(made.docx(name))
    await sync()
    (folder / "b.docx").write_bytes(b"PK\x03\x04 damaged")
    (folder / "c.docx").write_bytes(made.docx("other"))
    report = await sync()
    assert counts(report) == (1, 1, 0, 1, 0)
    (path, reason), = report["reasons"]
    assert path == "b.docx" and "broken" in reason
    assert (await documents(store))["b.docx"]["title"] == "b"
    async with store.read() as tx:
        kept = await tx.sources.get("handbook")
    assert kept.synced_at == NOW and kept.report and kept.report["reasons"] == [["b.docx", reason]]


async def test_a_symbolic_link_is_told_and_not_followed(folder: Path, tmp_path: Path, sync: Sync, store: Store) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.md").write_text("# Secret\n\nHidden.")
    (folder / "a.md").write_text("# A\n\nSeen.")
    (folder / "file.md").symlink_to(outside / "secret.md")
    (folder / "folder").symlink_to(outside)
    (folder / "round").symlink_to(folder)
    os.mkfifo(folder / "pipe.md")
    report = await sync()
    assert counts(report) == (1, 0, 0, 3, 1)
    assert {path for path, _ in report["reasons"]} == {"file.md", "folder", "round"}
    assert (await documents(store)).keys() == {"a.md"}


async def test_a_file_that_is_too_large_is_refused(folder: Path, sync: Sync) -> None:
    (folder / "a.txt").write_text("Just right")
    (folder / "b.txt").write_text("a" * 1001)
    report = await sync(converter=Converter(Limits(size=1000)))
    assert counts(report) == (1, 0, 0, 1, 0) and report["reasons"][0][0] == "b.txt"


async def test_a_folder_that_is_not_there_or_suddenly_empty_loses_nothing(folder: Path, sync: Sync, store: Store) -> None:
    for number in range(MANY_GONE + 2):
        (folder / f"{number}.txt").write_text(f"Words of {number}")
    await sync()
    away = folder.rename(folder.with_name("away"))
    assert str(folder) in (await sync())["failed"]
    folder.mkdir()
    assert "--force" in (await sync())["failed"]
    assert len(await documents(store)) == MANY_GONE + 2
    assert counts(await sync(force=True))[2] == MANY_GONE + 2
    assert await documents(store) == {}
    folder.rmdir()
    away.rename(folder)
    assert counts(await sync())[0] == MANY_GONE + 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may look into every folder")
async def test_a_folder_that_cannot_be_looked_into_loses_nothing(folder: Path, sync: Sync, store: Store) -> None:
    (folder / "shut").mkdir()
    (folder / "shut" / "a.md").write_text("# A\n\nWords.")
    await sync()
    (folder / "shut").chmod(0)
    try:
        assert counts(await sync()) == (0, 0, 0, 1, 0)
        assert (await documents(store)).keys() == {"shut/a.md"}
    finally:
        (folder / "shut").chmod(0o700)


async def test_a_source_of_one_file(folder: Path, sync: Sync, store: Store, source: Source) -> None:
    (folder / "a.md").write_text("# A\n\nWords.")
    (folder / "b.md").write_text("# B\n\nWords.")
    assert counts(await sync(replace(source, place=str(folder / "a.md")))) == (1, 0, 0, 0, 0)
    assert (await documents(store)).keys() == {"a.md"}


async def test_a_source_that_is_removed_meanwhile_leaves_nothing(folder: Path, sync: Sync, store: Store) -> None:
    for number in range(4):
        (folder / f"{number}.txt").write_text(f"Words of {number}")

    class Removing(Converter):
        async def convert(self, suffix: str, raw: bytes) -> Any:
            if raw == b"Words of 2":
                async with store.begin() as tx:
                    assert await tx.sources.remove("handbook")
                    assert await tx.shelf.remove_source("handbook") == 2
            return await super().convert(suffix, raw)

    assert "removed" in (await sync(converter=Removing()))["failed"]
    assert await documents(store) == {}


async def test_two_syncs_at_once_leave_what_one_would(folder: Path, sync: Sync, store: Store) -> None:
    for number in range(6):
        (folder / f"{number}.txt").write_text(f"Words of {number}")
    reports = await asyncio.gather(sync(), sync())
    assert all(report["put"] + report["unchanged"] == 6 and report["refused"] == 0 for report in reports)
    assert len(await documents(store)) == 6


WORKERS: Sequence[tuple[str, str]] = (
    ("import os, signal, sys; sys.stdin.readline(); os.kill(os.getpid(), signal.SIGSEGV)", "broke off"),
    ("import sys; sys.stdin.readline(); print('{', flush=True); sys.stdin.read()", "broke off"),
    ("import sys; sys.stdin.readline(); sys.stdin.read()", "longer than"),
)


@pytest.mark.parametrize(("worker", "reason"), WORKERS)
async def test_a_file_that_kills_or_stops_its_converter_is_told(
        folder: Path, sync: Sync, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, worker: str, reason: str) -> None:
    """A real process, that does what a library does at its worst."""
    (folder / "a.txt").write_text("Words")
    (tmp_path / "module").mkdir()
    (tmp_path / "module" / "bad_worker.py").write_text(worker)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "module"))
    monkeypatch.setattr(converting, "WORKER", "bad_worker")
    report = await sync(converter=Converter(Limits(seconds=2)))
    assert counts(report) == (0, 0, 0, 1, 0) and reason in report["reasons"][0][1]
    monkeypatch.undo()
    assert counts(await sync()) == (1, 0, 0, 0, 0)


async def test_a_converter_whose_process_was_killed_goes_on_with_the_next_file() -> None:
    converter = Converter()
    assert (await converter.convert(".txt", b"One")).text == "One"
    process = converter._process
    assert process
    os.kill(process.pid, signal.SIGKILL)
    await process.wait()
    with pytest.raises(converting.BadFile):
        await converter.convert(".txt", b"Two")
    assert (await converter.convert(".txt", b"Three")).text == "Three"
    await converter.close()
