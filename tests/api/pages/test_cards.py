"""Forms, confirmations, files and one's tickets as pages: three languages, plain forms, nothing that runs."""

import httpx
import pytest

from desk.people import LANGS
from tests.api.pages.reading import dangers, form, read
from tests.api.scripted import PNG, World


async def at_home(world: World, lang: str) -> tuple[httpx.AsyncClient, str, str]:
    client, csrf = await world.browser("user")
    await client.post("/language", data={"lang": lang, "next": "/chat", "csrf": csrf})
    opened = await client.post("/api/v1/conversations", json={}, headers={"X-CSRF-Token": csrf})
    return client, csrf, str(opened.json()["id"])


@pytest.mark.parametrize("lang", LANGS)
async def test_a_confirmation_stands_in_the_chat_with_two_buttons_and_runs_once(world: World, lang: str) -> None:
    client, _, conversation = await at_home(world, lang)
    card = await world.card("user", conversation, number=1001, reason="<b>\u202eevil")
    page = read(await client.get(f"/chat/{conversation}"))
    assert page.one("html").attributes["lang"] == lang and dangers(page) == []
    shown = page.one("section", class_="confirm")
    assert "1001" in shown.words and "<b>evil" in shown.words and "\u202e" not in shown.words
    buttons = [each.attributes["value"] for each in shown.all("button", name="decision")]
    assert buttons == ["do", "leave"]
    fields = form(page, f"/confirmations/{card}")
    wrong = await client.post(f"/confirmations/{card}", data=fields | {"decision": "do", "digest": "0" * 64})
    assert "problem=another_card" in wrong.headers["location"]
    done = await client.post(f"/confirmations/{card}", data=fields | {"decision": "do"})
    assert done.status_code == 303 and "problem" not in done.headers["location"]
    again = await client.post(f"/confirmations/{card}", data=fields | {"decision": "do"})
    assert "problem=card_over" in again.headers["location"]
    async with world.desk.store.read() as tx:
        assert [turn.kind for turn in await tx.turns.of_conversation(conversation)] == ["card"]
    assert read(await client.get(f"/confirmations/{card}")).all("button", name="decision") == []


@pytest.mark.parametrize("lang", LANGS)
async def test_a_form_is_filled_in_without_a_script(world: World, lang: str) -> None:
    client, csrf, conversation = await at_home(world, lang)
    card = await world.form("user", conversation, item="laptop", reason='"><script>alert(1)</script>')
    page = read(await client.get(f"/requests/{card}"))
    assert dangers(page) == [] and page.one("html").attributes["dir"] == ("ltr" if lang == "en" else "rtl")
    chosen = [each.attributes["value"] for each in page.all("option") if "selected" in each.attributes]
    assert chosen == ["laptop"]
    labelled = {each.attributes["for"] for each in page.all("label") if "for" in each.attributes}
    asked = {each.attributes["id"] for each in page.all() if each.attributes.get("name", "").startswith("f-") and "id" in each.attributes}
    assert asked and asked <= labelled
    incomplete = await client.post(f"/requests/{card}", data={"csrf": csrf, "f-item": "laptop", "f-reason": "kept as it was typed"})
    assert incomplete.status_code == 422 and "kept as it was typed" in incomplete.text
    assert [each.attributes["name"] for each in read(incomplete).all(aria_invalid="true")] or "aria-invalid" in incomplete.text
    sent = await client.post(f"/requests/{card}", data={"csrf": csrf, "f-item": "laptop", "f-replaces": "no", "f-reason": "slow"})
    assert (sent.status_code, sent.headers["location"]) == (303, f"/chat/{conversation}#last")
    async with world.desk.store.read() as tx:
        found = await tx.cards.get(card)
    assert found.args == {"entry": "equipment", "fields": {"item": "laptop", "replaces": "no", "reason": "slow"}}


