"""Real conversations, said again: what differs is shown, what follows from it is not counted again, and the house is left as it was."""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
import typer
from click.testing import Result
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool
from typer.testing import CliRunner

from agent.house import House
from desk.people import Lang
from tests.databases import rows_of
from tests.journeys.conftest import Clock, as_guest, signed_in
from tests.journeys.test_harvest import LANGS, PERSON, TICKET, VPN
from yavar import learning
from yavar.logs import processors

app = typer.Typer()
app.command("replay")(learning.replay)
app.command("none")(lambda: None)


@pytest.fixture
def database_url(either_url: str) -> str:
    return either_url


@pytest.fixture
def replay(tmp_path: Path, database_url: str) -> Iterator[Callable[..., Any]]:
    """The command beside the open house, and what it wrote."""
    env = {"YAVAR_HOME": str(tmp_path / "home"), "YAVAR_DATABASE_URL": database_url, "YAVAR_SECRET": "a secret of this test only",
           "YAVAR_SMTP_URL": "smtp://127.0.0.1:9"}

    async def run(*args: str, **more: str) -> tuple[Result, dict[str, Any]]:
        whole = ["replay", "--json", str(tmp_path / "r.json"), "--html", str(tmp_path / "r.html"), *args]
        result = await asyncio.to_thread(CliRunner().invoke, app, whole, env=env | more)
        return result, json.loads((tmp_path / "r.json").read_text("utf-8")) if (tmp_path / "r.json").exists() else {}

    yield run
    structlog.configure(processors=processors("json"))


def changed(url: str, said: str, answer: dict[str, Any]) -> None:
    """As if another version had answered that message: the recorded answer, with these parts in place of its own."""
    engine = create_engine(url.replace("+aiosqlite", ""), poolclass=NullPool)
    with engine.begin() as connection:
        rows = connection.execute(text("SELECT id, answer FROM turns WHERE text = :said"), {"said": said}).all()
        for turn, recorded in rows:
            known = json.loads(recorded) if isinstance(recorded, str) else recorded
            connection.execute(text("UPDATE turns SET answer = :answer WHERE id = :id"), {"answer": json.dumps(known | answer), "id": turn})
    engine.dispose()


def outbox(url: str) -> int:
    return len(rows_of(url)["outbox"])


@pytest.mark.timeout(900)
async def test_the_same_version_does_the_same_and_leaves_the_house_as_it_was(http: httpx.AsyncClient, house: House, clock: Clock,
                                                                            database_url: str, replay: Callable[..., Any],
                                                                            tmp_path: Path) -> None:
    for lang in LANGS:
        user = await signed_in(http, house, clock, "user", lang)
        for said in (VPN[lang], TICKET[lang], PERSON[lang]):
            await user.say(said)
    before = rows_of(database_url)
    result, found = await replay()
    assert result.exit_code == 0, result.output
    assert rows_of(database_url) == before and outbox(database_url) == len(before["outbox"])
    assert [turn["status"] for case in found["cases"] for turn in case["turns"]] == ["same"] * 9, found["cases"]
    assert found["metrics"]["same"] == 1 and set(found["by_lang"]) == set(LANGS) and found["n"] == 9
    assert [turn["now"]["handoff"] for turn in found["cases"][0]["turns"]] == ["", "", "asked"]
    assert "What would differ" in (tmp_path / "r.html").read_text("utf-8")
    assert (tmp_path / "r.json").stat().st_mode & 0o077 == 0


WIKI = {"en": "the wiki won't open", "ar": "الويكي ما يفتح معي", "fa": "ویکی باز نمیشه"}
FORGOT = {"en": "I forgot my password", "ar": "نسيت كلمة المرور", "fa": "رمزم را فراموش کرده‌ام"}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("lang", LANGS)
async def test_a_check_reaches_no_service_and_a_guest_nobody_s_mailbox(http: httpx.AsyncClient, house: House, clock: Clock, lang: Lang,
                                                                       database_url: str, replay: Callable[..., Any]) -> None:
    """The demo's wiki stands, and is not there for the copy; what is said after the check is another matter and is not held against it."""
    user = await signed_in(http, house, clock, "user", lang)
    await user.say(WIKI[lang])
    await user.say(house.desk.words.say(lang, "choice.still"))
    guest = await as_guest(http, house, clock, "user", lang)
    needs = (await guest.say(FORGOT[lang]))["needs"]
    await guest.verify(needs)
    await guest.say(VPN[lang])
    before = rows_of(database_url)
    result, found = await replay()
    assert result.exit_code == 0, result.output
    assert rows_of(database_url) == before
    checked, proved = [case["turns"] for case in found["cases"]]
    assert checked[0]["now"]["tools"][0] == "run_diagnostic" and checked[0]["status"] == "same"
    assert checked[1]["status"] in ("same", "apart")
    assert [turn["status"] for turn in proved] == ["same", "same"]
    assert found["counts"]["all"]["differs"] == found["counts"]["all"]["broke"] == 0


