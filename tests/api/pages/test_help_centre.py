"""The help centre, the suggestions and the drafts over plain forms, in three languages."""

from types import SimpleNamespace
from typing import Any

import pytest

from desk.people import LANGS, Lang
from desk.words import words
from tests.api.pages.reading import read
from tests.api.pages.test_without_script import Browser, sign_in
from tests.api.scripted import World


@pytest.fixture(params=LANGS)
async def browser(world: World, request: pytest.FixtureRequest) -> Browser:
    return await Browser.opened(world, request.param)


async def put(world: World, topic: str, lang: Lang, title: str) -> None:
    document: dict[str, Any] = {
        "id": f"{topic}.{lang}", "source": "house", "path": f"{topic}/{lang}.md", "topic": topic, "lang": lang, "title": title,
        "audience": "everyone", "owner": "a-team", "reviewed": "2024-02-01", "tier": "reviewed", "text": "The lead.\n\n## Steps\nDo it.",
        "hash": "1"}
    async with world.desk.store.begin() as tx:
        await tx.shelf.put(document, [])


def translated(world: World, lang: Lang) -> Any:
    """The library of this world, with its passages in that language."""
    library: Any = world.house.library
    library.passages = tuple(SimpleNamespace(**vars(hit) | {"lang": lang}) for hit in library.passages)
    return library


async def asked(world: World, text: str = "May I bring a dog?") -> None:
    owner = await world.signed_in("user")
    conversation = await world.opened(owner)
    async with world.desk.store.begin() as tx:
        await tx.gaps.record(turn="a turn", conversation=conversation, owner=None, text=text, lang="en", asked_back=False, embedder="",
                             vector=None, now=world.clock())


async def test_articles_stand_in_the_readers_language_and_others_are_shown_as_such(browser: Browser, world: World) -> None:
    for lang in LANGS:
        await put(world, "both", lang, f"Title in {lang}")
    await put(world, "one", "en" if browser.lang != "en" else "fa", "A foreign title")
    await sign_in(browser)
    await browser.get("/knowledge")
    rows = browser.page.all("a", class_="article-row")
    assert [row.attributes["href"] for row in rows] == [f"/knowledge/both.{browser.lang}", f"/knowledge/one.{rows[1].attributes['lang']}"]
    assert rows[0].words == f"Title in {browser.lang} The lead."
    assert rows[1].one("span", class_="tag").words == words().say(browser.lang, f"pages.lang.{rows[1].attributes['lang']}")
    assert browser.says("pages.knowledge.elsewhere")


async def test_a_search_shows_title_snippet_and_place(browser: Browser, world: World) -> None:
    library = translated(world, browser.lang)
    await sign_in(browser)
    await browser.get("/knowledge?q=vpn")
    (found,) = browser.page.all("a", class_="article-row")
    assert (found.attributes["href"], found.one("span", class_="article-title").words) == ("/knowledge/vpn-en#p1", "VPN")
    assert not browser.says("pages.knowledge.found_weak")
    library.likely = 0.01
    await browser.get("/knowledge?q=vpn")
    assert not browser.says("pages.knowledge.found_weak"), "a word is no question"
    await browser.get("/knowledge?q=vpn+on+the+moon")
    assert browser.says("pages.knowledge.found_weak")
    library.passages = ()
    await browser.get("/knowledge?q=vpn")
    assert browser.says("pages.knowledge.found_none")


async def test_articles_are_suggested_under_a_ticket_and_nothing_typed_is_lost(browser: Browser, world: World) -> None:
    library = translated(world, browser.lang)
    await sign_in(browser)
    await browser.get("/tickets/new")
    await browser.send("/tickets", title="The VPN drops", description="since nine", then="suggest")
    assert browser.page.one("div", id="suggested").one("a").attributes["href"] == "/knowledge/vpn-en#p1"
    assert browser.page.one("input", id="title").attributes["value"] == "The VPN drops"
    library.likely = 0.01
    await browser.send("/tickets", then="suggest")
    assert browser.says("pages.knowledge.suggest_none")
    await browser.send("/tickets", then="")
    assert browser.at == "/tickets/1001"


