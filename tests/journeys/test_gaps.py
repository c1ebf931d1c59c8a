"""From a question that nothing answers to an article that does; and nobody sees what they may not, on any way to it."""

import hashlib
import re
from datetime import datetime
from importlib.resources import files
from typing import Any

import httpx
import pytest
import yaml

from agent.house import House
from desk.people import LANGS, Lang
from knowledge.articles import indexed
from tests.journeys.conftest import API, Clock, Desk, as_guest, signed_in

PICTURE = {"en": "How do I change my profile picture?", "fa": "عکس پروفایلم را چطور عوض کنم؟"}
ANSWER = "Open the company portal, choose \"My account\", then \"Picture\", and choose a picture of your face."
AUDIENCES = {"public": "zanzibar", "everyone": "quokka", "agents": "ocelot"}       # a word that stands in that article alone
MAY_SEE = {"guest": {"public"}, "user": {"public", "everyone"}, "observer": {"public", "everyone"}, "evaluator": {"public", "everyone"},
           "agent": set(AUDIENCES), "supervisor": set(AUDIENCES), "admin": set(AUDIENCES)}


async def read(desk: Desk, path: str, **sent: str) -> str:
    """A page, with the form's fields if any are sent."""
    answer = await desk.http.request("POST" if sent else "GET", path, data=sent or None, headers=desk.headers | {"Accept": "text/html"})
    assert answer.status_code in (200, 303), (path, answer.status_code)
    return answer.text


async def embed(house: House) -> None:
    await house.library.open()
    while await house.library.embed_missing():
        pass


