"""Known incidents and planned maintenance: announced, amended and ended at the desk, and shown above the chat in each language."""

from datetime import timedelta
from typing import Any

import pytest

from desk.people import LANGS, Lang
from desk.words import words
from tests.api.matrix import TOLD
from tests.api.scripted import World

PATH = "/api/v1/disruptions"
OTHER = {"en": "It is the switch.", "ar": "السبب في المحوّل.", "fa": "ایراد از سوئیچ است."}
VPN = {"en": "the VPN", "ar": "شبكة VPN", "fa": "وی‌پی‌ان"}


async def actions(world: World) -> list[str]:
    async with world.desk.store.read() as tx:
        return [entry.action for entry in await tx.audit.all() if entry.action.startswith("disruption.")]


async def test_announced_amended_and_ended_each_with_one_line_in_the_audit_trail(world: World) -> None:
    agent = await world.signed_in("agent")
    made = (await agent.post(PATH, json={"asset": "vpn", "text": TOLD})).json()
    assert (made["text"], made["under_way"], made["ends_at"], made["in_file"]) == (TOLD, True, None, False)
    ends = (world.clock() + timedelta(hours=2)).isoformat()
    for _ in range(2):                   # the same again changes nothing
        amended = await agent.put(f"{PATH}/{made['id']}", json={"text": OTHER, "ends_at": ends})
        assert amended.status_code == 200 and amended.json()["text"] == OTHER
    listed = (await agent.get(PATH)).json()
    assert [each["id"] for each in listed["assets"]] == ["vpn", "mail"] and [each["text"] for each in listed["disruptions"]] == [OTHER]
    assert (await agent.post(f"{PATH}/{made['id']}/end")).status_code == 200
    assert (await agent.get(PATH)).json()["disruptions"] == []
    for again in (agent.post(f"{PATH}/{made['id']}/end"), agent.put(f"{PATH}/{made['id']}", json={"text": TOLD})):
        answer = await again
        assert (answer.status_code, answer.json()["code"]) == (409, "illegal_move")
    assert await actions(world) == ["disruption.declared", "disruption.amended", "disruption.ended"]


@pytest.mark.parametrize("wrong", [
    {"asset": "the moon"}, {"asset": ""}, {"text": {"en": "Only English"}}, {"text": TOLD | {"fa": " "}}, {"text": TOLD | {"de": "kaputt"}},
    {"text": TOLD | {"en": "See https://elsewhere.example"}}, {"text": TOLD | {"ar": "ا" * 601}}, {"kind": "maintenance"},
    {"kind": "catastrophe"}, {"ends_at": "2025-03-12T09:00:00Z"}, {"ends_at": "2025-03-12T12:00:00"}, {"ends_at": "soon"},
    {"starts_at": "2025-03-13T00:00:00Z", "ends_at": "2025-03-12T23:00:00Z"}, {"by": "admin"}])
async def test_what_cannot_be_announced_is_refused_and_leaves_nothing(world: World, wrong: dict[str, Any]) -> None:
    agent = await world.signed_in("agent")
    answer = await agent.post(PATH, json={"asset": "vpn", "text": TOLD} | wrong)
    assert (answer.status_code, answer.json()["code"], answer.headers["content-type"]) == (422, "bad_input", "application/problem+json")
    assert (await agent.get(PATH)).json()["disruptions"] == [] and await actions(world) == []


async def test_what_is_to_come_may_begin_later_and_what_has_begun_keeps_its_beginning(world: World) -> None:
    agent = await world.signed_in("agent")
    sent = {"asset": "mail", "kind": "maintenance", "text": TOLD, "starts_at": "2025-03-12T12:00:00Z", "ends_at": "2025-03-12T14:00:00Z"}
    made = (await agent.post(PATH, json=sent)).json()
    later = {"text": TOLD, "starts_at": "2025-03-12T13:00:00Z", "ends_at": "2025-03-12T15:00:00Z"}
    assert (await agent.put(f"{PATH}/{made['id']}", json=later)).json()["starts_at"] == "2025-03-12T13:00:00Z"
    world.clock.pass_(hours=4)
    assert (await agent.put(f"{PATH}/{made['id']}", json=later | {"starts_at": "2025-03-12T13:15:00Z"})).status_code == 422
    assert (await agent.put(f"{PATH}/{made['id']}", json={"text": TOLD, "ends_at": None})).status_code == 422
    world.clock.pass_(hours=2)
    assert (await agent.put(f"{PATH}/{made['id']}", json=later)).status_code == 409


