"""The desk's people on pages, as plain forms in three languages: presence, the next one, calls, and whether it is solved."""

import pytest

from desk.people import LANGS
from tests.api.pages.test_without_script import Browser, sign_in
from tests.api.scripted import World

NUMBER = "+1 555 010 0234"


@pytest.fixture(params=LANGS)
async def user(world: World, request: pytest.FixtureRequest) -> Browser:
    return await sign_in(await Browser.opened(world, request.param))


@pytest.fixture
async def agent(world: World, user: Browser) -> Browser:
    return await sign_in(await Browser.opened(world, user.lang), "agent")


async def call(user: Browser, number: str = NUMBER) -> Browser:
    await user.get(user.page.one("a", href=f"{user.at}/callback").attributes["href"])
    slot = user.page.all("input", name="slot")[0].attributes["value"]
    return await user.send(user.action("/callback"), phone=number, slot=slot)


async def test_an_agent_says_what_they_do_and_the_board_shows_it(user: Browser, agent: Browser, world: World) -> None:
    await agent.get("/desk")
    assert agent.says("pages.presence.online")               # opening the console is coming to work
    await agent.send("/desk/presence", state="break")
    pressed = [each.attributes["value"] for each in agent.page.all("button", name="state") if each.attributes["aria-pressed"] == "true"]
    assert (agent.at, pressed) == ("/desk", ["break"])
    board = await sign_in(await Browser.opened(world, user.lang), "supervisor")
    assert board.at == "/board" and board.says("pages.presence.break") and board.says("pages.board.on_duty")


async def test_an_unknown_state_and_another_sites_form_change_nothing(user: Browser, agent: Browser) -> None:
    await agent.get("/desk")
    assert (await agent.send("/desk/presence", state="idle")).status == 422
    await agent.get("/desk")
    assert agent.says("pages.presence.online")
    assert (await user.client.post("/desk/presence", data={"state": "online"})).status_code == 403


async def test_a_user_asks_for_a_call_and_an_agent_makes_it(user: Browser, agent: Browser) -> None:
    await user.send("/chat/person")
    await call(user)
    chat = user.at
    assert user.says("pages.call.promised") and user.says("pages.call.change") and "0234" not in user.page.words
    await agent.get("/desk")
    assert agent.says("pages.calls.title") and "0234" not in agent.page.words
    await agent.send(agent.action("/take"))
    assert "+15550100234" in agent.page.words
    await user.get(chat)
    assert user.says("pages.call.now")
    await agent.send(agent.action("/missed"))
    assert agent.says("pages.desk.done_unreached") and "0234" not in agent.page.words
    await agent.send(agent.action("/take"))
    await agent.send(agent.action("/done"))
    assert agent.says("pages.desk.done_called") and agent.says("pages.calls.none")
    await user.get(chat)
    assert user.page.one("section", class_="banner").attributes["class"] == "banner solved"


async def test_a_wrong_number_is_told_and_a_call_can_be_cancelled(user: Browser) -> None:
    await user.send("/chat/person")
    chat = user.at
    await call(user, "12")
    assert user.status == 422 and user.says("error.bad_phone")
    await user.get(chat)
    await call(user)
    await user.get(f"{chat}/callback")
    await user.send(f"{chat}/callback/cancel")
    assert user.at == chat and user.says("callback.cancelled") and not user.says("pages.call.promised")


async def test_next_one_is_taken_and_the_return_carries_words_for_the_user(user: Browser, agent: Browser) -> None:
    await user.send("/chat/person")
    chat = user.at
    await agent.get("/desk")
    await agent.send("/desk/next")
    assert agent.at == chat.replace("/chat/", "/desk/")
    await agent.send(agent.action("/return"), note="whispered", say="It comes on Thursday.")
    await user.get(chat)
    assert user.says("handoff.relayed", name="Agent", say="It comes on Thursday.") and "whispered" not in user.page.words
    csrf = agent.page.all("input", name="csrf")[0].attributes["value"]
    assert "problem=illegal_move" in str((await agent.client.post("/desk/next", data={"csrf": csrf})).url)   # nobody else waits


async def test_not_solved_goes_back_to_the_one_who_is_there(user: Browser, agent: Browser) -> None:
    await user.send("/chat/person")
    chat = user.at
    await agent.get("/desk")
    await agent.send("/desk/next")
    await agent.send(agent.action("/resolve"))
    await user.get(chat)
    assert not user.page.all("form", class_="choices") or user.page.one("form", class_="choices").attributes["action"].endswith("/solved")
    await user.send(user.action("/solved"), solved="no")
    assert user.says("solved.same", name="Agent", ticket=1001)
    await agent.get("/desk")
    assert len(agent.page.all("a", class_="queue-row")) == 1


async def test_somebody_elses_call_and_answer_are_not_found(user: Browser, world: World) -> None:
    await user.send("/chat/person")
    chat = user.at
    other = await sign_in(await Browser.opened(world, user.lang), "user2")
    csrf = other.page.all("input", name="csrf")[0].attributes["value"]
    assert (await other.client.get(f"{chat}/callback")).status_code == 404
    call = {"phone": NUMBER, "slot": "2025-03-12T10:00:00Z"}
    for path, sent in (("callback", call), ("callback/cancel", {}), ("solved", {"solved": "yes"})):
        assert (await other.client.post(f"{chat}/{path}", data={"csrf": csrf, **sent})).status_code == 404
