"""`yavar backup`, `restore` and `upgrade`: the whole house in one file that either database takes back.

The file is a zip: `manifest.json` (format, version, schema, checksums), one `tables/NAME.jsonl` per table, `attachments/`, and the
secret if that was asked for. It is written from one snapshot, so a running server need not stop.
"""

import hashlib
import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import IO, Any

from cryptography.fernet import InvalidToken

from desk.errors import BadInput
from desk.store import Store, Tx, revisions
from desk.store.archive import Tables
from desk.vault import Vault
from yavar.settings import Settings

FORMAT = 1
MANIFEST = "manifest.json"
SECRET = "secret"                      # noqa: S105  the name of the file
FOLDERS = ("attachments",)             # of the home: what is kept outside the database
SEALED_BY = "sealed_by"                # the mark that holds the fingerprint of the house's secret
CHUNK = 1 << 20


async def backup(settings: Settings, file: Path, *, with_secret: bool, now: datetime) -> str:
    """Write the house into `file`; what was written, in words."""
    free(file)
    store = opened(settings)
    draft = file.with_name(f".{file.name}.part")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out, zipfile.ZipFile(
                out, "w", zipfile.ZIP_DEFLATED) as archive:
            manifest = await _write(archive, store, settings, with_secret=with_secret, now=now)
        os.link(draft, file)           # whole or not at all, and never over another
    finally:
        draft.unlink(missing_ok=True)
        await store.close()
    rows = sum(manifest["tables"].values())
    kept = ("The secret is in it: whoever has the file can open everything." if with_secret else
            "The secret is not in it. Without the file `secret` of this home, or its YAVAR_SECRET, people's authenticators and the mail "
            "in the outbox cannot be opened after a restore. Keep it elsewhere, or add it with --with-secret.")
    return f"{file}: {len(manifest['tables'])} tables, {rows} rows, {_files(manifest)} attachments, schema {manifest['schema']}.\n{kept}"


async def _write(archive: zipfile.ZipFile, store: Store, settings: Settings, *, with_secret: bool, now: datetime) -> dict[str, Any]:
    sums: dict[str, str] = {}
    counts: dict[str, int] = {}
    async with store.read() as tx:
        tables = await tx.archive.tables()
        for name in tables.names:
            with archive.open(f"tables/{name}.jsonl", "w", force_zip64=True) as member:
                counts[name], sums[f"tables/{name}.jsonl"] = await _write_table(member, tx, tables, name)
    for path, name in _attachments(settings.home):
        with (suppress(FileNotFoundError), path.open("rb") as source,       # retention may have removed it meanwhile
              archive.open(name, "w", force_zip64=True) as member):
            sums[name] = _copied(source, member)
    if with_secret:
        archive.writestr(SECRET, settings.house_secret)
        sums[SECRET] = hashlib.sha256(settings.house_secret.encode()).hexdigest()
    manifest = {"format": FORMAT, "yavar": version("yavar"), "schema": tables.revision, "made_at": now.isoformat(),
                "columns": {name: tables.columns(name) for name in tables.names}, "tables": counts, "sha256": sums}
    archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
    return manifest


