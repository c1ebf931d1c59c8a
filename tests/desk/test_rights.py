"""What is held on a person is declared, can be had and can be erased; walked through every table and every file afterwards."""

import hashlib
import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, insert, select, text

from agent.checkpoints import open_checkpoints
from desk.audit import first_break
from desk.codes import digest
from desk.conversations import Author
from desk.errors import BadInput, NotFound, NotSignedIn, UnderHold
from desk.files import Files
from desk.handoffs import Reason
from desk.identity import Action
from desk.people import Role
from desk.services import Desk, open_desk
from desk.store import Store, tables
from desk.store.holdings import HOLDINGS, Erasure
from desk.store.tables import metadata
from desk.tickets import Kind, Level, Status
from desk.words import words
from tests.desk.conftest import OLD_PASSWORD, QUICK, Clock, someone
from yavar import rights
from yavar.settings import Settings

SECRET = "a secret of this test only"
NAMES = {"name": "parvaneh.canary77", "display": "پروانه قناری‌نیا", "email": "parvaneh.canary77@example.org"}
SAID = "چکاوک-۴۷۱۱ flamingo-4711 كناري-٤٧١١"
CANARIES = (*NAMES.values(), "flamingo-4711", "چکاوک-۴۷۱۱", "كناري-٤٧١١")


def test_every_column_of_every_table_is_declared_once() -> None:
    """A new table or column says here what it holds on people, or this fails. Declare it in desk/store/holdings.py."""
    declared = [(holding.table.name, name) for holding in HOLDINGS
                for name in (*holding.plain, *holding.ids, *holding.personal, *holding.secret)]
    there = {(table.name, column.name) for table in metadata.sorted_tables for column in table.columns}
    assert {"undeclared": there - set(declared), "gone": set(declared) - there} == {"undeclared": set(), "gone": set()}
    assert sorted(declared) == sorted(set(declared)), "a column is declared twice"


def test_whatever_holds_something_personal_is_somebody_s_and_is_erased() -> None:
    assert [holding.table.name for holding in HOLDINGS if (holding.personal or holding.secret) and holding.theirs is None] == []
    assert [holding.table.name for holding in HOLDINGS if holding.personal and holding.erasure is Erasure.KEEP] == []
    nullable_in_blank = [column for holding in HOLDINGS if holding.erasure is Erasure.BLANK for column in holding.secret]
    assert nullable_in_blank == []


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    return Settings(home=home, secret=SECRET)   # type: ignore[arg-type]


@pytest.fixture
async def desk(settings: Settings) -> Any:
    store = Store(settings.database)
    await store.migrate()
    yield open_desk(store, words(), hours=settings.hours, phone="100", secret=SECRET, passwords=QUICK)
    await store.close()


