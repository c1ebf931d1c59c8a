"""The desk's people over HTTP: presence, the next in line, calls that are promised, and whether it is solved."""

import httpx
import pytest

from desk.people import LANGS, Lang
from desk.words import words
from tests.api.scripted import World

API = "/api/v1"
NUMBER = "+1 555 010 0234"
FIRST_SLOT = "2025-03-12T10:00:00Z"      # it is 9:30
# The same slot in the words of each language: today's time alone; and the last one that is offered, on the next day, with its calendar.
SLOTS = {"en": ("10:00 – 11:00", "21:00 – 22:00"), "ar": ("١٠:٠٠ – ١١:٠٠", "٢١:٠٠ – ٢٢:٠٠"), "fa": ("۱۰:۰۰ – ۱۱:۰۰", "۲۱:۰۰ – ۲۲:۰۰")}
TOMORROW = {"en": "Thursday 13 March, 00:00", "ar": "الخميس ١٣ مارس الساعة ٠٠:٠٠", "fa": "پنجشنبه ۲۳ اسفند ساعت ۰۰:۰۰"}


async def waiting(world: World, lang: Lang = "en") -> tuple[httpx.AsyncClient, str]:
    user = await world.signed_in("user")
    conversation = await world.opened(user, lang=lang)
    assert (await user.post(f"{API}/conversations/{conversation}/handoff")).status_code == 200
    return user, f"{API}/conversations/{conversation}"


async def test_presence_is_set_seen_and_makes_the_promise_shorter(world: World) -> None:
    agent, user = await world.signed_in("agent"), await world.signed_in("user")
    nobody = (await agent.get(f"{API}/desk/presence")).json()
    assert (nobody["on_duty"], nobody["me"]["state"], nobody["me"]["since"]) == (False, "offline", None)
    alone = (await user.post(f"{API}/conversations/{await world.opened(user)}/handoff")).json()
    assert words().say("en", "handoff.off_duty").split(".")[0] in alone["text"]
    set_to = (await agent.post(f"{API}/desk/presence", json={"state": "on_call"})).json()
    world.clock.pass_(seconds=1)
    assert (set_to["on_duty"], set_to["me"]["state"]) == (True, "on_call")
    attended = (await user.post(f"{API}/conversations/{await world.opened(user)}/handoff")).json()
    assert "number 2 in the queue" in attended["text"] and attended["place"] == 2
    assert {person["name"] for person in set_to["people"]} == {"Agent", "Agent2", "Supervisor", "Admin"}
    world.clock.pass_(minutes=6)             # no sign of the console any more
    assert (await agent.get(f"{API}/desk/presence")).json()["me"]["state"] == "offline"


@pytest.mark.parametrize("state", ["idle", "asleep", "", None, 1])
async def test_a_state_that_nobody_chooses_is_refused(world: World, state: object) -> None:
    answer = await (await world.signed_in("agent")).post(f"{API}/desk/presence", json={"state": state})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_input")


async def test_the_next_in_line_is_claimed_until_nobody_waits_or_hands_are_full(world: World) -> None:
    agent, user = await world.signed_in("agent"), await world.signed_in("user")
    opened = []
    for _ in range(4):
        opened.append(await world.opened(user))
        await user.post(f"{API}/conversations/{opened[-1]}/handoff")
        world.clock.pass_(seconds=1)
    answers = [await agent.post(f"{API}/desk/queue/next") for _ in range(4)]
    assert [answer.json().get("id") for answer in answers[:3]] == opened[:3]
    assert (answers[3].status_code, answers[3].json()["code"]) == (409, "chats_full")
    other = await world.signed_in("agent2")
    assert [(await other.post(f"{API}/desk/queue/next")).status_code for _ in range(2)] == [200, 409]


async def test_a_reply_to_an_older_epoch_is_dropped(world: World) -> None:
    user, path = await waiting(world)
    agent, desk = await world.signed_in("agent"), path.replace("/conversations", "/desk/conversations")
    await agent.post(f"{desk}/claim")
    epoch = (await agent.get(desk)).json()["epoch"]
    late = await agent.post(f"{desk}/reply", json={"text": "too late", "epoch": epoch - 1})
    assert (late.status_code, late.json()["code"]) == (409, "lease_lost")
    assert (await agent.post(f"{desk}/reply", json={"text": "in time", "epoch": epoch})).status_code == 200
    assert "too late" not in (await user.get(path)).text