async def test_a_draft_is_begun_edited_and_published(browser: Browser, world: World) -> None:
    await asked(world)
    await sign_in(browser, "agent")
    await browser.get("/knowledge/gaps")
    assert browser.page.one("p", class_="gap-question").words == "May I bring a dog?"
    await browser.send(browser.action("/draft"))
    draft = browser.at
    assert browser.page.one("input", id="title-en").attributes["value"] == "May I bring a dog?"
    assert words().say("ar", "pages.draft.template").splitlines()[0] in browser.page.one("textarea", id="text-ar").words
    await browser.send(draft, **{f"text.{lang}": words().say(lang, "pages.draft.template") for lang in LANGS}, then="save")
    assert browser.says("pages.drafts.saved")
    left = words().say("en", "pages.draft.template").replace("(The first step)", "Ask your team.")
    await browser.send(draft, **{"text.en": left, "then": "save"})
    assert browser.status == 422
    assert words().say(browser.lang, "pages.lang.en") in browser.page.one("p", class_="problem").words
    assert "Ask your team." in browser.page.one("textarea", id="text-en").words, "what was typed stays"
    await browser.send(draft, **{"text.en": "Yes, on Fridays.", "then": "save"})
    assert [each for each in browser.page.all("form") if each.attributes["action"].endswith("/refuse")] == []

    browser = await sign_in(await Browser.opened(world, browser.lang), "supervisor")
    await browser.get(draft)
    await browser.send(f"{draft}/review", **{"text.en": "", "then": "publish"})
    assert browser.status == 422 and browser.says("pages.draft.wrong_empty")
    await browser.send(f"{draft}/review", **{"title.en": "Dogs", "text.en": "Yes, on Fridays. Code 12345678", "then": "publish"})
    assert browser.says("pages.drafts.published")
    await browser.get("/knowledge")
    assert "Dogs" in browser.page.words
    await browser.get(draft.replace("/drafts", "") + ".en")
    assert "[removed]" in browser.page.words and "12345678" not in browser.page.words
    await browser.send(browser.action("/withdraw"))
    assert browser.at == draft
    await browser.send(f"{draft}/refuse")
    assert browser.says("pages.drafts.refused")
    await browser.get("/knowledge/gaps")
    assert browser.page.one("p", class_="gap-question").words == "May I bring a dog?"


async def test_a_gap_is_set_aside_and_brought_back(browser: Browser, world: World) -> None:
    await asked(world)
    await sign_in(browser, "agent")
    await browser.get("/knowledge/gaps")
    await browser.send(browser.action("/aside"))
    assert browser.says("pages.gaps.set_aside") and browser.says("pages.gaps.none")
    await browser.get("/knowledge/gaps?state=aside")
    await browser.send(browser.action("/back"))
    assert browser.page.one("p", class_="gap-question").words == "May I bring a dog?"


async def test_an_article_that_is_due_says_so_and_stands_in_the_supervisors_list(browser: Browser, world: World) -> None:
    await put(world, "topic", "en", "A topic")
    await sign_in(browser, "supervisor")
    await browser.get("/knowledge/gaps")
    assert browser.page.one("section", id="due").one("a").attributes["href"] == "/knowledge/topic.en"
    await browser.get("/knowledge/topic.en")
    assert browser.page.one("p", class_="warn")
    browser = await sign_in(await Browser.opened(world, browser.lang), "agent")
    await browser.get("/knowledge/gaps")
    assert browser.page.one("section", id="due").all("a") == []


async def test_the_script_is_given_the_list_alone(world: World) -> None:
    client, csrf = await world.browser("user", Accept="text/html")
    answer = await client.post("/tickets/suggest", data={"csrf": csrf, "title": "The VPN drops"}, headers={"HX-Request": "true"})
    assert read(answer).all("html") == []
    assert read(answer).one("a").attributes["href"] == "/knowledge/vpn-en#p1"
    short = await client.post("/tickets/suggest", data={"csrf": csrf, "title": "VPN"})
    assert read(short).all("a") == []