async def lived(desk: Desk, clock: Clock, settings: Settings) -> str:
    """A person with everything that a house can hold on one: each table that is about people has a row that names them."""
    person = await someone(desk, clock, "newcomer")
    agent = await someone(desk, clock, "agent", Role.AGENT)
    me = person.account.id
    async with desk.store.begin() as tx:
        await tx._connection.execute(text("UPDATE accounts SET name = :name, display = :display, email = :email WHERE id = :id"),
                                     {**NAMES, "id": me})
    conversation, now = person.conversation.id, clock()
    async with desk.store.begin() as tx:
        said = await tx.conversations.say(conversation, Author.USER, SAID, "fa", now, account=me)
        turn = await tx.turns.receive(conversation=conversation, session=person.caller.session, account=me, seq=said.seq, kind="message",
                                      text=SAID, lang="fa", client_id="c1", body_hash=digest(SAID), now=now)
        await tx.effects.begin("key", turn.id, "create_ticket", now)
        await tx.effects.finish("key", {"facts": {"title": SAID}})
        ticket = await desk.ticketing.open(tx, requester=me, title=SAID, description=SAID, kind=Kind.INCIDENT, impact=Level.LOW,
                                           urgency=Level.LOW, lang="fa", conversation=conversation, key="key", now=now)
        await tx.tickets.comment(ticket.number, "user", SAID, now, account=me)
        await tx.turns.take(turn.id, now)
        await tx.turns.finish(await tx.turns.get(turn.id), (await tx.turns.get(turn.id)).state, {"reply": {"text": SAID}}, now)
        handed = await desk.handing.hand_off(tx, await tx.conversations.get(conversation), Reason.ASKED, now, findings={"findings": [SAID]})
        await tx.gaps.record(turn=turn.id, conversation=conversation, owner=None, text=SAID, lang="fa", asked_back=False, embedder="e",
                             vector=SAID.encode(), now=now)
        flow = await desk.verifying.start(tx, await tx.conversations.get(conversation), Action.RESET, now)
        await tx.flows.keep_code(flow, "12345678", now)
        await tx.flows.mint(flow, session=person.caller.session, now=now)
        await tx.outbox.put(account=me, kind="notice", address=NAMES["email"], subject=SAID, sealed_body=desk.vault.seal(SAID), key=None,
                            now=now)
    await desk.signin.sign_in(NAMES["name"], OLD_PASSWORD, clock())
    guest, _ = await desk.signin.open_guest(NAMES["name"], "ar", clock())
    async with desk.store.begin() as tx:
        await tx.conversations.say(guest.id, Author.USER, SAID, "ar", clock())
        await tx.conversations.say(agent.conversation.id, Author.USER,
                                   f"Ask {NAMES['display']} or write to {NAMES['email'].upper()}, not canary77 nor پروانه", "en", clock(),
                                   extra={"card": [NAMES["display"]]})
    await desk.handing.claim(agent.account, conversation, clock())
    await desk.handing.resolve(agent.account, conversation, clock())
    await beside(desk, clock, settings, me, conversation, ticket.number)
    await (await open_checkpoints(settings.home / "turns.db", settings.database)).close()
    with closing(sqlite3.connect(settings.home / "turns.db")) as kept, kept:
        kept.execute("INSERT INTO checkpoints (thread_id, checkpoint_ns, checkpoint_id, type, checkpoint, metadata) "
                     "VALUES (?, '', '1', 'msgpack', ?, ?)", (turn.id, SAID.encode(), b"{}"))
    return handed.handoff.id


async def beside(desk: Desk, clock: Clock, settings: Settings, me: str, conversation: str, ticket: int) -> None:
    """A card, a call-back, a file, an urging, a runbook that was begun, and a presence."""
    file, now = b"a screenshot of " + SAID.encode(), clock()
    sha256 = hashlib.sha256(file).hexdigest()
    Files(settings.home / "attachments").keep(sha256, file, now)
    rows: dict[Table, dict[str, Any]] = {
        tables.cards: {"id": "card", "conversation": conversation, "account": me, "kind": "form", "tool": "x", "args": {"why": SAID},
                       "seal": "s", "state": "open", "key": "card", "created_at": now, "expires_at": now},
        tables.callbacks: {"id": "call", "conversation": conversation, "ticket": ticket, "phone": desk.vault.seal(SAID), "state": "done",
                           "slot_at": now, "due_at": now, "asked_at": now, "tries": 0, "apologies": 0},
        tables.attachments: {"id": "file", "account": me, "conversation": conversation, "sha256": sha256, "name": f"{SAID}.png",
                             "media_type": "image/png", "size": len(file), "created_at": now},
        tables.urgings: {"id": "urging", "ticket": ticket, "account": me, "way": "nudge", "reason": SAID, "at": now, "key": "urging"},
        tables.mendings: {"id": "mending", "conversation": conversation, "asset": "vpn", "runbook": "vpn", "state": "open", "tried": [],
                          "created_at": now, "updated_at": now},
        tables.proposals: {"id": "proposal", "key": "proposal", "turn": "turn", "conversation": conversation, "account": me,
                           "group": "user", "lang": "en", "tool": "create_ticket", "args": {"title": SAID}, "seal": "s", "stage": "suggest",
                           "decision": "open", "created_at": now, "expires_at": now},
        tables.profiles: {"account": me, "source": "file", "manager": SAID, "department": SAID, "site": SAID, "vip": True,
                          "devices": [SAID], "synced_at": now},
        tables.identities: {"issuer": "https://id.invalid", "subject": SAID, "account": me, "created_at": now},
        tables.presence: {"account": me, "state": "online", "since": now, "seen_at": now, "active_at": now, "chosen": True},
    }
    async with desk.store.begin() as tx:
        for table, row in rows.items():
            await tx._connection.execute(insert(table).values(row))


