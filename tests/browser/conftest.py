"""A real server and a real browser for the journeys."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.yavar.servers import Server

WAIT = 30_000                  # milliseconds; a shared machine may be slow
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--no-first-run"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, fresh_database: Callable[[Path], str]) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("browser")
    server = Server(folder / "home", YAVAR_DATABASE_URL=fresh_database(folder)).start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 820})
    context.set_default_timeout(WAIT)
    yield context
    context.close()


def choose_tongue(page: Page, lang: str) -> None:
    page.click(f".tongues button[value={lang}]")
    expect(page.locator("html")).to_have_attribute("lang", lang)


def sign_in(server: Server, page: Page, lang: str, name: str, password: str = "welcome-to-yavar") -> None:
    page.context.clear_cookies()
    page.goto(f"{server.url}/signin")
    choose_tongue(page, lang)
    page.fill("#name", name)
    page.fill("#password", password)
    page.click("form[action='/signin'] button.primary")
    page.wait_for_url(lambda url: "/signin" not in url)
