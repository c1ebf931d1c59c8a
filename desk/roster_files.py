"""A directory in a file: CSV with a header line, or a JSON list of objects, with the same names."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from desk.errors import BadInput
from desk.people import LANGS, Lang, Role
from desk.roster import Entry

LONGEST: Mapping[str, int] = {"name": 120, "display": 200, "email": 254, "timezone": 60, "manager": 120, "department": 200,
                              "site": 200, "subject": 255}
COLUMNS = (*LONGEST, "role", "groups", "lang", "vip", "devices")
YES, NO = frozenset({"yes", "true", "1"}), frozenset({"no", "false", "0", ""})
LARGEST = 64 * 1024 * 1024     # bytes


class FileSource:
    """People listed in a file; its stem is the directory's name unless another is given."""

    def __init__(self, path: Path, name: str = "") -> None:
        self._path = path
        self.name = name or path.stem

    async def people(self) -> Sequence[Entry]:
        rows = _json(self._text()) if self._path.suffix == ".json" else _csv(self._text())
        entries = [_entry(where, row) for where, row in rows]
        seen: dict[str, str] = {}
        for (where, _), entry in zip(rows, entries, strict=True):
            if entry.name in seen:
                raise BadInput(f"{where}: `{entry.name}` is listed already at {seen[entry.name]}. Remove one of them.")
            seen[entry.name] = where
        return entries

    def _text(self) -> str:
        try:
            if self._path.stat().st_size > LARGEST:
                raise BadInput(f"{self._path} is larger than {LARGEST >> 20} MiB. Split it by directory.")
            return self._path.read_text("utf-8-sig")
        except OSError as error:
            raise BadInput(f"{self._path} cannot be read: {error.strerror}. Name a file that this user may read.") from None
        except UnicodeDecodeError:
            raise BadInput(f"{self._path} is not UTF-8. Save it as UTF-8, then sync again.") from None


def _csv(text: str) -> list[tuple[str, dict[str, object]]]:
    reader = csv.DictReader(io.StringIO(text), strict=True)
    found: list[tuple[str, dict[str, object]]] = []
    try:
        for row in reader:
            if None in row or None in row.values():
                raise BadInput(f"line {reader.line_num}: it has not as many fields as the header. Quote fields that hold a comma.")
            found.append((f"line {reader.line_num}", {str(name).strip().lower(): value for name, value in row.items()}))
    except csv.Error as error:
        raise BadInput(f"line {reader.line_num}: {error}. Correct the quotes.") from None
    _known_columns("line 1", {str(name).strip().lower() for name in reader.fieldnames or ()})
    return found


def _json(text: str) -> list[tuple[str, dict[str, object]]]:
    try:
        rows = json.loads(text)
    except ValueError as error:
        raise BadInput(f"It is no JSON: {error}.") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadInput("A JSON list of objects is wanted, one for each person.")
    found = [(f"entry {number}", {str(name).lower(): value for name, value in row.items()}) for number, row in enumerate(rows, 1)]
    for where, row in found:
        _known_columns(where, set(row))
    return found


def _known_columns(where: str, names: set[str]) -> None:
    unknown = sorted(names - set(COLUMNS))
    if unknown or "name" not in names:
        wrong = f"`{unknown[0]}` is no column" if unknown else "the column `name` is missing"
        raise BadInput(f"{where}: {wrong}. There are {', '.join(COLUMNS)}.")


def _entry(where: str, row: Mapping[str, object]) -> Entry:
    said = {name: _text(where, name, row.get(name)) for name in LONGEST}
    name, zone = (said.pop("name") or "").lower(), said.pop("timezone")
    if not name:
        raise BadInput(f"{where}: `name` is empty. Give what the person signs in with.")
    return Entry(name=name, timezone=_zone(where, zone), role=_role(where, row.get("role")), lang=_lang(where, row.get("lang")),
                 vip=_yes(where, row.get("vip")), groups=frozenset(_list(row.get("groups"))), devices=_list(row.get("devices")),
                 display=said["display"], email=said["email"], manager=said["manager"], department=said["department"],
                 site=said["site"], subject=said["subject"])


def _text(where: str, name: str, value: object) -> str | None:
    text = "" if value is None else str(value).strip()
    if len(text) > LONGEST[name] or "\0" in text:
        raise BadInput(f"{where}: `{name}` is longer than {LONGEST[name]} characters, or holds a NUL. Shorten it.")
    return text or None


def _zone(where: str, name: str | None) -> str | None:
    try:
        return name and ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadInput(f"{where}: `{name}` is no time zone. Write one like Asia/Tehran.") from None


def _role(where: str, value: object) -> Role | None:
    text = str(value or "").strip().lower()
    if text and text not in set(Role) - {Role.GUEST}:
        raise BadInput(f"{where}: `{text}` is no role. Choose one of {', '.join(sorted(set(Role) - {Role.GUEST}))}.")
    return Role(text) if text else None


def _lang(where: str, value: object) -> Lang | None:
    text = str(value or "").strip().lower()
    if text and text not in LANGS:
        raise BadInput(f"{where}: `{text}` is no language of the house. Choose one of {', '.join(LANGS)}.")
    return next((lang for lang in LANGS if lang == text), None)


def _yes(where: str, value: object) -> bool:
    text = "" if value is None else str(value).strip().lower()
    if text not in YES | NO:
        raise BadInput(f"{where}: `vip` is `{text}`. Write yes or no.")
    return text in YES


def _list(value: object) -> tuple[str, ...]:
    """Parts between semicolons, or a JSON list."""
    parts = value if isinstance(value, list) else str(value or "").split(";")
    return tuple(text for part in parts if (text := str(part).strip()))