def everything(home: Path) -> str:
    """Each file below the home, as bytes and with JSON's escapes undone."""
    raw = b"\n".join(file.read_bytes() for file in sorted(home.rglob("*")) if file.is_file())
    return raw.decode("utf-8", "replace").lower() + "\n" + raw.decode("latin-1").lower()


def found_in(home: Path) -> set[str]:
    whole = everything(home)
    return {canary for canary in CANARIES for form in (canary, json.dumps(canary)[1:-1]) if form.lower() in whole}


async def test_after_an_erasure_no_table_and_no_file_names_the_person(desk: Desk, clock: Clock, settings: Settings) -> None:
    await lived(desk, clock, settings)
    async with desk.store.read() as tx:
        for holding in HOLDINGS:
            if holding.theirs is not None and holding.table.name != "holds":
                rows = await tx._connection.execute(select(holding.table).limit(1))
                assert rows.first(), f"{holding.table.name} is empty, so its erasure is not shown"
    assert found_in(settings.home) == set(CANARIES), "what is to be erased is there"
    async with desk.store.read() as tx:
        person = await tx.people.by_name(NAMES["name"])
        assert person

    told = await rights.erase(settings, NAMES["name"], clock(), dry_run=True)
    assert "messages" in told and "named by others in messages: 1" in told
    assert found_in(settings.home) == set(CANARIES), "a dry run changes nothing"

    told = await rights.erase(settings, NAMES["name"], clock(), dry_run=False)
    assert "Erased" in told and "busy" not in told
    assert found_in(settings.home) == set()
    with pytest.raises(NotSignedIn):
        await desk.signin.sign_in(NAMES["name"], OLD_PASSWORD, clock())
    with pytest.raises(NotFound):
        await rights.erase(settings, NAMES["name"], clock(), dry_run=False)
    sql = sqlite3.connect(settings.home / "yavar.db")
    assert sorted(sql.execute("SELECT status, title, description, requester, conversation FROM tickets").fetchall()) == [
        ("cancelled", "—", "—", None, None), ("resolved", "—", "—", None, None)]      # what they asked for, and their handoff's
    assert sql.execute("SELECT count(*) FROM comments WHERE text = '—'").fetchone()[0] >= 1, "the ticket's history is kept"
    assert sql.execute("SELECT count(*) FROM sessions WHERE account = ?", (person.id,)).fetchone() == (0,)
    others = sql.execute("SELECT text, extra FROM messages").fetchall()
    sql.close()
    assert [row[0] for row in others] == ["Ask — or write to —, not canary77 nor پروانه"], "what others said stays, without the name"
    assert json.loads(others[0][1]) == {"card": ["—"]}
    async with desk.store.read() as tx:
        entries = await tx.audit.all()
    assert first_break(entries) is None
    assert {entry.action for entry in entries if entry.subject == person.id} >= {"ticket.opened", "handoff.opened", "person.erased"}
    with closing(sqlite3.connect(settings.home / "turns.db")) as kept:
        assert kept.execute("SELECT count(*) FROM checkpoints").fetchone() == (0,)
    assert [path for path in (settings.home / "attachments").rglob("*") if path.is_file()] == []


