"""Files that come in with a form, and files that go out again: never as anything that a browser would run."""

from contextlib import suppress
from urllib.parse import quote

from fastapi import Request, Response
from starlette.datastructures import UploadFile

from desk.attachments import PICTURES, TEXT, Attachment
from desk.errors import FileTooLarge
from desk.services.attaching import Limits, Sent

FIELD = "files"
PARTS = 40                     # of one form
# A sandbox without a single right: even opened by itself, nothing in the file runs or fetches.
POLICY = "default-src 'none'; style-src 'none'; img-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
MULTIPART = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": {
    "type": "object", "required": [FIELD], "properties": {FIELD: {"type": "array", "items": {"type": "string", "format": "binary"}}}}}}}}


async def read_form(request: Request, limits: Limits) -> tuple[dict[str, str], list[Sent]]:
    """The fields, and the files that were chosen. Raises FileTooLarge before a large one is read whole."""
    fields: dict[str, str] = {}
    files: list[Sent] = []
    async with request.form(max_files=PARTS, max_fields=PARTS) as sent:
        for name, value in sent.multi_items():
            if isinstance(value, str):
                fields[name] = value
            elif name == FIELD and (value.filename or value.size):
                files.append(await _read(value, limits))
    return fields, files


async def _read(file: UploadFile, limits: Limits) -> Sent:
    if file.size is not None and file.size > limits.largest:
        raise FileTooLarge(limit=limits.largest)
    return Sent(name=file.filename or "", content=await file.read(limits.largest + 1))


def download(found: Attachment, content: bytes) -> Response:
    """A picture may be looked at where it stands; all else is saved."""
    kind = "inline" if found.media_type in PICTURES else "attachment"
    plain = found.name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_").replace("\\", "_")
    media = found.media_type + ("; charset=utf-8" if found.media_type == TEXT and _is_utf8(content) else "")
    return Response(content, media_type=None, headers={
        "Content-Type": media, "Content-Security-Policy": POLICY, "Cache-Control": "private, no-store",
        "Content-Disposition": f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(found.name, safe='')}"})


def _is_utf8(content: bytes) -> bool:
    with suppress(UnicodeDecodeError):
        content.decode("utf-8")
        return True
    return False