async def _write_table(member: IO[bytes], tx: Tx, tables: Tables, name: str) -> tuple[int, str]:
    n, summed = 0, hashlib.sha256()
    async for row in tx.archive.rows(tables, name):
        line = (json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
        summed.update(line)
        member.write(line)
        n += 1
    return n, summed.hexdigest()


async def restore(settings: Settings, file: Path) -> str:
    """Put a backup into this house, which must be empty; what came back, in words."""
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = checked(archive)
            settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            store = Store(settings.database)
            try:
                told = await _restore(archive, manifest, store, settings)
            finally:
                await store.close()
    except FileNotFoundError:
        raise BadInput(f"There is no file {file}.") from None
    except (zipfile.BadZipFile, EOFError, KeyError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise BadInput(f"{file} is damaged or is no backup ({type(error).__name__}). Nothing was restored; take another backup.") from error
    return told


async def _restore(archive: zipfile.ZipFile, manifest: dict[str, Any], store: Store, settings: Settings) -> str:
    async with store.begin() as tx:
        tables = await tx.archive.begin_empty(manifest["schema"])
        if {name: tables.columns(name) for name in tables.names} != manifest["columns"]:
            raise BadInput("The backup's tables are not those of its schema: it is damaged or was altered. Nothing was restored.")
        for name in tables.names:
            n = await tx.archive.put(tables, name, _rows(archive, name))
            if n != manifest["tables"][name]:
                raise BadInput(f"The backup's table {name} has {n} rows instead of {manifest['tables'][name]}. Nothing was restored.")
        if SECRET in manifest["sha256"] and settings.secret is None:
            _put_secret(settings.home, archive.read(SECRET))       # the house was empty: nothing is sealed by another
        opens = _opens(archive, manifest, settings)
        if not opens:
            await tx.archive.forget_mark(SEALED_BY)
        await tx.archive.upgrade()
    for name in manifest["sha256"]:
        if name.split("/")[0] in FOLDERS:
            _put_file(archive, name, settings.home)
    rows = sum(manifest["tables"].values())
    told = f"Restored {rows} rows and {_files(manifest)} attachments of {manifest['made_at'][:16]}Z, Yavar {manifest['yavar']}."
    return told if opens else (
        f"{told}\nThis house's secret is not the one of the backup: authenticators and mail that waits cannot be opened. Put the old file "
        f"`secret` into {settings.home} or set the old YAVAR_SECRET before people sign in, or give them new authenticators.")


def checked(archive: zipfile.ZipFile) -> dict[str, Any]:
    """The manifest, once every member is what it says; raises BadInput otherwise."""
    if MANIFEST not in archive.namelist():
        raise BadInput(f"{archive.filename} is no backup of a Yavar house, or was cut off. Nothing was restored.")
    manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
    if not isinstance(manifest, dict) or manifest["format"] != FORMAT:
        raise BadInput(f"The backup is of another format than {FORMAT}, made by a newer Yavar. Install that version to restore it.")
    revisions.known(manifest["schema"])
    if sorted(archive.namelist()) != sorted([*manifest["sha256"], MANIFEST]):
        raise BadInput("The backup has other members than its manifest names: it is damaged. Nothing was restored; take another backup.")
    for name, expected in manifest["sha256"].items():
        with archive.open(name) as member:
            if _copied(member, None) != expected:
                raise BadInput(f"{name} in the backup is damaged. Nothing was restored; take another backup.")
    return manifest


async def upgrade(settings: Settings, *, dry_run: bool, now: datetime) -> str:
    """Say what would be migrated, make a backup, migrate under the database's lock."""
    store = opened(settings)
    try:
        async with store.read() as tx:
            before = await tx.archive.revision()
        if before is None:
            raise BadInput("There is no house in this database yet. `yavar serve` makes one.")
        steps = revisions.pending(before)
        told = "\n".join(f"  {step.revision}  {step.says}" for step in steps)
        if not steps:
            return f"Nothing to migrate: the schema is {before}, the newest."
        if dry_run:
            return f"The schema is {before}. To be migrated:\n{told}"
        folder = settings.home / "backups"
        folder.mkdir(mode=0o700, exist_ok=True)
        file = folder / f"before-{steps[-1].revision}-{now:%Y%m%dT%H%M%SZ}.zip"
        await backup(settings, file, with_secret=False, now=now)
        await store.migrate()
    finally:
        await store.close()
    return f"Backup: {file}\nMigrated from {before}:\n{told}"


def opened(settings: Settings) -> Store:
    """The store, provided that there is one: to look for a house must not make an empty one."""
    scheme, _, path = settings.database.partition(":///")
    if scheme.startswith("sqlite") and not Path(path).exists():
        raise BadInput(f"There is no house in {path}. Check YAVAR_HOME.")
    return Store(settings.database)


def free(file: Path) -> None:
    if file.exists():
        raise BadInput(f"{file} is there already. Name a new file: a backup never replaces another.")
    if not file.parent.is_dir():
        raise BadInput(f"There is no folder {file.parent}. Make it first, or name another file.")


def _attachments(home: Path) -> Iterator[tuple[Path, str]]:
    for folder in FOLDERS:
        for path in sorted((home / folder).rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield path, path.relative_to(home).as_posix()


def _copied(source: IO[bytes], into: IO[bytes] | None) -> str:
    summed = hashlib.sha256()
    while chunk := source.read(CHUNK):
        summed.update(chunk)
        if into:
            into.write(chunk)
    return summed.hexdigest()


def _rows(archive: zipfile.ZipFile, name: str) -> Iterator[list[Any]]:
    with archive.open(f"tables/{name}.jsonl") as member:
        for line in member:
            yield json.loads(line)


def _put_file(archive: zipfile.ZipFile, name: str, home: Path) -> None:
    parts = PurePosixPath(name).parts
    if ".." in parts or name.startswith("/") or "\\" in name:
        raise BadInput(f"The backup names a file outside its folder: {name[:80]!r}. It was altered; trust nothing in it.")
    path = home.joinpath(*parts)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with archive.open(name) as member, os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        _copied(member, out)


def _put_secret(home: Path, secret: bytes) -> None:
    path = home / SECRET
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secret.strip() + b"\n")


def _opens(archive: zipfile.ZipFile, manifest: dict[str, Any], settings: Settings) -> bool:
    """Whether this house's secret opens what the backup holds sealed; True where there is nothing."""
    place = manifest["columns"]["credentials"].index("totp_secret")
    sealed = next((row[place] for row in _rows(archive, "credentials") if row[place]), None)
    try:
        return sealed is None or bool(Vault(settings.house_secret).open(sealed))
    except InvalidToken:
        return False


def _files(manifest: dict[str, Any]) -> int:
    return sum(name.split("/")[0] in FOLDERS for name in manifest["sha256"])
