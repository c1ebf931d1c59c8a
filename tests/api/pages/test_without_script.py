"""Whole journeys over plain forms: no script runs in these tests."""

import re

import httpx
import pytest

from desk.people import LANGS, Lang
from desk.words import words
from tests.api.pages.reading import Element, dangers, form, read
from tests.api.scripted import PASSWORD, World

NEW = "a sentence that nobody guesses"


class Browser:
    """Sends the forms that its last page holds, and follows redirects."""

    def __init__(self, world: World, lang: Lang) -> None:
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(world.app), base_url="http://testserver", follow_redirects=True,
                                        headers={"Accept": "text/html"})
        self.lang = lang
        self.page: Element
        self.at = ""
        self.status = 0

    @classmethod
    async def opened(cls, world: World, lang: Lang) -> "Browser":
        browser = await cls(world, lang).get("/signin")
        return await browser.send("/language", lang=lang)

    async def get(self, path: str) -> "Browser":
        return self._at(await self.client.get(path))

    async def send(self, action: str, method: str = "", **fields: str) -> "Browser":
        return self._at(await self.client.post(action, data={**form(self.page, action, method), **fields}))

    def _at(self, answer: httpx.Response) -> "Browser":
        self.page, self.at, self.status = read(answer), answer.url.path, answer.status_code
        assert dangers(self.page) == []
        return self

    def says(self, key: str, **facts: object) -> bool:
        return " ".join(words().say(self.lang, key, **facts).split()) in self.page.words

    def action(self, ending: str) -> str:
        return next(each.attributes["action"] for each in self.page.all("form") if each.attributes["action"].endswith(ending))


@pytest.fixture(params=LANGS)
async def browser(world: World, request: pytest.FixtureRequest) -> Browser:
    return await Browser.opened(world, request.param)


async def sign_in(browser: Browser, name: str = "user", password: str = PASSWORD) -> Browser:
    await browser.get("/signin")
    return await browser.send("/signin", name=name, password=password)


async def test_signing_in_leads_to_a_first_screen_that_is_not_blank(browser: Browser) -> None:
    await sign_in(browser)
    assert browser.at == "/chat"
    assert browser.says("pages.chat.good_morning")
    assert len(browser.page.all("button", class_="starter")) == 6


async def test_a_wrong_password_is_told_without_saying_which_of_both_was_wrong(browser: Browser) -> None:
    known = (await sign_in(browser, "user", "not it")).page.words
    nobody = (await sign_in(browser, "nobody", "not it")).page.words
    assert browser.status == 401
    assert browser.says("pages.signin.wrong")
    assert known == nobody


async def test_a_message_is_answered_with_sources_and_choices(browser: Browser) -> None:
    await sign_in(browser)
    await browser.send("/chat/say", text="hello")
    assert re.fullmatch(r"/chat/[\w-]{20}", browser.at)
    assert [each.attributes["data-author"] for each in browser.page.all("li", class_="message")] == ["user", "assistant"]
    assert browser.page.one("details", class_="sources").one("a").attributes["href"] == "/knowledge/vpn-en#p1"
    await browser.send(browser.action("/say"), text=browser.page.one("form", class_="choices").all("button")[0].attributes["value"])
    assert "You said: Yes" in browser.page.words


async def test_a_person_is_one_button_away_and_the_place_is_kept(browser: Browser, world: World) -> None:
    await sign_in(browser)
    await browser.send("/chat/person")
    banner = browser.page.one("section", class_="banner")
    assert "1001" in banner.words
    assert world.desk.phone in banner.words
    await browser.send(browser.action("/resume"))
    assert browser.says("pages.wait.kept")
    await browser.send(browser.action("/person"))
    async with world.desk.store.read() as tx:
        assert len(await tx.handoffs.waiting()) == 1


