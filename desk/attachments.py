"""Attached files: what is welcome, told by its first bytes rather than by its name or its sender's word."""

import hashlib
import re
import struct
import zipfile
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from desk.errors import EmptyFile, FileTooLarge, HarmfulFile, UnwelcomeFile

LONGEST_NAME = 100
UNPACKED = 200 * 1024 * 1024   # bytes that an office file may hold unpacked
RATIO = 200                    # times its packed size, in the whole
PARTS = 5000
PIXELS = 100_000_000           # of a picture; more would choke a browser

TEXT = "text/plain"
ENDINGS = {
    "image/png": ("png",), "image/jpeg": ("jpg", "jpeg"), "image/gif": ("gif",), "image/webp": ("webp",),
    "application/pdf": ("pdf",), TEXT: ("txt", "log", "csv", "md", "ini", "conf", "json", "yaml", "yml"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ("pptx",),
    "application/vnd.oasis.opendocument.text": ("odt",), "application/vnd.oasis.opendocument.spreadsheet": ("ods",),
    "application/vnd.oasis.opendocument.presentation": ("odp",),
}
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})   # raster images: nothing in them runs
OFFICE = {"word/": "docx", "xl/": "xlsx", "ppt/": "pptx"}
MACROS = re.compile(r"vbaproject|macros?/|basic/script|activex", re.IGNORECASE)
MARKUP = re.compile(rb"^\s*(?:<\?xml|<!doctype|<!--|<html|<head|<body|<script|<svg|<iframe|<\w+:svg)|<script[\s>]|<svg[\s>]|<html[\s>]",
                    re.IGNORECASE)
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
# Path separators, wildcards, quotes, controls, direction marks and invisible characters; ZWNJ stays, Persian names need it.
UNSAFE = re.compile('[\\\\/:*?"<>|\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200d-\u200f\u202a-\u202e\u2028\u2029\u2060-\u206f\ud800-\udfff'
                    "\ufeff\U000e0000-\U000e0fff]+")


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A file that passed: its content, its real type and a name that is safe to write anywhere."""

    content: bytes
    name: str
    media_type: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Attachment:
    id: str
    account: str               # who sent it; a guest sends none
    conversation: str | None
    ticket: int | None
    sha256: str
    name: str
    media_type: str
    size: int
    created_at: datetime

    @property
    def is_picture(self) -> bool:
        return self.media_type in PICTURES

    @property
    def shown(self) -> dict[str, object]:
        """As the conversation's events and the API tell of it."""
        return {"id": self.id, "name": self.name, "media_type": self.media_type, "size": self.size, "url": f"/attachments/{self.id}"}


def check(name: str, content: bytes, *, largest: int) -> Checked:
    """The file, if it is welcome. Raises EmptyFile, FileTooLarge, UnwelcomeFile or HarmfulFile."""
    if not content:
        raise EmptyFile()
    if len(content) > largest:
        raise FileTooLarge(limit=largest)
    media_type = sniff(content)
    return Checked(content=content, name=safe_name(name, media_type), media_type=media_type)


def sniff(content: bytes) -> str:
    """The media type by the content alone."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return _picture("image/png", struct.unpack(">II", content[16:24]) if len(content) > 24 else (0, 0))
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return _picture("image/gif", struct.unpack("<HH", content[6:10]) if len(content) > 10 else (0, 0))
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    return _text(content)


def _picture(media_type: str, size: tuple[int, ...]) -> str:
    if size[0] * size[1] > PIXELS:
        raise HarmfulFile("The picture has more pixels than a browser can show. Send a smaller one.")
    return media_type


def _office(content: bytes) -> str:
    """An office document by its parts. Archives of other kinds, macros and what unpacks to a flood are refused."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            if len(parts) > PARTS or unpacked > UNPACKED or unpacked > RATIO * len(content):
                raise HarmfulFile("The file unpacks to far more than it holds. Send it in another form, for example as a PDF.")
            names = [part.filename for part in parts]
            if any(MACROS.search(name) for name in names):
                raise HarmfulFile("The file holds macros. Save it without macros, or as a PDF, then send it again.")
            return _kind_of(archive, names)
    except (zipfile.BadZipFile, RuntimeError, EOFError, ValueError, NotImplementedError, OSError) as error:
        raise UnwelcomeFile() from error


def _kind_of(archive: zipfile.ZipFile, names: list[str]) -> str:
    ending = ""
    if "[Content_Types].xml" in names:
        ending = next((OFFICE[folder] for folder in OFFICE if any(name.startswith(folder) for name in names)), "")
    elif "mimetype" in names:
        with archive.open("mimetype") as file:
            declared = file.read(100).decode("ascii", "replace").strip()
        ending = ENDINGS.get(declared, ("",))[0]
    if not ending:
        raise UnwelcomeFile()
    return next(media_type for media_type, endings in ENDINGS.items() if ending in endings)


def _text(content: bytes) -> str:
    """Plain text in a common encoding; markup that a browser would run is none."""
    text = _decoded(content)
    if text is None or CONTROLS.search(text) or MARKUP.search(text.encode("utf-8", "replace")):
        raise UnwelcomeFile()
    return TEXT


def _decoded(content: bytes) -> str | None:
    """UTF-16 by its mark, UTF-8, or the code page of older Arabic and Persian systems."""
    encodings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8", "cp1256")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def safe_name(name: str, media_type: str) -> str:
    """A name without a path, a trick or an ending that lies about the content."""
    plain = UNSAFE.sub("_", name.replace("\\", "/").rpartition("/")[2]).strip(" ._") or "file"
    ending = plain.rpartition(".")[2].lower() if "." in plain else ""
    endings = ENDINGS[media_type]
    stem = plain.rpartition(".")[0] if ending in endings else plain
    kept = ending if ending in endings else endings[0]
    return f"{stem[:LONGEST_NAME - len(kept) - 1].rstrip(' .')}.{kept}"
