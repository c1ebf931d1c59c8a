"""Conversations that were really had, in three languages and on both databases, become candidates: corrections, and nobody's data."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from agent.house import House
from desk.people import Lang, Profile, Role
from desk.rollouts import ANY, Stage
from desk.tickets import FIRST_NUMBER
from evals.cli import app as evals_app
from tests.databases import kept_by, rows_of
from tests.journeys.conftest import Clock, Desk, signed_in
from yavar import learning

TICKET = {"en": "please open a ticket: the printer on floor 2 is jammed again",
          "ar": "يرجى فتح تذكرة: الطابعة في الدور الثاني فيها ورق عالق",
          "fa": "لطفاً تیکت ثبت کنید: پرینتر طبقهٔ دوم کاغذ گیر کرده است"}
VPN = {"en": "How do I connect to the VPN from home?", "ar": "كيف أتصل بالـ VPN من البيت؟", "fa": "چطور از خانه به VPN وصل شوم؟"}
PERSON = {"en": "I want to talk to a human being", "ar": "أريد التحدث إلى موظفة من فضلكم", "fa": "می‌خواهم با یک آدم واقعی صحبت کنم"}
LANGS: tuple[Lang, ...] = ("en", "ar", "fa")

app = typer.Typer()
app.command("harvest")(learning.harvest)
app.command("none")(lambda: None)


@pytest.fixture
def database_url(either_url: str) -> str:
    return either_url


@pytest.fixture
def command(tmp_path: Path, database_url: str) -> Callable[..., Any]:
    """The command line beside the open house."""
    env = {"YAVAR_HOME": str(tmp_path / "home"), "YAVAR_DATABASE_URL": database_url, "YAVAR_SECRET": "a secret of this test only"}

    async def run(*args: str, of: typer.Typer = app, typed: str = "") -> Result:
        return await asyncio.to_thread(CliRunner().invoke, of, list(args), input=typed, env=env)
    return run


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


async def suggest(house: House, tool: str) -> None:
    await house.desk.rolling.set(tool, Stage.SUGGEST, group=ANY, lang=ANY, known=house.mind.tools, by="admin", now=house.clock())


async def decide(agent: Desk, verb: str) -> None:
    """On the one proposal that waits."""
    (proposal,) = (await agent.call("GET", "/desk/proposals")).json()["proposals"]
    body = {"seal": proposal["seal"]} if verb == "approve" else {"note": "Not like that."}
    assert (await agent.call("POST", f"/desk/proposals/{proposal['id']}/{verb}", body)).status_code == 200
    await agent.house.assistant.settle()


async def dealt_with(user: Desk, agent: Desk, how: str, body: Any = None) -> None:
    for step in ("claim", how):
        done = await agent.call("POST", f"/desk/conversations/{user.conversation}/{step}", body if step == how else None)
        assert done.status_code < 300, done.text


@pytest.mark.parametrize("lang", LANGS)
async def test_what_people_decided_is_harvested_with_the_label_it_implies(http: httpx.AsyncClient, house: House, clock: Clock, lang: Lang,
                                                                          command: Callable[..., Any], tmp_path: Path) -> None:
    agent = await signed_in(http, house, clock, "agent")
    await suggest(house, "create_ticket")
    for verb in ("approve", "reject"):
        user = await signed_in(http, house, clock, "user", lang)
        await user.say(TICKET[lang])
        await decide(agent, verb)
    user = await signed_in(http, house, clock, "user2", lang)
    await user.say(VPN[lang])
    await user.call("POST", f"/conversations/{user.conversation}/handoff")                # the button: the answer was not enough
    await dealt_with(user, agent, "return", {"note": "The article says it all."})
    asking = await signed_in(http, house, clock, "user2", lang)
    await asking.say(PERSON[lang])
    await dealt_with(asking, agent, "resolve")
    assert (await asking.call("POST", f"/conversations/{asking.conversation}/solved", {"solved": True})).status_code == 200
    out = tmp_path / "found.jsonl"
    result = await command("harvest", "--out", str(out))
    assert result.exit_code == 0, result.output
    found = lines(out)
    assert [(row["text"], row["label"], row["why"]) for row in found] == [
        (TICKET[lang], "ticket_create", ["approved"]), (TICKET[lang], None, ["rejected"]),
        (VPN[lang], None, ["returned", "pressed_after"]), (PERSON[lang], "human", ["confirmed"])]
    assert all(row["reviewed"] is False and row["lang"] == lang and row["suite"] == "routing" for row in found)
    assert (found[2]["did"]["topics"], found[2]["did"]["first"]) == (["vpn"], "knowledge")
    assert found[2]["note"] == "The article says it all."
    for_human = tmp_path / "human.jsonl"
    assert (await command("harvest", "--out", str(for_human), "--suite", "human")).exit_code == 0
    assert [row["label"] for row in lines(for_human)] == ["other", None, None, "human"]


@pytest.mark.parametrize("lang", LANGS)
async def test_a_choice_that_was_picked_labels_the_words_before_it(http: httpx.AsyncClient, house: House, clock: Clock, lang: Lang,
                                                                  command: Callable[..., Any], tmp_path: Path) -> None:
    user = await signed_in(http, house, clock, "user", lang)
    answer = await user.say(VPN[lang])
    way_on = house.desk.words.say(lang, "choice.ticket_create")
    assert way_on in answer["reply"]["choices"]
    await user.say(way_on)
    out = tmp_path / "found.jsonl"
    assert (await command("harvest", "--out", str(out))).exit_code == 0
    (row,) = lines(out)
    assert (row["text"], row["label"], row["why"], row["then"]) == (VPN[lang], None, ["went_on"], "ticket_create")


@pytest.mark.parametrize(("lang", "text"), [("en", "laptop"), ("ar", "اللابتوب"), ("fa", "لپ‌تاپ")])
async def test_asked_what_was_meant_the_user_labels_the_message(http: httpx.AsyncClient, house: House, clock: Clock, lang: Lang, text: str,
                                                                command: Callable[..., Any], tmp_path: Path) -> None:
    user = await signed_in(http, house, clock, "user", lang)
    answer = await user.say(text)
    meant = house.desk.words.say(lang, "choice.service_request")
    assert meant in answer["reply"]["choices"], answer["reply"]
    await user.say(meant)
    for_routing, for_human = tmp_path / "routing.jsonl", tmp_path / "human.jsonl"
    assert (await command("harvest", "--out", str(for_routing))).exit_code == 0
    assert [(row["text"], row["label"], row["why"]) for row in lines(for_routing)] == [(text, "service_request", ["clarified"])]
    assert (await command("harvest", "--out", str(for_human), "--suite", "human")).exit_code == 0
    assert [row["label"] for row in lines(for_human)] == ["other"]


async def test_no_is_harvested_and_so_is_a_ticket_that_came_back(http: httpx.AsyncClient, house: House, clock: Clock,
                                                                 command: Callable[..., Any], tmp_path: Path) -> None:
    agent = await signed_in(http, house, clock, "agent")
    user = await signed_in(http, house, clock, "user")
    await user.say(PERSON["en"])
    await dealt_with(user, agent, "resolve")
    assert (await user.call("POST", f"/conversations/{user.conversation}/solved", {"solved": False})).status_code == 200
    other = await signed_in(http, house, clock, "user2")
    await other.say(TICKET["en"])
    number = (await other.call("GET", "/tickets")).json()["tickets"][0]["number"]
    assert (await agent.call("PATCH", f"/tickets/{number}", {"status": "resolved"})).status_code == 200
    assert (await other.call("PATCH", f"/tickets/{number}", {"status": "open"})).status_code == 200
    out = tmp_path / "found.jsonl"
    assert (await command("harvest", "--out", str(out))).exit_code == 0
    assert [(row["text"], row["why"]) for row in lines(out)] == [(PERSON["en"], ["not_solved"]), (TICKET["en"], ["reopened"])]


TAKEN = FIRST_NUMBER
CANARIES = {
    "password": "please open a ticket: my password is Tabestan#1402 and the printer takes nothing",
    "code": "please open a ticket: the code 48213377 was refused by the printer",
    "e-mail": "لطفاً تیکت ثبت کنید: پرینتر به canary.person@corp.example نمی‌فرستد",
    "phone": "يرجى فتح تذكرة: الطابعة عالقة، رقمي 0501234567",
    "name": "please open a ticket: Zebediah cannot print on floor 2",
    "other script": "لطفاً تیکت ثبت کنید: پرینتر زبدیه کرفورد کار نمی‌کند",
    "stranger": "please open a ticket, my name is Quillon and the printer is jammed",
    "device": "please open a ticket: the laptop LT-90417 has no printer",
    "ticket": f"please open a ticket like {TAKEN} before: the printer is jammed",
}
LOST = ("Tabestan", "48213377", "canary", "0501234567", "Zebediah", "زبدیه", "Quillon", "90417", "LT-", str(TAKEN))


async def test_nothing_that_leads_to_anybody_is_in_the_file(http: httpx.AsyncClient, house: House, clock: Clock, database_url: str,
                                                            command: Callable[..., Any], tmp_path: Path) -> None:
    async with house.desk.store.begin() as tx:
        await tx.people.add(name="z.crawford", display="Zebediah Crawford", email="zc@corp.example", role=Role.USER, lang="en",
                            password_hash=None, totp_secret="", now=clock())
        person = await tx.people.by_name("z.crawford")
        assert person is not None
        await tx.people.put_profile(Profile(account=person.id, source="test", devices=("LT-90417",)), clock())
    agent = await signed_in(http, house, clock, "agent")
    first = await signed_in(http, house, clock, "user2")
    await first.say(TICKET["en"])                              # its number is TAKEN
    for text in CANARIES.values():
        user = await signed_in(http, house, clock, "user")
        if not (await user.say(text))["handoff"]:
            await user.call("POST", f"/conversations/{user.conversation}/handoff")
        await dealt_with(user, agent, "return", {"note": "Zebediah knows."})
    out = tmp_path / "found.jsonl"
    result = await command("harvest", "--out", str(out))
    assert result.exit_code == 0 and "4 given up" in result.output, result.output
    written, kept = out.read_text("utf-8"), lines(out)
    words = "\n".join(str({name: value for name, value in row.items() if name not in ("case", "conversation")}) for row in kept)
    assert [each for each in LOST if each in words] == [] and len(kept) == len(CANARIES) - 4
    assert {kind for kind in ("password", "code", "e-mail", "phone", "number") if any(f"[{kind}]" in row["text"] for row in kept)} == {
        "password", "code", "e-mail", "phone", "number"}
    async with house.desk.store.read() as tx:
        ids = [each.id for each in await tx.people.all()] + [each.id for each in await tx.conversations.since(None)]
    assert not any(each in written for each in ids) and out.stat().st_mode & 0o077 == 0


async def test_a_house_is_read_and_never_written(http: httpx.AsyncClient, house: House, clock: Clock, database_url: str,
                                                 command: Callable[..., Any], tmp_path: Path) -> None:
    user = await signed_in(http, house, clock, "user")
    await user.say(VPN["en"])
    await user.call("POST", f"/conversations/{user.conversation}/handoff")
    before = rows_of(database_url)
    result = await command("harvest", "--out", str(tmp_path / "found.jsonl"))
    assert result.exit_code == 0 and "1 new" in result.output
    assert rows_of(database_url) == before
    assert b"pressed_after" not in kept_by(database_url)


async def test_a_second_harvest_adds_what_is_new_and_keeps_what_was_reviewed(http: httpx.AsyncClient, house: House, clock: Clock,
                                                                             command: Callable[..., Any], tmp_path: Path) -> None:
    async def unhappy() -> None:
        user = await signed_in(http, house, clock, "user")
        await user.say(VPN["en"])
        await user.call("POST", f"/conversations/{user.conversation}/handoff")

    out = tmp_path / "found.jsonl"
    await unhappy()
    assert (await command("harvest", "--out", str(out))).exit_code == 0
    refused = await command("run", "routing", "--data", str(out), "--no-peers", of=evals_app)
    assert refused.exit_code == 2 and f"{out}:1" in refused.output and "yavar eval review" in refused.output
    reviewed = await command("review", str(out), "--rater", "anna", of=evals_app, typed="knowledge\n")
    assert reviewed.exit_code == 0 and "1 judged. Nothing is left." in reviewed.output
    await unhappy()
    again = await command("harvest", "--out", str(out))
    assert again.exit_code == 0 and "1 new" in again.output
    one, two = lines(out)
    assert (one["label"], one["labels"], one["reviewed"]) == ("knowledge", {"anna": "knowledge"}, True) and two["reviewed"] is False
    await command("review", str(out), "--rater", "anna", of=evals_app, typed="-\n")
    assert lines(out)[1]["text"] == "" and lines(out)[1]["dropped"]
    ran = await command("run", "routing", "--data", str(out), "--no-peers", "--min", "accuracy=1", of=evals_app)
    assert ran.exit_code == 0, ran.output
    later = await command("harvest", "--out", str(tmp_path / "later.jsonl"), "--since", "2027-01-01")
    assert later.exit_code == 0 and lines(tmp_path / "later.jsonl") == []


@pytest.mark.parametrize(("args", "says"), [
    (("--since", "yesterday"), "2026-11-01"), (("--suite", "retrieval"), "routing or human"), (("--suite", "nothing"), "routing or human")])
async def test_wrong_usage_is_two(command: Callable[..., Any], tmp_path: Path, house: House, args: tuple[str, ...], says: str) -> None:
    result = await command("harvest", "--out", str(tmp_path / "found.jsonl"), *args)
    assert result.exit_code == 2 and says in result.output and not (tmp_path / "found.jsonl").exists()


def test_where_no_house_is_none_is_made(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["harvest", "--out", str(tmp_path / "found.jsonl")], env={"YAVAR_HOME": str(tmp_path / "none")})
    assert result.exit_code == 2 and "YAVAR_HOME" in result.output and not (tmp_path / "none" / "yavar.db").exists()