async def test_the_locked_out_get_back_in_over_two_factors(browser: Browser, world: World) -> None:
    await browser.get("/signin/help")
    await browser.send("/signin/help", account="user")
    await browser.send(browser.action("/say"), text="reset")
    flow = browser.page.one("section", class_="needs").one("a").attributes["href"]

    await browser.get(flow)
    await browser.send(f"{flow}/code", "totp", code="000000")
    assert browser.says("pages.verify.wrong")
    await browser.get("/demo/authenticator")
    code = browser.page.one("p", class_="totp").words.replace(" ", "")
    await browser.get(flow)
    await browser.send(f"{flow}/code", "totp", code=code.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")))
    assert browser.says("pages.verify.proven")
    await browser.send(f"{flow}/send")
    await browser.get("/demo/outbox")
    mailed = re.search(r"\b\d{8}\b", browser.page.one("article", class_="mail").words)
    assert mailed
    await browser.get(flow)
    await browser.send(f"{flow}/code", "email", code=mailed[0])

    assert browser.at == f"{flow}/password"
    await browser.send(f"{flow}/password", password="short")
    assert (browser.status, browser.at) == (422, f"{flow}/password")
    await browser.send(f"{flow}/password", password=NEW)
    assert browser.says("pages.verify.is_done_reset.title")
    assert [turn.kind for turn in world.assistant.told] == ["reset_done"]
    assert (await sign_in(browser, "user", NEW)).at == "/chat"


async def test_five_wrong_codes_end_the_verification(browser: Browser) -> None:
    await browser.get("/signin/help")
    await browser.send("/signin/help", account="user")
    await browser.send(browser.action("/say"), text="reset")
    flow = browser.page.one("section", class_="needs").one("a").attributes["href"]
    await browser.get(flow)
    for _ in range(5):
        await browser.send(f"{flow}/code", "totp", code="000000")
    assert browser.says("pages.verify.is_failed.title")
    assert browser.action("/person")


async def test_a_ticket_is_opened_commented_and_cancelled(browser: Browser) -> None:
    await sign_in(browser)
    await browser.get("/tickets/new")
    await browser.send("/tickets", title="The printer on floor 2", description="Since 9:00, error 12345678", kind="incident", urgency="low")
    assert browser.at == "/tickets/1001"
    assert "[removed]" in browser.page.words
    await browser.send("/tickets/1001/comment", comment="It hums")
    assert "It hums" in browser.page.words
    await browser.get("/tickets/1001/cancel")
    await browser.send("/tickets/1001/cancel")
    assert browser.says("pages.status.cancelled")
    assert not [each for each in browser.page.all("form") if each.attributes["action"].endswith("/cancel")]


async def test_an_agent_takes_answers_and_resolves(browser: Browser, world: World) -> None:
    user = await Browser.opened(world, browser.lang)
    await sign_in(user)
    await user.send("/chat/person")
    await sign_in(browser, "agent")
    await browser.get("/desk")
    await browser.get(browser.page.one("a", class_="queue-row").attributes["href"])
    await browser.send(browser.action("/claim"))
    await browser.send(browser.action("/reply"), text="Good morning, I am reading.")
    await user.get(user.at)
    assert "Good morning, I am reading." in user.page.words
    assert "Agent" in user.page.one("section", class_="banner").words
    await browser.send(browser.action("/resolve"))
    assert browser.says("pages.desk.done_resolved")
    await user.get(user.at)
    assert user.page.one("section", class_="banner").attributes["class"] == "banner solved"
    await user.send(user.action("/solved"), solved="yes")
    assert user.says("solved.confirmed", ticket=1001)
    assert not user.page.all("section", class_="banner")


async def test_an_internal_note_never_reaches_the_user(browser: Browser, world: World) -> None:
    user = await Browser.opened(world, browser.lang)
    await sign_in(user)
    await user.send("/chat/person")
    await sign_in(browser, "agent")
    await browser.get(browser.page.one("a", class_="queue-row").attributes["href"])
    await browser.send(browser.action("/claim"))
    await browser.send(browser.action("/return"), note="whispered to the desk")
    assert browser.says("pages.desk.done_returned")
    await browser.get("/tickets/1001")
    assert "whispered to the desk" in browser.page.words
    for path in (user.at, "/tickets/1001"):
        await user.get(path)
        assert "whispered" not in user.page.words


async def test_the_language_switch_comes_back_to_the_same_page_and_is_kept_by_the_account(browser: Browser, world: World) -> None:
    await sign_in(browser)
    await browser.get("/tickets")
    other = next(lang for lang in LANGS if lang != browser.lang)
    await browser.send("/language", lang=other)
    assert browser.at == "/tickets"
    assert browser.page.one("html").attributes["lang"] == other
    async with world.desk.store.read() as tx:
        account = await tx.people.by_name("user")
    assert account
    assert account.lang == other


async def test_signing_out_ends_the_session(browser: Browser) -> None:
    await sign_in(browser)
    await browser.send("/signout")
    assert (await browser.get("/chat")).at == "/signin"
