"""The security lane, through the API alone: a danger reaches the security team with first aid, and a button freezes the account."""

from typing import Any

import httpx
import pytest

from agent.house import House
from desk.errors import NotSignedIn
from desk.people import Lang
from desk.words import words
from tests.journeys.conftest import PASSWORD, Clock, Desk, as_guest, signed_in

LANGS: tuple[Lang, ...] = ("en", "ar", "fa")
DANGERS: dict[str, dict[Lang, str]] = {
    "clicked": {"en": "I clicked the link in a fake parcel message and entered my password",
                "ar": "ضغطت على رابط في رسالة شحنة مزيفة وكتبت كلمة السر", "fa": "روی لینک پیامک قلابی پست کلیک کردم و رمزم رو وارد کردم"},
    "lost": {"en": "my work phone was stolen at the market", "ar": "انسرق موبايل الشغل مني بالسوق", "fa": "گوشی کاریم رو تو بازار دزدیدن"},
    "infected": {"en": "ransomware: my files are encrypted and a note wants bitcoin",
                 "ar": "فيروس فدية، ملفاتي مشفرة ويطلبون بيتكوين", "fa": "باج‌افزار گرفتم، فایل‌هام رمز شده و بیت‌کوین می‌خواد"},
    "intruded": {"en": "someone else is in my account, my mailbox sends mails I never wrote",
                 "ar": "في حد ثاني داخل على حسابي وبريدي يرسل رسائل ما كتبتها",
                 "fa": "یکی دیگه تو حسابمه و ایمیلم پیام‌هایی می‌فرسته که من ننوشتم"},
}
EVERYDAY: dict[Lang, tuple[str, ...]] = {
    "en": ("I lost my mouse, can I have a new one", "my account is locked", "I forgot my password", "how do I report a phishing mail"),
    "ar": ("ضاعت الماوس، ممكن وحدة جديدة؟", "حسابي مقفل", "نسيت كلمة السر", "كيف أبلغ عن رسالة تصيد؟"),
    "fa": ("ماوسم گم شده، یکی دیگه می‌خوام", "حسابم قفل شده", "رمزم رو فراموش کردم", "ایمیل فیشینگ رو چطور گزارش کنم؟"),
}
PERSON: dict[Lang, str] = {"en": "I want to talk to a person", "ar": "أريد التحدث مع موظف", "fa": "می‌خواهم با همکارتان صحبت کنم"}


async def only_ticket(house: House) -> Any:
    async with house.desk.store.read() as tx:
        (ticket,) = await tx.tickets.all()
    return ticket


async def decided(desk: Desk, needs: dict[str, Any], decision: str) -> None:
    card = (await desk.call("GET", needs["url"])).json()
    answer = await desk.call("POST", needs["url"], {"decision": decision, "digest": card["digest"]})
    assert answer.status_code == 200, answer.text
    await desk.house.assistant.settle()


async def may_sign_in(desk: Desk, password: str = PASSWORD) -> bool:
    try:
        await desk.house.desk.signin.sign_in("user", password, desk.clock())
    except NotSignedIn:
        return False
    return True


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("kind", DANGERS)
async def test_a_danger_reaches_the_security_team_with_first_aid(http: httpx.AsyncClient, house: House, clock: Clock, kind: str,
                                                                 lang: Lang) -> None:
    desk, agent = await signed_in(http, house, clock, "user", lang), await signed_in(http, house, clock, "agent")
    answer = await desk.say(DANGERS[kind][lang])
    assert answer["speaker"] == "waiting" and answer["handoff"]["reason"] == "security", answer
    assert answer["handoff"]["queue"] == "security" and answer["reply"]["lang"] == lang
    assert answer["reply"]["text"].startswith(words().say(lang, f"danger.{kind}"))
    ticket = await only_ticket(house)
    assert (ticket.kind, ticket.priority, ticket.queue) == ("security", "P1", "security")
    (line,) = (await agent.call("GET", "/desk/queue")).json()["waiting"]
    assert line["lane"] == "security" and line["place"] == 1
    assert answer["needs"]["tool"] == "freeze_account" and await may_sign_in(desk)      # offered, and not done


@pytest.mark.parametrize("lang", LANGS)
async def test_the_button_freezes_the_account_and_two_factors_undo_it(http: httpx.AsyncClient, house: House, clock: Clock,
                                                                      lang: Lang) -> None:
    here, elsewhere = await signed_in(http, house, clock, "user", lang), await signed_in(http, house, clock, "user", lang)
    needs = (await here.say(DANGERS["intruded"][lang]))["needs"]
    await decided(here, needs, "do")
    messages = (await here.call("GET", f"/conversations/{here.conversation}")).json()["messages"]
    assert messages[-1]["text"] == words().say(lang, "account.frozen")
    assert (await elsewhere.call("GET", f"/conversations/{elsewhere.conversation}")).status_code == 401
    assert not await may_sign_in(here)
    async with house.desk.store.read() as tx:
        assert [each.detail["count"] for each in await tx.audit.all() if each.action == "account.frozen"] == [1]
    guest = await as_guest(http, house, clock, "user", lang)
    unlocked = await guest.say({"en": "my account is locked", "ar": "حسابي مقفل", "fa": "حسابم قفل شده"}[lang])
    await guest.verify(unlocked["needs"])
    assert await may_sign_in(here)


@pytest.mark.parametrize("lang", LANGS)
async def test_a_freeze_that_is_left_freezes_nothing(http: httpx.AsyncClient, house: House, clock: Clock, lang: Lang) -> None:
    desk = await signed_in(http, house, clock, "user", lang)
    needs = (await desk.say(DANGERS["lost"][lang]))["needs"]
    await decided(desk, needs, "leave")
    assert await may_sign_in(desk)
    assert (await desk.call("GET", f"/conversations/{desk.conversation}")).json()["speaker"] == "waiting"


@pytest.mark.parametrize("lang", LANGS)
async def test_a_guest_reaches_the_security_team_and_is_offered_no_act(http: httpx.AsyncClient, house: House, clock: Clock,
                                                                       lang: Lang) -> None:
    guest = await as_guest(http, house, clock, "user", lang)
    answer = await guest.say(DANGERS["intruded"][lang])
    assert answer["handoff"]["reason"] == "security" and answer["needs"] is None
    assert words().say(lang, "danger.freeze") not in answer["reply"]["text"]


@pytest.mark.parametrize("lang", LANGS)
async def test_a_danger_that_comes_later_takes_the_waiting_ticket_into_the_lane(http: httpx.AsyncClient, house: House, clock: Clock,
                                                                                lang: Lang) -> None:
    desk = await signed_in(http, house, clock, "user", lang)
    assert (await desk.say(PERSON[lang]))["handoff"]["queue"] == "service-desk"
    assert (await desk.call("POST", f"/conversations/{desk.conversation}/resume")).status_code == 200
    answer = await desk.say(DANGERS["lost"][lang])
    assert answer["handoff"]["queue"] == "security"
    ticket = await only_ticket(house)
    assert (ticket.kind, ticket.priority, ticket.queue) == ("security", "P1", "security")


@pytest.mark.parametrize("lang", LANGS)
async def test_what_people_write_every_day_is_no_danger(http: httpx.AsyncClient, house: House, clock: Clock, lang: Lang) -> None:
    for said in EVERYDAY[lang]:
        desk = await signed_in(http, house, clock, "user", lang)
        assert (await desk.say(said))["handoff"] is None, said