async def listed(desk: Desk, state: str = "open") -> list[dict[str, Any]]:
    answer = await desk.call("GET", f"/knowledge/gaps?state={state}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["gaps"]
    return found


async def test_a_question_without_an_answer_becomes_an_article(http: httpx.AsyncClient, house: House, clock: Clock) -> None:
    for name, lang in (("user", "en"), ("user2", "fa")):
        asker = await signed_in(http, house, clock, name, lang)
        answer = await asker.say(PICTURE[lang])
        assert answer["reply"]["citations"] == []
    agent, supervisor = [await signed_in(http, house, clock, name) for name in ("agent", "supervisor")]
    (gap,) = await listed(agent)
    assert (gap["question"], gap["count"], gap["langs"], gap["endings"]) == (PICTURE["en"], 2, ["en", "fa"], {"talking": 2})
    assert set(gap) == {"id", "question", "lang", "langs", "count", "first_at", "last_at", "endings", "state", "draft"}

    begun = await agent.call("POST", f"/knowledge/gaps/{gap['id']}/draft")
    assert begun.status_code == 201, begun.text
    draft = begun.json()
    assert {lang: each["title"] for lang, each in draft["versions"].items()} == PICTURE | {"ar": ""}
    path = f"/knowledge/drafts/{draft['id']}"
    written = {"audience": "everyone", "versions": {"en": {"title": "Change my profile picture", "text": ANSWER}}}
    assert (await agent.call("PUT", path, written)).status_code == 200
    await embed(house)
    asker = await signed_in(http, house, clock, "user")
    assert (await asker.say(PICTURE["en"]))["reply"]["citations"] == []

    assert (await agent.call("POST", f"{path}/publish")).status_code == 403
    assert (await supervisor.call("POST", f"{path}/publish")).json() == {"documents": [f"{draft['id']}.en"]}
    await embed(house)
    hits = (await asker.call("GET", "/knowledge/search", params={"q": PICTURE["en"], "lang": "en"})).json()["hits"]
    assert hits[0]["url"] == f"/knowledge/{draft['id']}.en#p0"
    assert "Picture" in await read(asker, f"/knowledge/{draft['id']}.en")


async def test_what_is_answered_with_a_source_is_no_gap(http: httpx.AsyncClient, house: House, clock: Clock) -> None:
    asker, agent = await signed_in(http, house, clock, "user"), await signed_in(http, house, clock, "agent")
    assert (await asker.say("How do I connect to the VPN?"))["reply"]["citations"]
    assert await listed(agent) == []


@pytest.mark.parametrize("lang", LANGS)
async def test_an_answer_in_doubt_says_so_and_is_a_gap(http: httpx.AsyncClient, house: House, clock: Clock, lang: Lang) -> None:
    """Of questions that no article answers, some touch one all the same."""
    asked = yaml.safe_load(files("evals").joinpath("suites", "abstain", f"unanswerable.{lang}.yaml").read_text("utf-8"))
    doubt, told = house.mind.desk.words.say(lang, "answer.doubtful"), list[str]()
    for each in asked:
        asker = await signed_in(http, house, clock, "user", lang)
        reply = (await asker.say(each["question"]))["reply"]
        if reply["citations"] and reply["text"].startswith(doubt):
            told.append(each["question"])
    assert told
    gaps = {gap["question"] for gap in await listed(await signed_in(http, house, clock, "agent"))}
    assert set(told[:1]) <= gaps, "of questions that mean the same, one stands for all"


async def test_an_old_source_says_when_it_was_reviewed(http: httpx.AsyncClient, house: House, clock: Clock) -> None:
    async def cited(lang: str) -> str:
        asker = await signed_in(http, house, clock, "user", lang)
        assert (await asker.say("How do I connect to the VPN?"))["reply"]["citations"]
        return await read(asker, f"/chat/{asker.conversation}")

    assert "last reviewed" not in await cited("en")
    clock.now = datetime(2027, 12, 1, 12, 0, tzinfo=clock.now.tzinfo)
    assert re.search(r"last reviewed on .*2026", await cited("en"))
    supervisor = await signed_in(http, house, clock, "supervisor")
    due = (await supervisor.call("GET", "/knowledge/due")).json()
    assert due["months"] == 12 and "vpn.en" in {each["id"] for each in due["documents"]}
    assert "Something in it may have changed" in await read(supervisor, "/knowledge/vpn.en")
    agent = await signed_in(http, house, clock, "agent")
    assert (await agent.call("GET", "/knowledge/due")).json()["documents"] == [], "they are other people's to look after"


async def put(house: House, topic: str, word: str, audience: str, tier: str) -> None:
    title, text = f"About the {word}", f"The {word} is fed at nine. Call the {word} desk if the {word} sleeps."
    document = {"id": f"{topic}.en", "source": "wiki", "path": f"{topic}/en.md", "topic": topic, "lang": "en", "title": title,
                "audience": audience, "owner": "zoo", "reviewed": "2026-11-20", "tier": tier, "text": text, "hash": topic}
    digest = hashlib.sha256(indexed(title, "", text).encode()).hexdigest()
    async with house.desk.store.begin() as tx:
        await tx.shelf.put(document, [{"id": f"{topic}.en.0", "document": f"{topic}.en", "ordinal": 0, "heading": "", "text": text,
                                       "hash": digest, "embedder": None, "vector": None}])


@pytest.mark.parametrize("name", MAY_SEE)
async def test_no_way_leads_to_what_one_may_not_see(http: httpx.AsyncClient, house: House, clock: Clock, name: str) -> None:
    for audience, word in AUDIENCES.items():
        await put(house, word, word, audience, "reviewed")
    for tier in ("candidate", "unreviewed"):
        await put(house, f"{tier}-doc", "wombat", "public", tier)
    await embed(house)
    desk = await as_guest(http, house, clock, "user") if name == "guest" else await signed_in(http, house, clock, name)
    hidden = {word for audience, word in AUDIENCES.items() if audience not in MAY_SEE[name]} | {"wombat"}
    seen = set()
    browsed = await read(desk, "/knowledge")
    for word in (*AUDIENCES.values(), "wombat"):
        question = f"When is the {word} fed?"
        ways = {"search": (await desk.call("GET", "/knowledge/search", params={"q": question, "k": 20})).text,
                "page": await read(desk, f"/knowledge?q=when+is+it+fed+{word}")}
        if name != "guest":
            ways["suggested"] = await read(desk, "/tickets/suggest", title=question)
            ways["suggested without a script"] = await read(desk, "/tickets", title="When is it fed?", description="", then="suggest")
        if desk.conversation:
            answer = await desk.say(question)
            ways["answer"] = str((answer["reply"] or {}).get("citations", ""))
        for way, text in ways.items():
            shown = re.sub(r'value="[^"]*"', "", text)       # what was typed stands in its own field again
            assert {each for each in hidden if f"About the {each}" in shown or f"{each} is fed" in shown} == set(), (way, word)
            seen |= {each for each in AUDIENCES.values() if f"About the {each}" in shown}
        answered = await desk.http.get(f"/knowledge/{'candidate-doc' if word == 'wombat' else word}.en", headers=desk.headers)
        assert answered.status_code == (404 if word in hidden else 200)
    assert {word for word in (*AUDIENCES.values(), "wombat") if f"About the {word}" in browsed} == {*AUDIENCES.values()} - hidden
    assert seen == {*AUDIENCES.values()} - hidden, "what one may see is found"
    if name in ("agent", "supervisor", "admin"):
        assert "wombat</" not in await read(desk, "/knowledge/gaps")


async def test_the_gap_list_names_nobody_and_is_the_desks(http: httpx.AsyncClient, house: House, clock: Clock) -> None:
    asker = await signed_in(http, house, clock, "user")
    await asker.say(f"{PICTURE['en']} I am user@example.org, my password is Sommer2026!")
    agent, other = await signed_in(http, house, clock, "agent"), await signed_in(http, house, clock, "user2")
    assert (await other.call("GET", "/knowledge/gaps")).status_code == 403
    assert (await http.get("/knowledge/gaps", headers=other.headers | {"Accept": "text/html"})).status_code == 403
    texts = [str(await listed(agent)), await read(agent, "/knowledge/gaps")]
    for text in texts:
        assert not re.search(r"Sommer2026|user@example\.org", text)
        assert asker.conversation not in text


async def test_the_refusals_of_the_help_centre_are_plain(http: httpx.AsyncClient, house: House, clock: Clock) -> None:
    agent = await signed_in(http, house, clock, "agent")
    for path in ("/knowledge/gaps/no-such-gap/draft", "/knowledge/gaps/no-such-gap/aside"):
        assert (await agent.call("POST", path)).status_code == 404
    assert (await http.get(f"{API}/knowledge/gaps?state=all", headers=agent.headers)).status_code == 422
