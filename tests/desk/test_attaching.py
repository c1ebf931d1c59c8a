"""Attached files: known by their content, kept outside the database whole or not at all, for those alone who may see them."""

import io
import os
import stat
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.attachments import ENDINGS, LONGEST_NAME, check, safe_name
from desk.errors import DeskError, EmptyFile, FileTooLarge, Gone, HarmfulFile, NotFound, TooManyFiles, UnwelcomeFile
from desk.handoffs import Reason
from desk.services import Desk
from desk.services.attaching import Sent
from tests.databases import kept_by
from tests.desk.conftest import Clock, Someone

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x10\x00\x00\x00\x10\x08\x06\x00\x00\x00" + b"\x00" * 40
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
MIB = 1024 * 1024


def packed(parts: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return whole.getvalue()


DOCX = packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"})
ODT = packed({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<o/>"})


@pytest.mark.parametrize(("name", "content", "ending"), [
    ("screen.png", PNG, "png"),
    ("photo.JPEG", b"\xff\xd8\xff\xe0" + b"\x00" * 20, "JPEG"),
    ("a.gif", b"GIF89a\x10\x00\x10\x00\x00\x00", "gif"),
    ("a.webp", b"RIFF\x00\x00\x00\x00WEBPVP8 ", "webp"),
    ("offer.pdf", PDF, "pdf"),
    ("report.docx", DOCX, "docx"),
    ("brief.odt", ODT, "odt"),
    ("vpn.log", b"2026-11-22 12:00 connection refused\n", "log"),
    ("گزارش خطا.txt", "اتصال برقرار نشد".encode(), "txt"),
    ("قديم.txt", "تعذر الاتصال".encode("cp1256"), "txt"),
    ("notepad.txt", "تعذر الاتصال".encode("utf-16"), "txt"),
])
def test_welcome_files_are_known_by_their_content(name: str, content: bytes, ending: str) -> None:
    kept = check(name, content, largest=MIB)
    assert kept.name.lower().endswith("." + ending.lower()) and ending.lower() in ENDINGS[kept.media_type]


@pytest.mark.parametrize(("name", "content", "error"), [
    ("empty.txt", b"", EmptyFile),
    ("large.txt", b"x" * (MIB + 1), FileTooLarge),
    ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", UnwelcomeFile),
    ("drawing.png", b"<?xml version='1.0'?><svg/>", UnwelcomeFile),
    ("page.html", b"<!DOCTYPE html><p>hello", UnwelcomeFile),
    ("notes.txt", b"\n  <HTML><body>", UnwelcomeFile),
    ("notes.log", b"12:00 ok\n12:01 <script>alert(1)</script>", UnwelcomeFile),
    ("tool.exe", b"MZ\x90\x00\x03\x00\x00\x00", UnwelcomeFile),
    ("tool.txt", b"\x7fELF\x02\x01\x01\x00", UnwelcomeFile),
    ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 64, UnwelcomeFile),
    ("things.zip", packed({"a.txt": b"a"}), UnwelcomeFile),
    ("broken.docx", b"PK\x03\x04garbage", UnwelcomeFile),
    ("tool.jar", packed({"META-INF/MANIFEST.MF": b"", "A.class": b"\xca\xfe"}), UnwelcomeFile),
    ("bomb.docx", packed({"[Content_Types].xml": b"", "word/document.xml": b"\x00" * (8 * MIB)}), HarmfulFile),
    ("parts.docx", packed({f"word/{n}.xml": b"" for n in range(5001)}), HarmfulFile),
    ("macro.docx", packed({"[Content_Types].xml": b"", "word/document.xml": b"", "word/vbaProject.bin": b"x"}), HarmfulFile),
    ("vast.png", PNG[:16] + b"\x00\x01\x00\x00\x00\x01\x00\x00" + PNG[24:], HarmfulFile),
])
def test_unwelcome_files_are_refused_with_their_reason(name: str, content: bytes, error: type[DeskError]) -> None:
    with pytest.raises(error):
        check(name, content, largest=MIB)


@given(st.text(max_size=200))
def test_a_name_is_safe_to_write_anywhere_and_tells_the_type(name: str) -> None:
    safe = safe_name(name, "application/pdf")
    assert safe.endswith(".pdf") and 0 < len(safe) <= LONGEST_NAME and not safe.startswith(".")
    assert not set(safe) & set('/\\:*?"<>|\0\n\r\u202e\u200f')
    safe.encode()


@pytest.mark.parametrize(("sent", "kept"), [
    ("../../etc/passwd", "passwd.pdf"), ("C:\\temp\\offer.pdf", "offer.pdf"), ("offer.pdf.exe", "offer.pdf.exe.pdf"),
    ("gpj.\u202efdp", "gpj._fdp.pdf"), ("...", "file.pdf"), ("گزارش\u200cها.pdf", "گزارش\u200cها.pdf"),
])
def test_names_lose_their_tricks(sent: str, kept: str) -> None:
    assert safe_name(sent, "application/pdf") == kept


def on_disk(tmp_path: Path) -> list[Path]:
    return sorted(path for path in (tmp_path / "attachments").rglob("*") if path.is_file())


async def test_bytes_lie_outside_the_database_under_their_hash_for_the_house_alone(desk: Desk, sara: Someone, clock: Clock,
                                                                                  tmp_path: Path) -> None:
    added = await desk.attaching.to_conversation(sara.caller, sara.conversation.id, [Sent(name="a.png", content=PNG)] * 2, clock())
    assert [path.name for path in on_disk(tmp_path)] == [added[0].sha256] == list({each.sha256 for each in added})
    assert stat.S_IMODE(on_disk(tmp_path)[0].stat().st_mode) == 0o600
    assert stat.S_IMODE(on_disk(tmp_path)[0].parent.stat().st_mode) == 0o700
    assert PNG[8:] not in kept_by(desk.store.url)
    found, content = await desk.attaching.content(sara.caller, added[0].id)
    assert (found, content) == (added[0], PNG)
    async with desk.store.read() as tx:
        said = (await tx.conversations.messages(sara.conversation.id))[-1]
    assert [each["id"] for each in said.extra["attachments"]] == [each.id for each in added]


async def test_one_unwelcome_file_leaves_nothing_of_those_beside_it(desk: Desk, sara: Someone, clock: Clock, tmp_path: Path) -> None:
    sent = [Sent(name="a.png", content=PNG), Sent(name="b.svg", content=b"<svg/>")]
    with pytest.raises(UnwelcomeFile):
        await desk.attaching.to_conversation(sara.caller, sara.conversation.id, sent, clock())
    assert on_disk(tmp_path) == []
    async with desk.store.read() as tx:
        assert await tx.attachments.of(conversation=sara.conversation.id) == []


async def test_a_write_that_breaks_leaves_neither_a_row_nor_a_piece(desk: Desk, sara: Someone, clock: Clock, tmp_path: Path,
                                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    sent = [Sent(name="a.png", content=PNG)]
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            await desk.attaching.to_conversation(sara.caller, sara.conversation.id, sent, clock())
    assert on_disk(tmp_path) == []
    async with desk.store.read() as tx:
        assert await tx.attachments.of(conversation=sara.conversation.id) == []
    assert await desk.attaching.to_conversation(sara.caller, sara.conversation.id, sent, clock())


async def test_orphans_are_swept_and_what_a_row_names_stays(desk: Desk, sara: Someone, clock: Clock, tmp_path: Path) -> None:
    kept, dropped = await desk.attaching.to_conversation(
        sara.caller, sara.conversation.id, [Sent(name="a.png", content=PNG), Sent(name="b.pdf", content=PDF)], clock())
    await desk.attaching.remove(sara.caller, dropped.id, clock())
    part = on_disk(tmp_path)[0].parent / "broken.part"
    part.write_bytes(b"half")
    os.utime(part, (clock().timestamp(),) * 2)
    assert await desk.attaching.sweep(clock()) == 0           # too young: its row might be on its way
    clock.pass_(hours=2)
    assert await desk.attaching.sweep(clock()) == 1
    assert [path.name for path in on_disk(tmp_path)] == [kept.sha256]


async def test_a_file_whose_bytes_are_lost_is_gone_not_broken(desk: Desk, sara: Someone, clock: Clock, tmp_path: Path) -> None:
    (added,) = await desk.attaching.to_conversation(sara.caller, sara.conversation.id, [Sent(name="a.png", content=PNG)], clock())
    on_disk(tmp_path)[0].unlink()
    with pytest.raises(Gone):
        await desk.attaching.content(sara.caller, added.id)


async def test_only_those_who_may_see_the_conversation_get_its_files(desk: Desk, sara: Someone, omid: Someone, agent: Someone,
                                                                    clock: Clock) -> None:
    (added,) = await desk.attaching.to_conversation(sara.caller, sara.conversation.id, [Sent(name="a.png", content=PNG)], clock())
    for stranger in (omid, agent):
        with pytest.raises(NotFound):
            await desk.attaching.content(stranger.caller, added.id)
    async with desk.store.begin() as tx:
        await desk.handing.hand_off(tx, await tx.conversations.get(sara.conversation.id), Reason.ASKED, clock())
    assert (await desk.attaching.content(agent.caller, added.id))[1] == PNG
    for stranger in (omid, agent):
        with pytest.raises(NotFound):
            await desk.attaching.remove(stranger.caller, added.id, clock())
    with pytest.raises(NotFound):
        await desk.attaching.content(omid.caller, added.id)


async def test_a_ticket_s_files_are_for_its_owner_and_the_desk(desk: Desk, sara: Someone, omid: Someone, agent: Someone,
                                                               clock: Clock) -> None:
    async with desk.store.begin() as tx:
        ticket = await desk.ticketing.open(tx, requester=sara.account.id, title="t", description="d", lang="en", now=clock())
    sent = [Sent(name="a.png", content=PNG)]
    with pytest.raises(NotFound):
        await desk.attaching.to_ticket(omid.caller, ticket.number, sent, clock())
    (mine,) = await desk.attaching.to_ticket(sara.caller, ticket.number, sent, clock())
    (theirs,) = await desk.attaching.to_ticket(agent.caller, ticket.number, sent, clock())
    for file in (mine, theirs):
        assert (await desk.attaching.content(sara.caller, file.id))[1] == (await desk.attaching.content(agent.caller, file.id))[1] == PNG
        with pytest.raises(NotFound):
            await desk.attaching.content(omid.caller, file.id)


async def test_files_have_a_limit_at_once_and_in_all(desk: Desk, sara: Someone, clock: Clock) -> None:
    sent = [Sent(name="a.png", content=PNG)] * desk.attaching.limits.at_once
    with pytest.raises(TooManyFiles):
        await desk.attaching.to_conversation(sara.caller, sara.conversation.id, [*sent, sent[0]], clock())
    for _ in range(desk.attaching.limits.in_all // len(sent)):
        await desk.attaching.to_conversation(sara.caller, sara.conversation.id, sent, clock())
    with pytest.raises(TooManyFiles):
        await desk.attaching.to_conversation(sara.caller, sara.conversation.id, sent[:1], clock())
