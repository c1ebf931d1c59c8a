"""The pages of rollout: an administrator's choices, an agent's decisions, as plain forms."""

import pytest

from desk.rollouts import ANY, Decision, Stage, stage_of
from tests.api.scripted import World
from tests.api.test_matrix import proposed


async def waiting(world: World) -> str:
    owner = await world.signed_in("user")
    conversation = await world.opened(owner)
    await owner.post(f"/api/v1/conversations/{conversation}/messages", json={"text": "hello"})
    return await proposed(world, conversation)


async def decision(world: World, proposal: str) -> tuple[Decision, bool | None]:
    async with world.desk.store.read() as tx:
        found = await tx.proposals.get(proposal)
    return found.decision, found.right


@pytest.mark.parametrize("lang", ["en", "ar", "fa"])
async def test_an_administrator_chooses_and_takes_back(world: World, lang: str) -> None:
    admin, csrf = await world.browser("admin", Accept="text/html")
    admin.cookies.set("yavar_lang", lang)
    for sent, holds in (({"stage.*": "suggest", "stage.fa": "off"}, (Stage.SUGGEST, Stage.OFF)),
                        ({"stage.*": "", "stage.fa": ""}, (Stage.AUTOMATIC, Stage.AUTOMATIC))):
        answer = await admin.post("/admin/rollout", data={"csrf": csrf, "tool": "*", "group": "user", **sent})
        assert answer.status_code == 303
        async with world.desk.store.read() as tx:
            decided = await tx.rollouts.all()
        assert (stage_of(decided, "create_ticket", "user", "en"), stage_of(decided, "create_ticket", "user", "fa")) == holds
        assert stage_of(decided, "create_ticket", "agent", "fa") is Stage.AUTOMATIC
        page = await admin.get(answer.headers["location"])
        assert page.status_code == 200 and world.desk.words.say(lang, "pages.rollout.saved") in page.text   # type: ignore[arg-type]


async def test_only_an_administrator_with_the_page_s_own_token_chooses(world: World) -> None:
    admin, _ = await world.browser("admin")
    agent, csrf = await world.browser("agent")
    for client, token in ((admin, "forged"), (agent, csrf)):
        answer = await client.post("/admin/rollout", data={"csrf": token, "tool": "*", "group": ANY, "stage.*": "off"})
        assert answer.status_code == 403
    async with world.desk.store.read() as tx:
        assert await tx.rollouts.all() == []


@pytest.mark.parametrize(("word", "becomes"), [("approve", Decision.APPROVED), ("reject", Decision.REJECTED)])
async def test_an_agent_decides_on_what_the_page_shows(world: World, word: str, becomes: Decision) -> None:
    proposal = await waiting(world)
    agent, csrf = await world.browser("agent", Accept="text/html")
    shown = (await agent.get("/proposals")).text
    seal = shown.partition('name="seal" value="')[2].partition('"')[0]
    assert proposal in shown and seal
    stale = await agent.post(f"/proposals/{proposal}", data={"csrf": csrf, "decision": "approve", "seal": "another"})
    assert "problem=illegal_move" in stale.headers["location"] and (await decision(world, proposal))[0] is Decision.WAITING
    await agent.post(f"/proposals/{proposal}", data={"csrf": csrf, "decision": word, "seal": seal, "note": "code 123456 is not needed"})
    assert (await decision(world, proposal))[0] is becomes
    assert [turn.kind for turn in world.assistant.told] == (["proposal"] if word == "approve" else [])
    assert proposal not in (await agent.get("/proposals")).text


@pytest.mark.parametrize(("word", "right"), [("right", True), ("wrong", False)])
async def test_a_word_on_what_was_watched_runs_nothing(world: World, word: str, right: bool) -> None:
    owner = await world.signed_in("user")
    conversation = await world.opened(owner)
    await owner.post(f"/api/v1/conversations/{conversation}/messages", json={"text": "hello"})
    async with world.desk.store.begin() as tx:
        watched = await world.desk.proposing.record(
            tx, key="watched", turn=(await tx.turns.of_conversation(conversation))[0],
            conversation=await tx.conversations.get(conversation), group="user", lang="en", tool="create_ticket",
            args={"title": "x"}, stage=Stage.SHADOW, now=world.clock())
    agent, csrf = await world.browser("agent", Accept="text/html")
    await agent.post(f"/proposals/{watched.id}", data={"csrf": csrf, "decision": "approve", "seal": watched.seal})
    assert await decision(world, watched.id) == (Decision.WATCHED, None)
    await agent.post(f"/proposals/{watched.id}", data={"csrf": csrf, "decision": word})
    assert await decision(world, watched.id) == (Decision.WATCHED, right) and world.assistant.told == []
