"""A file of each kind becomes text in the order in which it is read; what is none, or too much, is refused with its reason."""

import re
import struct
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.errors import BadFile
from knowledge.sources.formats import FORMATS, Converted, Limits, read
from knowledge.sources.formats.tables import portions
from tests.knowledge.sources import made

SMALL = Limits(unpacked=2_000_000, members=100, text=20_000, pages=3)


def taken(suffix: str, raw: bytes, limits: Limits = SMALL) -> Converted:
    return read(suffix, raw, limits)


def why_not(suffix: str, raw: bytes, limits: Limits = SMALL) -> str:
    with pytest.raises(BadFile) as refused:
        read(suffix, raw, limits)
    return str(refused.value)


def text_or_reason(suffix: str, raw: bytes) -> str:
    """Nothing else may come of it."""
    try:
        return taken(suffix, raw).text.strip()
    except BadFile as error:
        return str(error)


def test_an_arabic_pdf_reads_from_right_to_left(tmp_path: Path) -> None:
    found = taken(".pdf", made.pdf(tmp_path, made.ARABIC, made.ARABIC_MORE, title="دليل الشبكة", align="R"))
    assert found.title == "دليل الشبكة"
    assert [line for line in found.text.split("\n") if line] == [made.ARABIC, made.ARABIC_MORE]


def test_a_persian_pdf_keeps_its_words(tmp_path: Path) -> None:
    assert made.PERSIAN.split() == taken(".pdf", made.pdf(tmp_path, made.PERSIAN, align="R")).text.split()


def test_a_pdf_of_both_directions_keeps_each_line_s_own(tmp_path: Path) -> None:
    lines = ("The word الشبكة العامة means network.", made.ARABIC, made.ENGLISH)
    found = taken(".pdf", made.pdf(tmp_path, *lines))
    assert [line for line in found.text.split("\n") if line] == list(lines)


def test_a_persian_word_document_is_markdown_with_its_headings_and_tables() -> None:
    found = taken(".docx", made.docx("راهنمای وی‌پی‌ان", made.PERSIAN, (("درگاه", "کاربرد"), ("443", "تونل"))))
    assert (found.title, found.plain) == ("راهنمای وی‌پی‌ان", False)
    assert "# Connect" in found.text and "## Ports" in found.text and made.PERSIAN in found.text
    assert re.search(r"\| 443 +\| تونل +\|", found.text)


def test_a_spreadsheet_is_a_section_for_each_sheet_and_tables_that_repeat_their_header() -> None:
    found = taken(".xlsx", made.xlsx(rows=200))
    assert "## Printers" in found.text and "secret" not in found.text
    assert found.text.count("| room | printer |") > 3
    assert all(f"| 4.{number:03} | hp-{number} \\| colour |" in found.text for number in range(200))


def test_a_presentation_is_a_section_for_each_slide_with_its_notes() -> None:
    found = taken(".pptx", made.pptx())
    assert found.text.startswith("## New laptops\n\nThey come on Monday.\n\nBring your badge.\n\n## 2")
    assert "| floor | when |\n| --- | --- |\n| 2 | nine |" in found.text


@pytest.mark.parametrize("html", ["", f"<h1>Down</h1><p>{made.ENGLISH}</p>"])
def test_a_mail_is_its_subject_and_its_words_alone(html: str) -> None:
    found = taken(".eml", made.eml(html=html))
    assert found.title == "نگهداری سرور" and made.ENGLISH in found.text
    assert "example.org" not in found.text and "secret" not in found.text


