"""One journey per language in a real browser: locked out, back in, a cited answer, a person."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import WAIT, choose_tongue, sign_in
from tests.yavar.servers import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

PASSWORD = "correct horse battery"
LINES = {
    "en": ("how do I set up the VPN on my laptop?", False, "Hello, this is the service desk."),
    "ar": ("كيف أضبط الـ VPN على جهازي؟", True, "أهلا، معكم مكتب الخدمة."),
    "fa": ("چطور وی‌پی‌ان را روی لپ‌تاپم راه بیندازم؟", True, "سلام، از میز خدمت در خدمتم."),
}


@pytest.mark.parametrize(("lang", "person"), [("en", "user"), ("ar", "observer"), ("fa", "user2")])
def test_a_journey_from_locked_out_to_a_person(server: Server, browser: Browser, context: BrowserContext, tmp_path: Path, lang: str,
                                               person: str) -> None:
    page, complaints = context.new_page(), []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Content Security Policy" in said.text else None)
    _reset_while_locked_out(server, page, lang, person, tmp_path)
    sign_in(server, page, lang, person, PASSWORD)
    expect(page.locator("html")).to_have_attribute("lang", lang)
    expect(page.locator("html")).to_have_attribute("dir", "ltr" if lang == "en" else "rtl")
    _asks_and_is_answered(page, lang, tmp_path)
    _asks_for_a_person(page, tmp_path, lang)
    _agent_answers(server, browser, lang, tmp_path)
    expect(page.locator("#transcript, main").first).to_contain_text(LINES[lang][2])
    page.screenshot(path=tmp_path / f"{lang}-answered.png")
    assert complaints == []


def _reset_while_locked_out(server: Server, page: Page, lang: str, person: str, folder: Path) -> None:
    page.goto(f"{server.url}/signin")
    choose_tongue(page, lang)
    page.screenshot(path=folder / f"{lang}-signin.png")
    page.goto(f"{server.url}/signin/help")
    page.fill("#account", person)
    page.click("form[action='/signin/help'] button.primary")
    page.locator(".starter").first.click()
    page.locator(".needs a[data-panel]").wait_for()
    form = page.get_attribute(".needs a[data-panel]", "href")
    page.goto(f"{server.url}{form}")
    page.fill("#code-totp", _shown(page.context, f"{server.url}/demo/authenticator", ".totp", r"\d{6}"))
    page.locator(".factor:has(#code-totp) .code-form button").click()
    page.locator(".factor.is-done").wait_for()
    page.locator("form[action$='/send'] button").click()
    page.wait_for_load_state()
    page.fill("#code-email", _shown(page.context, f"{server.url}/demo/outbox", ".mail", r"\b\d{8}\b"))
    page.locator(".factor:has(#code-email) .code-form button").click()
    page.locator("#new-password").wait_for()
    page.screenshot(path=folder / f"{lang}-password.png")
    page.fill("#new-password", PASSWORD)
    page.click("form[action$='/password'] button.primary")
    page.locator(".outcome-done").wait_for()


def _shown(context: BrowserContext, url: str, place: str, pattern: str) -> str:
    page = context.new_page()
    page.goto(url)
    text = re.sub(r"(?<=\d)[\s\u2009](?=\d)", "", page.locator(place).first.inner_text())
    page.close()
    found = re.search(pattern, text)
    assert found, text
    return found[0]


def _asks_and_is_answered(page: Page, lang: str, folder: Path) -> None:
    page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/")[2] + "/chat")
    page.screenshot(path=folder / f"{lang}-first.png")
    page.fill("#text", LINES[lang][0])
    page.click(".send")
    cited = page.locator(".message a.cite").first
    cited.wait_for()
    page.screenshot(path=folder / f"{lang}-answer.png")
    assert page.locator(f".message [lang={lang}], .message[lang={lang}]").count() > 0
    cited.click()
    page.locator("#side .article").wait_for()
    page.screenshot(path=folder / f"{lang}-article.png")
    page.click("#side-close")


def _asks_for_a_person(page: Page, folder: Path, lang: str) -> None:
    page.click("#person-form button")
    page.locator(".waiting, #waiting").first.wait_for()
    page.screenshot(path=folder / f"{lang}-waiting.png")


def _agent_answers(server: Server, browser: Browser, lang: str, folder: Path) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 820})
    context.set_default_timeout(WAIT)
    page = context.new_page()
    sign_in(server, page, lang, "agent")
    page.locator(".queue-row").last.click()
    page.locator("form[action$='/claim'] button").click()
    page.locator("#reply textarea").fill(LINES[lang][2])
    page.click("#reply .send")
    expect(page.locator("main")).to_contain_text(LINES[lang][2])
    page.screenshot(path=folder / f"{lang}-desk.png")
    context.close()
