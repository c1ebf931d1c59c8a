"""Presentations: each slide a section, with its notes."""

from collections.abc import Iterator
from typing import Any

from pptx import Presentation

from knowledge.errors import BadFile
from knowledge.sources.formats import container
from knowledge.sources.formats.tables import portions
from knowledge.sources.formats.text import Converted, Limits


def read(raw: bytes, limits: Limits) -> Converted:
    opened = container.checked(raw, limits)
    slides = Presentation(opened).slides
    if len(slides) > limits.pages:
        raise BadFile(f"It has more than {limits.pages} slides. Split the file.")
    parts = [part for number, slide in enumerate(slides, start=1) for part in _slide(slide, number)]
    return Converted(title=container.title(opened), text="\n\n".join(parts), plain=False)


def _slide(slide: Any, number: int) -> Iterator[str]:
    title = slide.shapes.title
    named = " ".join(title.text_frame.text.split()) if title is not None and title.has_text_frame else ""
    yield f"## {named or number}"
    for shape in _shapes(slide.shapes):
        if title is not None and shape.shape_id == title.shape_id:
            continue
        if shape.has_text_frame:
            yield "\n\n".join(paragraph.text for paragraph in shape.text_frame.paragraphs if paragraph.text.strip())
        elif getattr(shape, "has_table", False):
            yield from portions([cell.text for cell in row.cells] for row in shape.table.rows)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        yield slide.notes_slide.notes_text_frame.text


def _shapes(shapes: Any) -> Iterator[Any]:
    """Also those inside groups."""
    for shape in shapes:
        if hasattr(shape, "shapes"):
            yield from _shapes(shape.shapes)
        else:
            yield shape
