"""At the desk: the queue, one speaker at a time, and what the user is told."""

import asyncio

import pytest

from desk.people import Role
from tests.api.scripted import World, add_people


async def test_a_conversation_goes_to_a_person_and_back(world: World) -> None:
    user, agent = await world.signed_in("user"), await world.signed_in("agent")
    conversation = await world.opened(user)
    path, desk = f"/api/v1/conversations/{conversation}", f"/api/v1/desk/conversations/{conversation}"
    await user.post(f"{path}/messages", json={"text": "my screen is black"})
    handed = (await user.post(f"{path}/handoff")).json()
    assert set(handed) == {"id", "speaker", "lang", "text", "place", "handoff"}
    assert set(handed["handoff"]) == {"reason", "ticket", "queue", "expected_by"}

    line = (await agent.get("/api/v1/desk/queue")).json()["waiting"][0]
    assert (line["conversation"], line["place"], line["name"], line["reason"], line["overdue"]) == (conversation, 1, "User", "asked", False)
    claimed = (await agent.post(f"{desk}/claim")).json()
    assert (claimed["speaker"], claimed["state"]) == ("human", "taken")
    assert [each["conversation"] for each in (await agent.get("/api/v1/desk/queue")).json()["mine"]] == [conversation]
    said = (await agent.post(f"{desk}/reply", json={"text": "Is code 123456 shown?"})).json()
    assert (said["author"], said["text"]) == ("person", "Is code [removed] shown?")

    whole = (await agent.get(desk)).json()
    assert (whole["name"], whole["state"], whole["card"]["summary"]) == ("User", "taken", "my screen is black")
    assert whole["turns"][0]["sentiment"] == {"label": "other", "score": 0.1}
    assert (await agent.post(f"{desk}/return", json={"note": "Send the guide"})).json()["speaker"] == "assistant"
    seen = (await user.get(path)).json()
    assert seen["speaker"] == "assistant"
    assert "Send the guide" not in str(seen)
    assert "sentiment" not in str(seen)


async def test_the_place_is_kept_while_one_goes_on_with_the_assistant(world: World) -> None:
    user = await world.signed_in("user")
    path = f"/api/v1/conversations/{await world.opened(user)}"
    first = (await user.post(f"{path}/handoff")).json()
    assert (await user.post(f"{path}/resume")).json()["speaker"] == "assistant"
    assert (await user.get(path)).json()["handoff"]["ticket"] == first["handoff"]["ticket"]
    again = (await user.post(f"{path}/handoff")).json()
    assert (again["handoff"]["ticket"], again["place"]) == (first["handoff"]["ticket"], 1)


async def test_a_handoff_is_never_refused(world: World) -> None:
    user = await world.signed_in("user")
    path = f"/api/v1/conversations/{await world.opened(user)}/handoff"
    answers = [await user.post(path) for _ in range(30)]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["handoff"]["ticket"] for answer in answers}) == 1
    assert (await user.post(path, content=b"not json at all")).status_code == 200


async def test_of_fifty_agents_who_claim_at_once_one_wins(world: World) -> None:
    await add_people(world.house, {f"agent-{n}": Role.AGENT for n in range(50)})
    user = await world.signed_in("user")
    conversation = await world.opened(user)
    await user.post(f"/api/v1/conversations/{conversation}/handoff")
    agents = [await world.signed_in(f"agent-{n}") for n in range(50)]
    answers = await asyncio.gather(*(agent.post(f"/api/v1/desk/conversations/{conversation}/claim") for agent in agents))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 49
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"already_claimed"}
    winner = next(agent for agent, answer in zip(agents, answers, strict=True) if answer.status_code == 200)
    assert (await winner.post(f"/api/v1/desk/conversations/{conversation}/claim")).status_code == 200
    replies = [await agent.post(f"/api/v1/desk/conversations/{conversation}/reply", json={"text": "Hello"}) for agent in agents]
    assert sorted(answer.status_code for answer in replies) == [200] + [409] * 49


async def test_resolving_ends_the_ticket(world: World) -> None:
    user, agent = await world.signed_in("user"), await world.signed_in("agent")
    conversation = await world.opened(user)
    ticket = (await user.post(f"/api/v1/conversations/{conversation}/handoff")).json()["handoff"]["ticket"]
    await agent.post(f"/api/v1/desk/conversations/{conversation}/claim")
    assert (await agent.post(f"/api/v1/desk/conversations/{conversation}/resolve")).json()["speaker"] == "assistant"
    assert (await user.get(f"/api/v1/tickets/{ticket}")).json()["status"] == "resolved"
    assert (await agent.get("/api/v1/desk/queue")).json() == {"waiting": [], "mine": [], "urged": []}
    assert (await agent.get(f"/api/v1/desk/conversations/{conversation}")).json()["state"] == "resolved"


@pytest.mark.parametrize("taken", [False, True])
async def test_a_cancelled_ticket_leaves_the_queue_unless_a_person_has_it(world: World, taken: bool) -> None:
    user, agent = await world.signed_in("user"), await world.signed_in("agent")
    conversation = await world.opened(user)
    ticket = (await user.post(f"/api/v1/conversations/{conversation}/handoff")).json()["handoff"]["ticket"]
    if taken:
        await agent.post(f"/api/v1/desk/conversations/{conversation}/claim")
    answer = await user.patch(f"/api/v1/tickets/{ticket}", json={"status": "cancelled"})
    queue = (await agent.get("/api/v1/desk/queue")).json()
    speaker = (await user.get(f"/api/v1/conversations/{conversation}")).json()["speaker"]
    expected = (409, 0, 1, "human") if taken else (200, 0, 0, "assistant")
    assert (answer.status_code, len(queue["waiting"]), len(queue["mine"]), speaker) == expected


async def test_a_promise_that_passed_is_marked(world: World) -> None:
    user, agent = await world.signed_in("user"), await world.signed_in("agent")
    await user.post(f"/api/v1/conversations/{await world.opened(user)}/handoff")
    world.clock.pass_(hours=1, minutes=1)      # nobody is there: an hour was promised
    assert [line["overdue"] for line in (await agent.get("/api/v1/desk/queue")).json()["waiting"]] == [True]
