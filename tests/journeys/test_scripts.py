"""Scripted conversations in three languages, each ending in the right state of the desk."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from agent.house import House
from tests.journeys.conftest import NEW_PASSWORD, QUICK, Clock, Desk, as_guest, signed_in

SCRIPTS = [pytest.param(lang, script, id=f"{lang}-{script['name']}".replace(" ", "-"))
           for lang in ("en", "ar", "fa")
           for script in yaml.safe_load(Path(__file__).with_name(f"scripts.{lang}.yaml").read_text("utf-8"))]


@pytest.mark.parametrize(("lang", "script"), SCRIPTS)
async def test_a_scripted_conversation_ends_in_the_right_state(http: httpx.AsyncClient, house: House, clock: Clock, lang: str,
                                                               script: dict[str, Any]) -> None:
    if script.get("locked"):
        await _lock(house, clock)
    desk = await (as_guest if script.get("as") == "guest" else signed_in)(http, house, clock, "user", lang)
    answers = [await desk.say(line) for line in script["says"]]
    assert all(answer["reply"] and answer["reply"]["lang"] == lang for answer in answers), answers
    if script.get("verifies"):
        assert answers[-1]["needs"] and answers[-1]["needs"]["kind"] == "verification", answers[-1]
        await desk.verify(answers[-1]["needs"])
    for name, wanted in script["ends"].items():
        await CHECKS[name](desk, answers[-1], wanted)


async def greeted(desk: Desk, answer: dict[str, Any], wanted: bool) -> None:
    assert answer["reply"]["citations"] == [] and answer["actions"] == [] and answer["speaker"] == "assistant"


async def clarified(desk: Desk, answer: dict[str, Any], wanted: bool) -> None:
    assert len(answer["reply"]["choices"]) >= 3 and answer["actions"] == [] and answer["speaker"] == "assistant"
    async with desk.house.desk.store.read() as tx:
        said = (await tx.conversations.messages(desk.conversation))[-1]
    assert said.extra["choices"] == answer["reply"]["choices"]


async def cites(desk: Desk, answer: dict[str, Any], wanted: str) -> None:
    documents = [cited["url"].removeprefix("/knowledge/").partition("#")[0] for cited in answer["reply"]["citations"]]
    async with desk.house.desk.store.read() as tx:
        shown = [await tx.shelf.document(each) for each in documents]
        messages = await tx.conversations.messages(desk.conversation)
    assert shown and {each["topic"] for each in shown if each} == {wanted}
    assert {each["lang"] for each in shown if each} == {answer["reply"]["lang"]}
    assert messages[-1].citations == answer["reply"]["citations"]


async def password_changed(desk: Desk, answer: dict[str, Any], wanted: bool) -> None:
    async with desk.house.desk.store.read() as tx:
        account = await tx.people.by_name("user")
        assert account is not None
        known = await tx.people.credentials(account.id)
        entries = [entry.action for entry in await tx.audit.all() if entry.subject == account.id]
        notices = [mail for mail in await tx.outbox.of(account.id) if mail["kind"] == "notice"]
        said = (await tx.conversations.messages(desk.conversation))[-1]
    assert known is not None and QUICK.matches(known.password_hash, NEW_PASSWORD) is wanted
    assert entries.count("identity.reset_done") == 1 and len(notices) == 1
    assert said.author == "assistant"


async def unlocked(desk: Desk, answer: dict[str, Any], wanted: bool) -> None:
    async with desk.house.desk.store.read() as tx:
        account = await tx.people.by_name("user")
        assert account is not None
        known = await tx.people.credentials(account.id)
        entries = [entry.action for entry in await tx.audit.all() if entry.subject == account.id]
    assert known is not None and not known.locked(desk.clock.now)
    assert entries.count("identity.unlock_done") == 1


async def tickets(desk: Desk, answer: dict[str, Any], wanted: int) -> None:
    async with desk.house.desk.store.read() as tx:
        account = await tx.people.by_name("user")
        assert account is not None
        assert len(await tx.tickets.owned_by(account.id)) == wanted
    assert answer["speaker"] == "assistant"


async def comments(desk: Desk, answer: dict[str, Any], wanted: int) -> None:
    async with desk.house.desk.store.read() as tx:
        assert len(await tx.tickets.comments(1001, public_only=True)) == wanted


async def tells(desk: Desk, answer: dict[str, Any], wanted: str) -> None:
    assert wanted in answer["reply"]["text"] and answer["actions"][-1]["tool"] == "ticket_status"


async def handoff(desk: Desk, answer: dict[str, Any], wanted: str) -> None:
    assert answer["speaker"] == "waiting" and answer["handoff"]["reason"] == wanted, answer
    async with desk.house.desk.store.read() as tx:
        waiting = await tx.handoffs.current(desk.conversation)
        assert waiting is not None and waiting.reason == wanted and waiting.expected_by > desk.clock.now
        ticket = await tx.tickets.get(waiting.ticket)
        assert str(ticket.number) in answer["reply"]["text"] and ticket.conversation == desk.conversation


async def _lock(house: House, clock: Clock) -> None:
    async with house.desk.store.begin() as tx:
        account = await tx.people.by_name("user")
        assert account is not None
        await tx.people.set_lock(account.id, failed=0, until=clock() + timedelta(minutes=30))


CHECKS = {each.__name__: each for each in (greeted, clarified, cites, password_changed, unlocked, tickets, comments, tells, handoff)}
