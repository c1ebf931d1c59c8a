"""The zip container of office files, looked through before any library opens it."""

from io import BytesIO
from zipfile import BadZipFile, ZipFile

from defusedxml.ElementTree import fromstring

from knowledge.errors import BadFile
from knowledge.sources.formats.text import Limits

CORE = "docProps/core.xml"
DC_TITLE = "{http://purl.org/dc/elements/1.1/}title"
LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"       # an older container: of old files, and of those with a password
DECLARES = (b"<!DOCTYPE", "<!DOCTYPE".encode("utf-16-le"), "<!DOCTYPE".encode("utf-16-be"))
XML = (".xml", ".rels", ".vml")
HEAD = 4096                    # bytes of a part in which a declaration stands, if it has one


def checked(raw: bytes, limits: Limits) -> BytesIO:
    """The container, once it holds no more than it may. Raises BadFile."""
    if raw.startswith(LOCKED):
        raise BadFile("It is protected by a password, or of an older kind. Save it without a password in today's format.")
    try:
        with ZipFile(BytesIO(raw)) as container:
            members = container.infolist()
            if len(members) > limits.members:
                raise BadFile(f"It has more than {limits.members} parts.")
            if sum(one.file_size for one in members) > limits.unpacked:
                raise BadFile(f"Unpacked it would be larger than {limits.unpacked // 2 ** 20} MB.")
            for one in members:
                with container.open(one) as part:      # a part that says less than it holds ends with an error there
                    head = part.read(HEAD)
                if one.filename.lower().endswith(XML) and any(mark in head for mark in DECLARES):
                    raise BadFile("A part of it declares entities, which no office program writes.")
    except (BadZipFile, NotImplementedError, RuntimeError) as error:       # broken, packed in an unknown way, or with a password
        raise BadFile("It is broken, or protected by a password.") from error
    return BytesIO(raw)


def title(container: BytesIO) -> str:
    """As the file's properties name it."""
    with ZipFile(container) as opened:
        if CORE not in opened.namelist():
            return ""
        found = fromstring(opened.read(CORE)).find(DC_TITLE)
    return (found.text or "") if found is not None else ""
