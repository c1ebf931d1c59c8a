"""Cards over HTTP: shown as they run, answered once, by their person alone."""

from typing import Any

import httpx
import pytest

from tests.api.scripted import World

API = "/api/v1"


@pytest.fixture
async def owner(world: World) -> httpx.AsyncClient:
    return await world.signed_in("user")


async def test_a_confirmation_shows_exactly_what_runs(world: World, owner: httpx.AsyncClient) -> None:
    conversation = await world.opened(owner)
    card = await world.card("user", conversation, number=1001, reason="\u202ekcart")
    shown = (await owner.get(f"{API}/confirmations/{card}")).json()
    assert shown["state"] == "open" and shown["tool"] == "cancel_ticket" and shown["title"] == "cancel ticket 1001"
    assert [(each["name"], each["value"]) for each in shown["arguments"]] == [("number", "1001"), ("reason", "\u202ekcart")]
    done = await owner.post(f"{API}/confirmations/{card}", json={"decision": "do", "digest": shown["digest"]})
    assert done.status_code == 200 and done.json() | {"state": "open"} == shown
    assert done.json()["state"] == "submitted" and [turn.kind for turn in world.assistant.told] == ["card"]


@pytest.mark.parametrize(("body", "status", "code"), [
    ({"decision": "leave"}, 200, None),
    ({"decision": "do", "digest": "0" * 64}, 409, "another_card"),
    ({"decision": "do", "arguments": {"number": 1002}}, 422, "bad_input"),      # nothing about the act can be sent along
    ({"decision": "yes"}, 422, "bad_input"),
    ({"decision": "إن شاء الله"}, 422, "bad_input"),
    ({}, 422, "bad_input"),
])
async def test_only_the_button_with_the_right_digest_decides(world: World, owner: httpx.AsyncClient, body: dict[str, Any], status: int,
                                                            code: str | None) -> None:
    card = await world.card("user", await world.opened(owner))
    answer = await owner.post(f"{API}/confirmations/{card}", json=body)
    assert (answer.status_code, answer.json().get("code")) == (status, code)
    assert world.assistant.told == []
    assert (await owner.get(f"{API}/confirmations/{card}")).json()["state"] == ("cancelled" if status == 200 else "open")


async def test_a_card_that_was_answered_or_has_expired_is_over(world: World, owner: httpx.AsyncClient) -> None:
    conversation = await world.opened(owner)
    first, second = await world.card("user", conversation), await world.card("user", conversation, number=1002)
    assert (await owner.post(f"{API}/confirmations/{first}", json={"decision": "do"})).status_code == 200
    replayed = await owner.post(f"{API}/confirmations/{first}", json={"decision": "do"})
    assert (replayed.status_code, replayed.json()["code"]) == (409, "card_over")
    world.clock.pass_(minutes=31)
    late = await owner.post(f"{API}/confirmations/{second}", json={"decision": "do"})
    assert (late.status_code, late.json()["code"]) == (409, "card_over")
    assert (await owner.get(f"{API}/confirmations/{second}")).json()["state"] == "expired"
    assert len(world.assistant.told) == 1


async def test_a_form_shows_what_is_filled_in_and_asks_for_the_rest_once(world: World, owner: httpx.AsyncClient) -> None:
    form = await world.form("user", await world.opened(owner), item="laptop")
    shown = (await owner.get(f"{API}/requests/{form}")).json()
    assert {field["id"]: field["value"] for field in shown["fields"]} == {"item": "laptop", "needed_by": "", "replaces": "", "reason": ""}
    missing = await owner.post(f"{API}/requests/{form}", json={"fields": {"item": "laptop"}})
    assert (missing.status_code, missing.json()["code"]) == (422, "form_incomplete")
    assert {each["pointer"] for each in missing.json()["errors"]} == {"/fields/replaces", "/fields/reason"}
    sent = await owner.post(f"{API}/requests/{form}", json={"fields": {"item": "laptop", "replaces": "no", "reason": "code 123456"}})
    assert sent.status_code == 200 and sent.json()["state"] == "submitted"
    assert {field["id"]: field["value"] for field in sent.json()["fields"]}["reason"] == "code [removed]"
    assert (await owner.post(f"{API}/requests/{form}", json={"fields": {"item": "laptop"}})).json()["code"] == "card_over"


async def test_a_form_is_put_away_and_asks_for_nothing(world: World, owner: httpx.AsyncClient) -> None:
    form = await world.form("user", await world.opened(owner))
    assert (await owner.post(f"{API}/requests/{form}/cancel")).json()["state"] == "cancelled"
    assert world.assistant.told == []


@pytest.mark.parametrize("body", [{"fields": {"item": 3}}, {"fields": {"item": "x" * 4001}}, {"fields": {"item": "a\0b"}},
                                  {"fields": ["a"]}, {}, {"fields": {}, "requester": "admin"}])
async def test_a_form_of_another_shape_is_refused(world: World, owner: httpx.AsyncClient, body: dict[str, Any]) -> None:
    form = await world.form("user", await world.opened(owner))
    assert (await owner.post(f"{API}/requests/{form}", json=body)).status_code == 422
    assert world.assistant.told == []


async def test_a_ticket_is_found_by_words_and_days_nudged_raised_and_opened_again(world: World, owner: httpx.AsyncClient) -> None:
    number = (await owner.post(f"{API}/tickets", json={"title": "The printer on floor 2 is jammed", "urgency": "low"})).json()["number"]
    await owner.post(f"{API}/tickets", json={"title": "Monitor flickers"})
    for words, found in (("my printer ticket from today", [number]), ("printer last week", []), (str(number), [number]), ("unicorn", [])):
        answer = await owner.get(f"{API}/tickets", params={"q": words})
        assert [ticket["number"] for ticket in answer.json()["tickets"]] == found, words
    assert [(await owner.post(f"{API}/tickets/{number}/nudge")).json()["told"] for _ in range(2)] == [True, False]
    raised = (await owner.post(f"{API}/tickets/{number}/escalate", json={"reason": "the team waits"})).json()
    assert (raised["result"], raised["ticket"]["urgency"]) == ("raised", "medium")
    agent = await world.signed_in("agent")
    urged = (await agent.get(f"{API}/desk/queue")).json()["urged"]
    assert [(each["ticket"], each["way"]) for each in urged] == [(number, "raised"), (number, "nudged")]
    reopened = await owner.patch(f"{API}/tickets/{number}", json={"status": "open", "comment": "again"})
    assert (reopened.status_code, reopened.json()["code"]) == (409, "illegal_move")
    await agent.patch(f"{API}/tickets/{number}", json={"status": "resolved"})
    again = await owner.patch(f"{API}/tickets/{number}", json={"status": "open", "comment": "it jams again"})
    assert again.json()["status"] == "open" and again.json()["comments"][-1]["text"] == "it jams again"
    assert (await agent.post(f"{API}/tickets/{number}/nudge")).status_code == 404        # urging is for whose ticket it is
