"""PDF: words by where they stand on the page."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pdfminer.high_level import extract_pages
from pdfminer.layout import LAParams, LTChar, LTContainer, LTTextLine
from pdfminer.pdfdocument import PDFDocument, PDFPasswordIncorrect
from pdfminer.pdfparser import PDFParser
from pdfminer.utils import decode_text

from knowledge.errors import BadFile
from knowledge.sources.formats.order import Glyph, logical
from knowledge.sources.formats.text import Converted, Limits

NO_TITLE = re.compile(r"microsoft |untitled|powerpoint |.*\.\w{2,5}$", re.IGNORECASE)     # what programs call a file that nobody has named


def read(raw: bytes, limits: Limits) -> Converted:
    try:
        title = _title(PDFDocument(PDFParser(BytesIO(raw))))
        pages, length = list[str](), 0
        for number, page in enumerate(extract_pages(BytesIO(raw), laparams=LAParams(all_texts=True)), start=1):
            if number > limits.pages or length > limits.text:
                raise BadFile(f"It has more than {limits.pages} pages or {limits.text} characters. Split the file.")
            pages.append("\n\n".join(_paragraphs(page)))
            length += len(pages[-1])
    except PDFPasswordIncorrect as error:
        raise BadFile("It is protected by a password. Save it without one.") from error
    return Converted(title=title, text="\n\n".join(pages), plain=True)


def _paragraphs(page: Any) -> Iterator[str]:
    for box in page:
        if isinstance(box, LTContainer):
            lines = [line for part in _lines(box) if (line := logical(_glyphs(part)).strip())]
            if lines:
                yield "\n".join(lines)


def _lines(box: Any) -> Iterator[Any]:
    if isinstance(box, LTTextLine):
        yield box
    elif isinstance(box, LTContainer):
        for part in box:
            yield from _lines(part)


def _glyphs(line: Any) -> list[Glyph]:
    return [Glyph(text=one.get_text(), left=one.x0, right=one.x1) for one in line if isinstance(one, LTChar)]


def _title(document: PDFDocument) -> str:
    for info in document.info:
        raw = info.get("Title")
        if isinstance(raw, bytes):
            title = decode_text(raw).strip()
            if not NO_TITLE.match(title):
                return title
    return ""