@pytest.mark.parametrize("lang", LANGS)
async def test_the_desk_s_page_announces_amends_and_ends_without_a_script(world: World, lang: Lang) -> None:
    agent, csrf = await world.browser("agent", Accept="text/html")
    agent.cookies.set("yavar_lang", lang)
    sent = {"csrf": csrf, "asset": "vpn", "kind": "incident", **{f"text.{each}": text for each, text in TOLD.items()}}
    wrong = await agent.post("/disruptions", data=sent | {"text.fa": ""})
    assert wrong.status_code == 422 and words().say(lang, "pages.disruptions.wrong_text") in wrong.text and TOLD["ar"] in wrong.text
    done = await agent.post("/disruptions", data=sent)
    assert done.headers["location"] == "/disruptions?done=announced"
    shown = await agent.get(done.headers["location"])
    assert words().say(lang, "pages.disruptions.announced") in shown.text and TOLD[lang] in shown.text and VPN[lang] in shown.text
    async with world.desk.store.read() as tx:
        [known] = await tx.disruptions.not_over(world.clock())
    form = await agent.get(f"/disruptions/{known.id}")
    assert all(text in form.text for text in TOLD.values())
    late = await agent.post(f"/disruptions/{known.id}", data=sent | {"ends_at": "2025-03-12T08:00"})
    assert late.status_code == 422 and words().say(lang, "pages.disruptions.wrong_ends_at") in late.text
    amended = {f"text.{each}": text for each, text in OTHER.items()} | {"csrf": csrf, "ends_at": "2025-03-12T18:00"}
    assert (await agent.post(f"/disruptions/{known.id}", data=amended)).headers["location"] == "/disruptions?done=amended"
    assert OTHER[lang] in (await agent.get("/disruptions")).text
    for said in ("done=ended", "problem=illegal_move"):
        answer = await agent.post(f"/disruptions/{known.id}/end", data={"csrf": csrf})
        assert answer.headers["location"] == f"/disruptions?{said}"
    assert words().say(lang, "pages.disruptions.none") in (await agent.get("/disruptions")).text


async def test_a_page_of_another_site_announces_nothing(world: World) -> None:
    agent, _ = await world.browser("agent", Accept="text/html")
    answer = await agent.post("/disruptions", data={"asset": "vpn", **{f"text.{each}": text for each, text in TOLD.items()}})
    assert answer.status_code == 403 and await actions(world) == []


@pytest.mark.parametrize("lang", LANGS)
async def test_what_is_under_way_stands_above_the_chat_in_the_user_s_language_until_it_is_over(world: World, lang: Lang) -> None:
    agent = await world.signed_in("agent")
    user, _ = await world.browser("user", Accept="text/html")
    user.cookies.set("yavar_lang", lang)
    guest = world.caller(Accept="text/html")
    await guest.post("/signin/help", data={"account": "user"})
    assert TOLD[lang] not in (await user.get("/chat")).text
    made = (await agent.post(PATH, json={"asset": "vpn", "text": TOLD})).json()
    to_come = {"asset": "mail", "text": OTHER, "starts_at": "2025-03-12T20:00:00Z"}
    assert (await agent.post(PATH, json=to_come)).status_code == 201
    chat = (await user.get("/chat")).text
    assert words().say(lang, "pages.known.incident", name=VPN[lang]) in chat and TOLD[lang] in chat
    assert OTHER[lang] not in chat and not any(text in chat for each, text in TOLD.items() if each != lang)
    locked_out = (await guest.get("/chat/guest", follow_redirects=True)).text
    assert "guest-note" in locked_out and not any(text in locked_out for text in TOLD.values())
    await agent.post(f"{PATH}/{made['id']}/end")
    assert TOLD[lang] not in (await user.get("/chat")).text
