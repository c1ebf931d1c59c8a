"""What a file says, as text: one file here for each kind, with its `read`."""

from collections.abc import Mapping
from importlib import import_module

from knowledge.errors import BadFile
from knowledge.sources.formats.text import Converted, Limits, tidied

__all__ = ["FORMATS", "Converted", "Limits", "read"]

FORMATS: Mapping[str, str] = {
    ".md": "markdown", ".markdown": "markdown", ".txt": "plain", ".html": "web", ".htm": "web", ".eml": "letter", ".pdf": "pdf",
    ".docx": "word", ".xlsx": "sheets", ".pptx": "slides",
}


def read(suffix: str, raw: bytes, limits: Limits) -> Converted:
    """Convert the bytes of a file. Raises BadFile; nothing else, whatever they are."""
    try:
        # imported when the first file of its kind comes: together their libraries take seconds
        form = import_module(f"{__name__}.{FORMATS[suffix]}")
        return tidied(form.read(raw, limits), limits)
    except BadFile:
        raise
    except MemoryError:
        raise BadFile("Converting it takes more memory than a file may.") from None
    except RecursionError:
        raise BadFile("It is nested too deeply.") from None
    except Exception as error:         # a library's own, of which each has many
        raise BadFile(f"It cannot be read as {suffix} ({type(error).__name__}). Save it anew in the program that made it.") from error