def test_a_page_is_what_a_reader_sees() -> None:
    body = "<h2>Trays</h2><p>Use <b>tray_2</b>.</p><img alt='the tray' src='data:x'><table><tr><th>a</th></tr><tr><td>b</td></tr></table>" \
           "<pre>lpstat -t\n\n  -a</pre>"
    found = taken(".html", made.html(body))
    assert found.title == "Printing"
    assert found.text.startswith("## Trays\n\nUse **tray_2**.") and "the tray" in found.text
    assert "```\nlpstat -t\n\n  -a\n```" in found.text and "| a |\n| --- |\n| b |" in found.text
    assert not any(word in found.text for word in ("Home", "track", "data:", "doctype"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1256"])
def test_text_is_read_in_the_encoding_that_it_has(encoding: str) -> None:
    text = made.ARABIC if encoding != "cp1256" else "أعد تشغيل الموجه ثم انتظر دقيقتين. " * 20
    assert taken(".txt", text.encode(encoding)).text.split() == text.split()


def test_markdown_keeps_its_words_and_its_front_matter_names_it() -> None:
    found = taken(".md", b"---\ntitle: \"VPN guide\"\ntags: [a]\n---\r\n# Connect\r\n\r\nOpen it.\r\n")
    assert found == Converted(title="VPN guide", text="# Connect\n\nOpen it.", plain=False)


@pytest.mark.parametrize("suffix", sorted(FORMATS))
@given(st.binary(max_size=400))
def test_whatever_the_bytes_are_the_answer_is_text_or_a_reason(suffix: str, raw: bytes) -> None:
    assert text_or_reason(suffix, raw)


@pytest.mark.parametrize("suffix", [".pdf", ".docx", ".xlsx", ".pptx"])
@given(st.data())
def test_a_damaged_file_is_text_or_a_reason(suffix: str, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    whole = {".pdf": lambda: made.pdf(tmp_path_factory.getbasetemp(), made.ENGLISH), ".docx": made.docx, ".xlsx": made.xlsx,
             ".pptx": made.pptx}[suffix]()
    at = data.draw(st.integers(0, 1_000_000)) % len(whole)       # what a library writes is not always as long
    damaged = whole[:at] + data.draw(st.binary(max_size=20)) + whole[at + data.draw(st.integers(0, 50)):]
    assert text_or_reason(suffix, damaged)


def container(*members: tuple[str, bytes]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members:
            packed.writestr(name, content)
    return file.getvalue()


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    assert "larger than" in why_not(".docx", container(("word/document.xml", bytes(3_000_000))))
    assert "parts" in why_not(".docx", container(*((f"{number}.xml", b"") for number in range(101))))
    entities = b"<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>]><x>&b;</x>"
    assert "entities" in why_not(".docx", container(("word/document.xml", entities)))
    assert "entities" in why_not(".xlsx", container(("xl/workbook.xml", entities.decode().encode("utf-16"))))


def test_a_part_that_holds_more_than_it_says_is_refused() -> None:
    packed = bytearray(container(("word/document.xml", bytes(100_000))))
    for signature, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        begins = packed.index(signature)
        packed[begins + at:begins + at + 4] = struct.pack("<I", 10)
    assert zlib.crc32(bytes(10)) and "broken" in why_not(".docx", bytes(packed))


def test_what_is_too_much_is_refused_and_just_enough_is_not(tmp_path: Path) -> None:
    assert taken(".txt", b"a" * 20_000).text == "a" * 20_000
    assert "20000 characters" in why_not(".txt", b"a" * 20_001)
    assert "20000 characters" in why_not(".xlsx", made.xlsx(rows=1000))
    assert "pages" in why_not(".pdf", made.pdf(tmp_path, *("One line." for _ in range(120))))


def test_what_cannot_be_read_says_what_to_do(tmp_path: Path) -> None:
    assert "password" in why_not(".pdf", made.pdf(tmp_path, made.ENGLISH, password="let me in"))
    assert "password" in why_not(".docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert "OCR" in why_not(".pdf", made.pdf(tmp_path))
    assert "UTF-8" in why_not(".txt", b"\x00\x01\x02binary\x00")
    assert "no text" in why_not(".md", b"\n\n---\n")
    assert "nested" in why_not(".html", b"<div>" * 20_000 + b"deep")


@given(st.lists(st.lists(st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=300), max_size=5), max_size=40))
def test_portions_of_a_table_hold_every_cell_once(rows: list[list[str]]) -> None:
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    tables = [table.split("\n") for table in portions(rows)]
    assert all(table[0].startswith("| ") and set(table[1]) <= set("| -") for table in tables)
    assert sum(len(table) - 2 for table in tables) == max(0, len(filled) - 1)
    body = "\n".join(line for table in tables for line in table[2:])
    assert all(" ".join(cell.split()).replace("|", "\\|") in body for row in filled[1:] for cell in row)