@pytest.mark.parametrize("lang", LANGS)
async def test_a_call_is_offered_promised_made_and_its_number_seen_by_one(world: World, lang: Lang) -> None:
    user, path = await waiting(world, lang)
    offer = (await user.get(f"{path}/callback")).json()
    assert (offer["slots"][0]["text"], offer["slots"][-1]["text"]) == SLOTS[lang] and offer["callback"] is None
    promised = await user.post(f"{path}/callback", json={"phone": NUMBER, "slot": FIRST_SLOT})
    assert (promised.status_code, promised.json()["text"], promised.json()["state"]) == (201, SLOTS[lang][0], "asked")
    assert "0234" not in promised.text + (await user.get(path)).text + (await user.get(f"{path}/callback")).text

    agent, other = await world.signed_in("agent"), await world.signed_in("agent2")
    line = (await agent.get(f"{API}/desk/callbacks")).json()["callbacks"][0]
    assert (line["phone"], line["name"], line["soon"]) == (None, "User", False)
    call = f"{API}/desk/callbacks/{line['id']}"
    assert (await agent.post(f"{call}/take")).json()["phone"] == "+15550100234"
    assert (await other.post(f"{call}/take")).json()["code"] == "already_claimed"
    assert [each["phone"] for each in (await other.get(f"{API}/desk/callbacks")).json()["callbacks"]] == [None]
    assert (await other.post(f"{call}/done")).json()["code"] == "illegal_move"
    assert (await agent.post(f"{call}/done")).json()["state"] == "done"
    seen = (await user.get(path)).json()
    assert seen["speaker"] == "assistant"
    assert seen["messages"][-1]["choices"] == [words().say(lang, f"solved.{answer}") for answer in ("yes", "no")]
    assert (await agent.get(f"{API}/desk/callbacks")).json() == {"callbacks": []}


@pytest.mark.parametrize("lang", LANGS)
async def test_a_slot_of_another_day_is_named_in_the_calendar_of_the_language(world: World, lang: Lang) -> None:
    world.clock.pass_(hours=14)              # half past eleven at night
    user, path = await waiting(world, lang)
    assert (await user.get(f"{path}/callback")).json()["slots"][0]["text"].startswith(TOMORROW[lang])


@pytest.mark.parametrize(("sent", "code"), [
    ({"phone": "12", "slot": FIRST_SLOT}, "bad_phone"), ({"phone": "my mobile", "slot": FIRST_SLOT}, "bad_phone"),
    ({"phone": NUMBER, "slot": "2025-03-12T10:07:00Z"}, "slot_gone"), ({"phone": NUMBER, "slot": "2025-03-12T08:00:00Z"}, "slot_gone"),
    ({"phone": NUMBER, "slot": "2025-03-12T10:00:00"}, "bad_input"), ({"phone": NUMBER}, "bad_input"),
    ({"phone": NUMBER, "slot": "soon"}, "bad_input"), ({"phone": NUMBER, "slot": "9999-12-31T23:00:00Z"}, "slot_gone"),
    ({"phone": NUMBER, "slot": FIRST_SLOT, "account": "user2"}, "bad_input")])
async def test_a_call_that_cannot_be_made_is_refused_without_the_number_coming_back(world: World, sent: dict[str, str], code: str) -> None:
    user, path = await waiting(world)
    answer = await user.post(f"{path}/callback", json=sent)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert "0234" not in answer.text and "mobile" not in answer.text


async def test_a_guest_leaves_a_number_and_takes_it_back(world: World) -> None:
    guest, conversation = await world.guest("user")
    path = f"{API}/conversations/{conversation}"
    assert (await guest.post(f"{path}/callback", json={"phone": NUMBER, "slot": FIRST_SLOT})).status_code == 201
    seen = (await guest.get(path)).json()        # who asks for a call has asked for a person
    assert (seen["speaker"], seen["handoff"]["reason"]) == ("waiting", "asked")
    assert (await guest.delete(f"{path}/callback")).status_code == 204
    assert (await guest.delete(f"{path}/callback")).status_code == 404


@pytest.mark.parametrize(("solved", "speaker", "state", "ticket"), [
    (True, "assistant", "confirmed", "closed"), (False, "human", "taken", "open")])
async def test_solved_is_the_users_word(world: World, solved: bool, speaker: str, state: str, ticket: str) -> None:
    user, path = await waiting(world)
    agent, desk = await world.signed_in("agent"), path.replace("/conversations", "/desk/conversations")
    assert (await user.post(f"{path}/solved", json={"solved": solved})).json()["code"] == "illegal_move"
    await agent.post(f"{desk}/claim")
    await agent.post(f"{desk}/resolve")
    answer = (await user.post(f"{path}/solved", json={"solved": solved})).json()
    assert (answer["speaker"], answer["state"]) == (speaker, state)
    assert [each["status"] for each in (await user.get(f"{API}/tickets")).json()["tickets"]] == [ticket]
    assert (await user.post(f"{path}/solved", json={"solved": solved})).status_code == 409


async def test_only_tools_that_exist_can_be_held_back(world: World) -> None:
    _, path = await waiting(world)
    agent, desk = await world.signed_in("agent"), path.replace("/conversations", "/desk/conversations")
    await agent.post(f"{desk}/claim")
    answer = await agent.post(f"{desk}/return", json={"hold": ["rm"]})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_input")


async def test_the_number_is_in_no_log(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    user, path = await waiting(world)
    await user.post(f"{path}/callback", json={"phone": NUMBER, "slot": FIRST_SLOT})
    await user.post(f"{path}/callback", json={"phone": NUMBER + "x", "slot": FIRST_SLOT})
    said = capsys.readouterr()
    assert "/callback" in said.out + said.err
    assert "0234" not in said.out + said.err