async def test_without_the_session_s_token_no_button_works(world: World) -> None:
    client, _, conversation = await at_home(world, "en")
    card, request = await world.card("user", conversation), await world.form("user", conversation)
    for address in (f"/confirmations/{card}", f"/requests/{request}", f"/requests/{request}/cancel"):
        assert (await client.post(address, data={"decision": "do"})).status_code == 403
    async with world.desk.store.read() as tx:
        assert {(await tx.cards.get(each)).state for each in (card, request)} == {"open"}


async def test_another_s_cards_and_files_are_not_there(world: World) -> None:
    client, _, conversation = await at_home(world, "en")
    card, request = await world.card("user", conversation), await world.form("user", conversation)
    file = await world.attached(await world.signed_in("user"), conversation)
    other, csrf = await world.browser("user2")
    for address in (f"/confirmations/{card}", f"/requests/{request}", f"/attachments/{file}"):
        assert (await client.get(address)).status_code == 200
        assert (await other.get(address)).status_code == 404
    for address in (f"/confirmations/{card}", f"/requests/{request}", f"/requests/{request}/cancel", f"/attachments/{file}/remove"):
        assert (await other.post(address, data={"csrf": csrf, "decision": "do"})).status_code == 404


@pytest.mark.parametrize("lang", LANGS)
async def test_files_go_with_a_message_without_a_script(world: World, lang: str) -> None:
    client, csrf, conversation = await at_home(world, lang)
    page = read(await client.get(f"/chat/{conversation}"))
    composer = page.one("form", id="composer")
    assert composer.attributes["enctype"] == "multipart/form-data" and composer.all("input", name="files")
    sent = await client.post(f"/chat/{conversation}/say", data={"csrf": csrf, "text": "see the picture"}, files=[("files", ("a.png", PNG))])
    assert sent.status_code == 303 and "problem" not in sent.headers["location"]
    refused = await client.post(f"/chat/{conversation}/say", data={"csrf": csrf, "text": ""}, files=[("files", ("a.svg", b"<svg/>"))])
    assert "problem=unwelcome_file" in refused.headers["location"]
    shown = read(await client.get(f"/chat/{conversation}"))
    assert [each.attributes["src"].split("/")[1] for each in shown.all("img")] == ["attachments"]
    async with world.desk.store.read() as tx:
        authors = [message.author for message in await tx.conversations.messages(conversation)]
    assert authors[:2] == ["system", "user"]


@pytest.mark.parametrize("lang", LANGS)
async def test_a_ticket_s_own_steps_each_ask_or_tell(world: World, lang: str) -> None:
    client, csrf, _ = await at_home(world, lang)
    opened = await client.post("/tickets", data={"csrf": csrf, "title": "printer", "urgency": "low"})
    ticket = opened.headers["location"]
    assert [(await client.post(f"{ticket}/nudge", data={"csrf": csrf})).headers["location"].partition("done=")[2] for _ in range(2)] == [
        "nudge_told", "nudge_already"]
    asked = read(await client.get(f"{ticket}/escalate"))
    assert dangers(asked) == [] and form(asked, f"{ticket}/escalate")
    raised = await client.post(f"{ticket}/escalate", data={"csrf": csrf, "reason": "the team waits"})
    assert raised.headers["location"].endswith("done=escalate_raised")
    told = read(await client.get(raised.headers["location"]))
    assert told.all("p", role="status") and "the team waits" in told.words
    attached = await client.post(f"{ticket}/attachments", data={"csrf": csrf}, files=[("files", ("a.png", PNG))])
    assert attached.headers["location"].endswith("done=attached")
    agent, _ = await world.browser("agent")
    assert ticket in [each.attributes.get("href") for each in read(await agent.get("/desk")).all("a")]
    assert form(read(await client.get(f"{ticket}/cancel")), f"{ticket}/cancel")
    await client.post(f"{ticket}/cancel", data={"csrf": csrf})
    assert (await client.get(f"{ticket}/cancel")).status_code == 409
    searched = read(await client.get("/tickets", params={"q": "unicorn"}))
    assert searched.one("input", name="q").attributes["value"] == "unicorn" and not searched.all("a", class_="ticket-row")
