"""Files of every kind, made by the libraries that people's programs are made of."""

from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from fontTools.ttLib import TTFont
from fpdf import FPDF
from openpyxl import Workbook
from pptx import Presentation
from pptx.util import Inches

FONT = Path(__file__).parents[3] / "api/static/vendor/vazirmatn/Vazirmatn[wght].woff2"
PERSIAN = "برای اتصال به وی‌پی‌ان برنامه را باز کنید و رمز یک‌بارمصرف را وارد کنید."
ARABIC = "أعد تشغيل الموجّه ثم انتظر دقيقتين حتى يستقر ضوء VPN الأخضر."
ARABIC_MORE = "إذا لم ينجح ذلك فاتصل بمكتب الخدمة (الدعم) على الرقم 4200 بين الساعة 8 و 17."
ENGLISH = "Restart the router, then wait two minutes until the green light is steady."


def font(folder: Path) -> Path:
    """The pages' own font, as a PDF takes it."""
    if not FONT.is_file():
        pytest.skip("the pages' font is not here: run `make setup`")
    made = folder / "font.ttf"
    if not made.is_file():
        opened = TTFont(FONT)
        opened.flavor = None
        opened.save(made)
    return made


def pdf(folder: Path, *lines: str, title: str = "", align: str = "L", password: str = "") -> bytes:
    page = FPDF()
    page.add_page()
    page.add_font("Vazirmatn", fname=font(folder))
    page.set_font("Vazirmatn", size=12)
    page.set_text_shaping(True)
    if title:
        page.set_title(title)
    if password:
        page.set_encryption(owner_password=password, user_password=password)
    for line in lines:
        page.multi_cell(0, 9, line, align=align, new_x="LMARGIN", new_y="NEXT")
    return bytes(page.output())


def docx(title: str = "VPN", text: str = ENGLISH, rows: tuple[tuple[str, ...], ...] = (("port", "what"), ("443", "tunnel"))) -> bytes:
    document = Document()
    document.core_properties.title = title
    document.add_heading("Connect", 1)
    document.add_paragraph(text)
    document.add_heading("Ports", 2)
    table = document.add_table(rows=0, cols=len(rows[0]))
    for row in rows:
        for cell, says in zip(table.add_row().cells, row, strict=True):
            cell.text = says
    return _saved(document)


def xlsx(rows: int = 3) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "Printers"
    sheet.append(["room", "printer", None])
    for number in range(rows):
        sheet.append([f"4.{number:03}", f"hp-{number} | colour"])
    book.create_sheet("Hidden").append(["secret"])
    book["Hidden"].sheet_state = "hidden"
    return _saved(book)


def pptx() -> bytes:
    show = Presentation()
    slide = show.slides.add_slide(show.slide_layouts[1])
    slide.shapes.title.text = "New laptops"
    slide.placeholders[1].text = "They come on Monday."
    slide.notes_slide.notes_text_frame.text = "Bring your badge."
    table = show.slides.add_slide(show.slide_layouts[5]).shapes.add_table(2, 2, 0, 0, Inches(4), Inches(1)).table
    for at, says in enumerate(("floor", "when", "2", "nine")):
        table.cell(at // 2, at % 2).text = says
    return _saved(show)


def eml(subject: str = "نگهداری سرور", text: str = ENGLISH, html: str = "") -> bytes:
    letter = EmailMessage()
    letter["Subject"], letter["From"], letter["To"] = subject, "ops@example.org", "all@example.org"
    letter.set_content(html or text, subtype="html" if html else "plain")
    letter.add_attachment(b"secret", maintype="application", subtype="octet-stream", filename="keys.bin")
    return letter.as_bytes()


def html(body: str, title: str = "Printing") -> bytes:
    return f"<!doctype html><html><head><meta charset='utf-8'><title>{title}</title><script>track()</script></head>" \
           f"<body><nav>Home</nav>{body}</body></html>".encode()


def _saved(made: object) -> bytes:
    file = BytesIO()
    made.save(file)      # type: ignore[attr-defined]
    return file.getvalue()