async def test_an_open_ticket_of_somebody_erased_waits_for_nobody(desk: Desk, clock: Clock, settings: Settings) -> None:
    person = await someone(desk, clock, "sara")
    async with desk.store.begin() as tx:
        ticket = await desk.ticketing.open(tx, requester=person.account.id, title="x", description="y", kind=Kind.INCIDENT,
                                           impact=Level.LOW, urgency=Level.LOW, lang="en", conversation=None, key=None, now=clock())
    await rights.erase(settings, "sara", clock(), dry_run=False)
    async with desk.store.read() as tx:
        assert (await tx.tickets.get(ticket.number)).status is Status.CANCELLED


async def test_an_export_has_everything_and_nothing_that_lets_one_pass_for_the_person(desk: Desk, clock: Clock, settings: Settings,
                                                                                      tmp_path: Path) -> None:
    await lived(desk, clock, settings)
    file = tmp_path / "person.zip"
    told = await rights.export(settings, NAMES["name"], file, clock())
    assert str(file) in told and file.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(file) as archive:
        found = json.loads(archive.read("person.json"))["tables"]
        transcripts = [archive.read(name).decode() for name in archive.namelist() if name.startswith("conversations/")]
    about_people = {holding.table.name for holding in HOLDINGS if holding.theirs is not None}
    assert set(found) == about_people - {"holds"}
    assert found["accounts"][0]["display"] == NAMES["display"]
    assert [mail["body"] for mail in found["outbox"] if mail["subject"] == SAID] == [SAID], "sealed mail is opened for the person"
    assert [call["phone"] for call in found["callbacks"]] == [SAID]
    assert len(transcripts) == 2 and all(SAID in transcript for transcript in transcripts)
    shown = {(table, column) for table, rows in found.items() for row in rows for column in row}
    assert {(holding.table.name, name) for holding in HOLDINGS for name in holding.secret} & shown == set()


async def test_a_legal_hold_stands_before_erasure(desk: Desk, clock: Clock, settings: Settings) -> None:
    await someone(desk, clock, "sara")
    with pytest.raises(BadInput, match="why"):
        await rights.hold(settings, "sara", " ", clock())
    await rights.hold(settings, "sara", "case 12/2026", clock())
    for dry_run in (True, False):
        with pytest.raises(UnderHold, match=r"case 12/2026.*yavar person release sara"):
            await rights.erase(settings, "sara", clock(), dry_run=dry_run)
    async with desk.store.read() as tx:
        assert await tx.people.by_name("sara")
    await rights.release(settings, "sara", clock())
    with pytest.raises(BadInput, match="no legal hold"):
        await rights.release(settings, "sara", clock())
    assert "Erased: sara" in await rights.erase(settings, "sara", clock(), dry_run=False)
    async with desk.store.read() as tx:
        told = [entry.action for entry in await tx.audit.all() if entry.action.startswith("person.")]
    assert told == ["person.held", "person.released", "person.erased"]


async def test_nobody_is_left_alone_by_an_erasure(desk: Desk, clock: Clock, settings: Settings) -> None:
    user, agent = await someone(desk, clock, "sara"), await someone(desk, clock, "agent", Role.AGENT)
    await someone(desk, clock, "root", Role.ADMIN)
    with pytest.raises(BadInput, match="only administrator"):
        await rights.erase(settings, "root", clock(), dry_run=False)
    await desk.handing.ask_for_person(user.conversation, clock())
    await desk.handing.claim(agent.account, user.conversation.id, clock())
    with pytest.raises(BadInput, match="speaks in 1 conversations"):
        await rights.erase(settings, "agent", clock(), dry_run=False)
    await desk.handing.resolve(agent.account, user.conversation.id, clock())
    await rights.erase(settings, "agent", clock(), dry_run=False)
    async with desk.store.read() as tx:
        assert await tx.people.by_name("agent") is None and await tx.people.by_name("sara") is not None
        assert await tx.conversations.messages(user.conversation.id), "what was said with the user is the user's"