@pytest.mark.timeout(900)
async def test_another_outcome_is_shown_once_and_what_follows_is_not_counted(http: httpx.AsyncClient, house: House, clock: Clock,
                                                                            database_url: str, replay: Callable[..., Any],
                                                                            tmp_path: Path) -> None:
    user = await signed_in(http, house, clock, "user", "fa")
    await user.say(VPN["fa"])
    await user.say(PERSON["fa"])
    other = await signed_in(http, house, clock, "user2", "ar")
    await other.say(TICKET["ar"])
    await other.say("اسألوا Zebediah، الرمز 48213377")
    async with house.desk.store.begin() as tx:
        await tx.people.change(next(each.id for each in await tx.people.all() if each.name == "user"), display="Zebediah")
    changed(database_url, VPN["fa"], {"actions": [], "handoff": {"reason": "low_confidence", "ticket": 1}})
    result, found = await replay()
    assert result.exit_code == 0, result.output
    statuses = {case["lang"]: [(turn["status"], turn["kinds"]) for turn in case["turns"]] for case in found["cases"]}
    assert statuses == {"fa": [("differs", ["act", "handoff"]), ("diverged earlier", [])], "ar": [("same", []), ("same", [])]}
    assert found["counts"]["fa"]["kinds"] == {"act": 1, "handoff": 1} and found["counts"]["all"]["differs"] == 1
    assert found["by_lang"]["fa"]["same"] == 0 and found["by_lang"]["ar"]["same"] == 1
    page = (tmp_path / "r.html").read_text("utf-8")
    assert "differs: act, handoff" in page and VPN["fa"] in page and 'dir="rtl"' in page and "<script" not in page
    async with house.desk.store.read() as tx:
        ids = [each.id for each in [*await tx.people.all(), *await tx.conversations.since(None)]]
    assert found["cases"][1]["turns"][1]["text"].startswith("[withheld")
    assert not any(each in page + (tmp_path / "r.json").read_text("utf-8") for each in [*ids, "Zebediah", "48213377"])


@pytest.mark.timeout(900)
async def test_what_a_person_or_a_button_did_meanwhile_is_not_held_against_the_version(http: httpx.AsyncClient, house: House, clock: Clock,
                                                                                      database_url: str,
                                                                                      replay: Callable[..., Any]) -> None:
    user, agent = await signed_in(http, house, clock, "user"), await signed_in(http, house, clock, "agent")
    await user.say(PERSON["en"])
    for step, body in (("claim", None), ("reply", {"text": "Look at the article on the VPN."}), ("return", None)):
        done = await agent.call("POST", f"/desk/conversations/{user.conversation}/{step}", body)
        assert done.status_code < 300, (step, done.text)
    await user.say(VPN["en"])
    changed(database_url, VPN["en"], {"actions": []})
    result, found = await replay("--limit", "1")
    assert result.exit_code == 0, result.output
    assert [turn["status"] for turn in found["cases"][0]["turns"]] == ["same", "apart"] and found["counts"]["all"]["differs"] == 0


@pytest.mark.timeout(900)
async def test_a_file_that_nobody_else_has_open_keeps_every_byte(http: httpx.AsyncClient, house: House, clock: Clock, database_url: str,
                                                                 replay: Callable[..., Any], tmp_path: Path) -> None:
    if not database_url.startswith("sqlite"):
        pytest.skip("a file is SQLite's")
    user = await signed_in(http, house, clock, "user")
    await user.say(VPN["en"])
    still = tmp_path / "still.db"
    with closing(sqlite3.connect(tmp_path / "yavar.db")) as known, closing(sqlite3.connect(still)) as copy:
        known.backup(copy)
        copy.execute("PRAGMA journal_mode=WAL")
    before = still.read_bytes()
    result, found = await replay(YAVAR_DATABASE_URL=f"sqlite+aiosqlite:///{still}")
    assert result.exit_code == 0 and found["metrics"]["same"] == 1, result.output
    assert still.read_bytes() == before and [path.name for path in tmp_path.glob("still.db*")] == ["still.db"]


@pytest.mark.parametrize("args", [("--since", "soon"), ("--planner", "magic"), ("--html", "no/such/folder/r.html")])
async def test_wrong_usage_is_two(house: House, replay: Callable[..., Any], args: tuple[str, ...]) -> None:
    result, _ = await replay(*args)
    assert result.exit_code == 2, result.output
