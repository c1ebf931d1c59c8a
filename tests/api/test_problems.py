"""Errors: one shape, in the caller's language."""

from collections.abc import Iterator

import pytest

import api.problems
import desk.hours
from api.languages import accepted_language
from desk.errors import DeskError
from desk.people import LANGS, Lang
from desk.words import words
from tests.api.scripted import World

MEMBERS = {"type", "title", "status", "code", "detail", "message"}
NOT_FOUND = {lang: words().say(lang, "error.not_found") for lang in LANGS}


def kinds(of: type[DeskError]) -> Iterator[type[DeskError]]:
    yield of
    for kind in of.__subclasses__():
        yield from kinds(kind)


@pytest.mark.parametrize("lang", LANGS)
def test_every_error_has_its_words_and_no_fact_is_needed_to_say_them(lang: Lang) -> None:
    assert desk.hours
    for kind in kinds(DeskError):
        text = words().say(lang, f"error.{kind.code}")
        assert text
        assert "{" not in text


def test_every_error_has_a_status_and_tells_the_operator_what_to_do() -> None:
    for kind in kinds(DeskError):
        assert 400 <= api.problems.status_of(kind()) < 600
        assert str(kind()).endswith((".", ")."))


async def test_a_problem_has_its_members(world: World) -> None:
    answer = await (await world.signed_in("user")).get("/api/v1/tickets/7")
    assert set(answer.json()) == MEMBERS
    assert answer.json() == answer.json() | {
        "type": "urn:yavar:problem:not_found", "title": "Not Found", "status": 404, "code": "not_found", "detail": NOT_FOUND["en"]}


@pytest.mark.parametrize(("account", "accept", "chosen", "by_cookie", "lang"), [
    ("en", None, None, False, "en"),
    ("fa", None, None, False, "fa"),                                   # a program that says nothing: the account's
    ("en", "ar", None, False, "ar"),                                   # a program that says: what it says
    ("fa", "de, en-GB;q=0.5, ar-EG;q=0.8", None, False, "ar"),
    ("fa", "de", None, False, "fa"),
    ("fa", "en-US,en;q=0.9", None, True, "fa"),                        # browsers always say something: the account's
    ("fa", "en-US", "ar", True, "ar"),                                 # chosen on this device
    ("en", None, "xx", True, "en"),
])
async def test_words_are_in_the_callers_language(world: World, account: Lang, accept: str | None, chosen: str | None, by_cookie: bool,
                                                 lang: Lang) -> None:
    async with world.desk.store.begin() as tx:
        known = await tx.people.by_name("user")
        assert known is not None
        await tx.people.set_lang(known.id, account)
    client = (await world.browser("user"))[0] if by_cookie else await world.signed_in("user")
    if accept:
        client.headers["Accept-Language"] = accept
    if chosen:
        client.cookies.set("yavar_lang", chosen)
    assert (await client.get("/api/v1/tickets/7")).json()["detail"] == NOT_FOUND[lang]


@pytest.mark.parametrize(("header", "lang"), [
    ("", None), ("*", None), ("fa", "fa"), ("FA-IR", "fa"), ("en;q=0, ar;q=0.1", "ar"), ("ar;q=x, fa;q=0.2", "fa"), ("en;q=0", None),
    ("fa;q=0.5,ar;q=0.5", "fa"), (";;;,,,=", None),
])
def test_accept_language(header: str, lang: str | None) -> None:
    assert accepted_language(header) == lang


async def test_a_persons_browser_gets_a_page(world: World) -> None:
    lost = await world.caller().get("/nowhere", headers={"Accept": "text/html,*/*", "Accept-Language": "ar"})
    assert (lost.status_code, lost.headers["content-type"].split(";")[0]) == (404, "text/html")
    assert 'dir="rtl"' in lost.text
    assert (await world.caller().get("/nowhere")).headers["content-type"] == "application/problem+json"
    assert (await world.caller().get("/api/v1/nowhere", headers={"Accept": "text/html"})).json()["code"] == "not_found"
