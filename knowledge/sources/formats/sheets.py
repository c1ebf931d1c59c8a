"""Spreadsheets: each sheet a section, its rows tables."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any

from openpyxl import load_workbook

from knowledge.errors import BadFile
from knowledge.sources.formats import container
from knowledge.sources.formats.tables import portions
from knowledge.sources.formats.text import Converted, Limits


def read(raw: bytes, limits: Limits) -> Converted:
    opened = container.checked(raw, limits)
    book = load_workbook(opened, read_only=True, data_only=True, keep_links=False)
    parts, length = list[str](), 0
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        for part in (f"## {sheet.title}", *portions(_rows(sheet.iter_rows(values_only=True)))):
            parts.append(part)
            length += len(part)
            if length > limits.text:
                raise BadFile(f"Its text has more than {limits.text} characters. Split the file.")
    return Converted(title=container.title(opened), text="\n\n".join(parts), plain=False)


def _rows(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[str]]:
    for row in rows:
        cells = [_said(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        yield cells


def _said(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date | time) else str(value)
