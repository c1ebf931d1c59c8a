"""An evaluator reads two runs of a real suite in a real browser: the figures, the worst case with its reasons, what differs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import sign_in
from tests.yavar.servers import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

SCENARIO = "person-at-once"


@pytest.fixture(scope="module")
def examined(server: Server) -> Server:
    """The house with two runs of its own exams: whole conversations, and one with a gate that nothing passes."""
    for more in ([], ["--min", "pass^1=1.01"]):
        environment = {**os.environ, **server.env}
        ran = subprocess.run([sys.executable, "-m", "yavar", "eval", "run", "scenarios", "--no-peers", "--filter", SCENARIO, *more],
                             env=environment, capture_output=True, text=True)
        assert ran.returncode in (0, 1), ran.stderr
    return server


@pytest.mark.parametrize("lang", ["en", "ar", "fa"])
def test_an_evaluator_finds_why_a_case_ended_as_it_did(examined: Server, context: BrowserContext, tmp_path: Path, lang: str) -> None:
    page, complaints = context.new_page(), []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Content Security Policy" in said.text else None)
    sign_in(examined, page, lang, "evaluator")
    page.goto(f"{examined.url}/evaluations")
    expect(page.locator("html")).to_have_attribute("dir", "ltr" if lang == "en" else "rtl")
    expect(page.locator("section.run")).to_have_count(2)
    page.screenshot(path=tmp_path / f"{lang}-runs.png", full_page=True)
    page.locator("section.run h2 a").first.click()
    _narrows(page, lang, tmp_path)
    _reads_a_case(page, lang, tmp_path)
    _compares(page, lang, tmp_path)
    assert complaints == []


def _narrows(page: Page, lang: str, folder: Path) -> None:
    page.select_option("#lang", lang)
    page.locator("#cases form button").click()
    page.wait_for_url(lambda url: f"lang={lang}" in url)
    expect(page.locator("#cases .case-row").first).to_be_visible()
    page.screenshot(path=folder / f"{lang}-run.png", full_page=True)


def _reads_a_case(page: Page, lang: str, folder: Path) -> None:
    page.locator("#cases .case-text a").first.click()
    expect(page.locator(".says-user").first).to_be_visible()
    why = page.locator(".turn-why").first
    why.locator("summary").click()
    expect(why.locator("dl")).to_be_visible()
    page.screenshot(path=folder / f"{lang}-case.png", full_page=True)


def _compares(page: Page, lang: str, folder: Path) -> None:
    page.locator(".crumb a").click()
    page.locator("form[action$='/compare'] button").click()
    page.wait_for_url(lambda url: "/compare" in url)
    again = page.locator("a[href*='/compare?before=']")
    while again.count():                       # a long comparison is made aside, and asked for again
        again.click()
        page.wait_for_load_state()
    expect(page.locator("ul.figures")).to_be_visible()
    page.screenshot(path=folder / f"{lang}-comparison.png", full_page=True)
