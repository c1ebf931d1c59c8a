"""Before the first word, everybody is told what is stored and how long: on the page and over the API, as the settings say."""

import pytest

from desk.people import LANGS, Lang
from desk.retention import Terms
from desk.services.ageing import Ageing
from desk.words import words
from tests.api.pages.reading import read
from tests.api.scripted import World

SHOWN = {"en": "365", "ar": "٣٦٥", "fa": "۳۶۵"}


@pytest.mark.parametrize("lang", LANGS)
async def test_the_notice_stands_before_the_first_word_and_says_the_days(world: World, lang: Lang) -> None:
    client, csrf = await world.browser("user", Accept="text/html")
    client.cookies.set("yavar_lang", lang)
    assert SHOWN[lang] in read(await client.get("/chat")).one("p", id="notice").words
    opened = await (await world.signed_in("user")).post("/api/v1/conversations", json={"lang": lang})
    assert opened.json()["notice"] == words().count(lang, "notice.kept", 365)
    guest = (await world.caller().post("/api/v1/conversations/guest", json={"account": "nobody", "lang": lang})).json()
    assert guest["notice"] == opened.json()["notice"]
    said = await client.post("/chat/say", data={"csrf": csrf, "text": "hello"})
    assert read(await client.get(said.headers["location"])).all(id="notice") == []


@pytest.mark.parametrize("lang", LANGS)
async def test_a_house_that_keeps_for_ever_says_so(world: World, lang: Lang) -> None:
    object.__setattr__(world.desk, "ageing", Ageing(world.desk.store, Terms(conversations=0)))
    opened = await (await world.signed_in("user")).post("/api/v1/conversations", json={"lang": lang})
    assert opened.json()["notice"] == words().say(lang, "notice.kept_for_ever")
