"""Messages: one shape, one answer and one effect per client id."""

import asyncio

import pytest

from api.shapes import Answer
from tests.api.scripted import World

KEYS = {"turn_id", "reply", "actions", "confidence", "sentiment", "speaker", "handoff", "needs", "planner"}


async def test_an_answer_has_every_key_of_its_shape(world: World) -> None:
    user = await world.signed_in("user")
    conversation = await world.opened(user)
    for text in ("hello", "reset", "a person", "hello"):
        answer = (await user.post(f"/api/v1/conversations/{conversation}/messages", json={"text": text})).json()
        assert set(answer) == KEYS
        Answer.model_validate(answer)


async def test_the_transcript_tells_what_was_said(world: World) -> None:
    user = await world.signed_in("user")
    conversation = await world.opened(user, lang="fa")
    await user.post(f"/api/v1/conversations/{conversation}/messages", json={"text": "سلام"})
    found = (await user.get(f"/api/v1/conversations/{conversation}")).json()
    assert set(found) == {"id", "speaker", "lang", "created_at", "updated_at", "closed_at", "handoff", "messages"}
    assert (found["speaker"], found["lang"], found["handoff"], found["closed_at"]) == ("assistant", "fa", None, None)
    assert [(each["author"], each["text"], each["lang"]) for each in found["messages"]] == [
        ("user", "سلام", "fa"), ("assistant", "You said: سلام", "fa")]
    said = found["messages"][1]
    assert set(said) == {"seq", "at", "author", "text", "lang", "citations", "actions", "choices", "needs", "details", "attachments"}
    assert (said["citations"][0]["n"], said["choices"]) == (1, ["Yes", "No"])


async def test_a_conversation_opens_in_the_accounts_language(world: World) -> None:
    async with world.desk.store.begin() as tx:
        account = await tx.people.by_name("user")
        assert account is not None
        await tx.people.set_lang(account.id, "ar")
    user = await world.signed_in("user")
    assert (await user.post("/api/v1/conversations")).json()["lang"] == "ar"
    assert (await user.post("/api/v1/conversations", json={"lang": "en"})).json()["lang"] == "en"


async def test_the_same_client_id_gives_the_same_answer_and_one_effect(world: World) -> None:
    user = await world.signed_in("user")
    path = f"/api/v1/conversations/{await world.opened(user)}"
    sent = {"text": "a person", "client_id": "c-1"}
    answers = await asyncio.gather(*(user.post(f"{path}/messages", json=sent) for _ in range(5)))
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert world.assistant.answered == ["a person"]
    assert len([each for each in (await user.get(path)).json()["messages"] if each["author"] == "user"]) == 1
    other = await user.post(f"{path}/messages", json=sent | {"text": "another"})
    assert (other.status_code, other.json()["code"]) == (422, "another_body")


async def test_a_client_id_belongs_to_its_conversation(world: World) -> None:
    user = await world.signed_in("user")
    for text in ("one", "two"):
        path = f"/api/v1/conversations/{await world.opened(user)}/messages"
        assert (await user.post(path, json={"text": text, "client_id": "c-1"})).json()["reply"]["text"] == f"You said: {text}"


async def test_what_nobody_foresaw_is_a_problem_too(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    user = await world.signed_in("user")
    path = f"/api/v1/conversations/{await world.opened(user)}/messages"
    broken = await user.post(path, json={"text": "boom"})
    assert (broken.status_code, broken.json()["code"]) == (500, "internal")
    assert "out of order" not in broken.text
    logged = capsys.readouterr().out
    assert "request.broke" in logged
    assert "scripted.py" in logged
    assert "a-password-in-a-variable" not in logged
    assert broken.headers["x-content-type-options"] == "nosniff"
    assert (await user.post(path, json={"text": "hello"})).status_code == 200


async def test_tickets_are_opened_once_and_redacted(world: World) -> None:
    user = await world.signed_in("user")
    sent = {"title": "Code 123456 fails", "description": "My code is 12345678", "impact": "high", "urgency": "high", "client_id": "t-1"}
    first, second = [await user.post("/api/v1/tickets", json=sent) for _ in range(2)]
    assert first.json() == second.json()
    ticket = first.json()
    assert (ticket["title"], ticket["description"], ticket["priority"]) == ("Code [removed] fails", "My code is [removed]", "P1")
    assert (await user.post("/api/v1/tickets", json=sent | {"title": "Another"})).json()["code"] == "another_body"
    assert len((await user.get("/api/v1/tickets")).json()["tickets"]) == 1


async def test_a_ticket_is_commented_on_and_cancelled_by_its_owner(world: World) -> None:
    user, agent = await world.signed_in("user"), await world.signed_in("agent")
    path = f"/api/v1/tickets/{(await user.post('/api/v1/tickets', json={'title': 'Mine'})).json()['number']}"
    await user.patch(path, json={"comment": "It beeps: 123456"})
    await agent.patch(path, json={"comment": "Only for us", "public": False, "status": "open"})
    assert [each["text"] for each in (await agent.get(path)).json()["comments"]] == ["It beeps: [removed]", "Only for us"]
    seen = (await user.get(path)).json()
    assert (seen["status"], [(each["author"], each["text"]) for each in seen["comments"]]) == ("open", [("user", "It beeps: [removed]")])
    assert (await user.patch(path, json={"status": "cancelled"})).json()["status"] == "cancelled"
    over = await agent.patch(path, json={"status": "open"})
    assert (over.status_code, over.json()["code"]) == (409, "illegal_move")


async def test_knowledge_is_searched_by_words_alone_while_the_embedder_is_down(world: World) -> None:
    user = await world.signed_in("user")
    hits = (await user.get("/api/v1/knowledge/search", params={"q": "vpn", "k": 1})).json()["hits"]
    assert [set(hit) for hit in hits] == [{"title", "url", "snippet", "lang", "score"}]
    assert hits[0]["snippet"].endswith("…")
    assert len(hits[0]["snippet"]) <= 241
    world.house.mind.reader.down = True   # type: ignore[attr-defined]
    assert (await user.get("/api/v1/knowledge/search", params={"q": "vpn"})).json()["hits"]
    assert world.house.library.vectors == [[3], None]   # type: ignore[attr-defined]
