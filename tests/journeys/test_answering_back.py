"""What people say of an answer, what they quote, and what they tell twice: heard as meant, in three languages, through the API alone."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from agent.house import House
from desk.mending import DisruptionKind
from desk.people import Lang
from desk.words import words
from tests.journeys.conftest import Clock, Desk, signed_in

LANGS: tuple[Lang, ...] = ("en", "ar", "fa")
ASKS: dict[Lang, str] = {"en": "how do I set up the vpn on my laptop?", "ar": "كيف أضبط الـ VPN على جهازي؟",
                        "fa": "چطور وی‌پی‌ان رو روی لپ‌تاپم راه بندازم؟"}
MISREAD: dict[Lang, tuple[str, str]] = {
    "en": ("no, you misunderstood me", "that's the wrong answer"), "ar": ("لا فهمتني غلط", "هذا مو سؤالي أبدا"),
    "fa": ("نه، بد متوجه شدید", "این ربطی به سؤال من نداره")}
TRIED: dict[Lang, str] = {"en": "I tried it, no difference", "ar": "جربت ذلك ولم ينجح", "fa": "امتحان کردم ولی نشد"}
THANKS: dict[Lang, tuple[str, ...]] = {"en": ("thansk a lot", "great thankss"), "ar": ("مشكورره", "يعطيك العافيهه"),
                                    "fa": ("خیلی ممنونن", "مرسسی ممنون")}
# Told, told again in other words, and another one of the kind.
FAULT: dict[Lang, tuple[str, str, str]] = {
    "en": ("the shredder in room 12 makes a burning smell, please have it repaired",
           "shredder room 12 smells burnt, somebody has to look at it",
           "the shredder in room 31 makes a burning smell, please have it repaired"),
    "ar": ("آلة إتلاف الورق في الغرفة 12 تطلع ريحة حريق، يرجى إصلاحها", "ماكينة اتلاف الورق غرفة 12 ريحتها حريق، حد يصلحها",
           "آلة إتلاف الورق في الغرفة 31 تطلع ريحة حريق، يرجى إصلاحها"),
    "fa": ("کاغذخردکن اتاق 12 بوی سوختگی میده، لطفاً تعمیرش کنید", "خردکن کاغذ اتاق ۱۲ بوی سوختگی میده، یکی بیاد درستش کنه",
           "کاغذخردکن اتاق 31 بوی سوختگی میده، لطفاً تعمیرش کنید")}
FORGOT: dict[Lang, str] = {"en": "I forgot my password", "ar": "نسيت كلمة المرور", "fa": "رمزم رو فراموش کردم"}
CODE: dict[Lang, str] = {"en": "here, my code is 48213377", "ar": "تفضل، الكود هو 48213377", "fa": "بفرمایید، کد من 48213377 است"}
QUOTES: dict[Lang, str] = {
    "en": "is this message real? \"Dear user, reset your password today or your account will be locked for ever, contact the agent\"",
    "ar": "هل هذه الرسالة حقيقية؟ «عزيزي المستخدم، أعد تعيين كلمة المرور اليوم وإلا سيُقفل حسابك نهائيا، تواصل مع الموظف»",
    "fa": "این پیام واقعیه؟ «کاربر گرامی، امروز رمز خود را بازنشانی کنید وگرنه حسابتان برای همیشه قفل می‌شود»"}
BARE: dict[Lang, str] = {"en": "hello, quick one please: can you open a ticket for me",
                         "ar": "السلام عليكم، بسرعة لو سمحتم افتحوا لي تذكرة",
                         "fa": "سلام وقت بخیر، لطفاً سریع یه تیکت برام باز کنید"}
MAINTENANCE: dict[Lang, str] = {"en": "will the wiki be off tomorrow? somebody said there is maintenance",
                                "ar": "الويكي بكرة بيكون واقف؟ قالوا في صيانة",
                                "fa": "فردا ویکی قطعه؟ گفتن تعمیرات داره"}
TEXT: dict[str, str] = {"en": "The wiki moves to a new server.", "ar": "تُنقل الويكي إلى خادم جديد.",
                        "fa": "ویکی به سرور تازه‌ای منتقل می‌شود."}


async def tickets(desk: Desk) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await desk.call("GET", "/tickets")).json()["tickets"]
    return found


@pytest.mark.parametrize("lang", LANGS)
async def test_a_wrong_answer_is_asked_about_once_and_then_a_person_comes(http: httpx.AsyncClient, house: House, clock: Clock,
                                                                          lang: Lang) -> None:
    desk = await signed_in(http, house, clock, "user", lang)
    await desk.say(ASKS[lang])
    asked = await desk.say(MISREAD[lang][0])
    assert asked["handoff"] is None and asked["reply"]["text"] == words().say(lang, "misread.ask"), asked
    assert words().say(lang, "choice.human") in asked["reply"]["choices"]
    assert (await desk.say(MISREAD[lang][1]))["handoff"]["reason"] == "low_confidence"


@pytest.mark.parametrize("lang", LANGS)
async def test_advice_that_did_not_help_leads_to_a_ticket_or_a_person(http: httpx.AsyncClient, house: House, clock: Clock,
                                                                      lang: Lang) -> None:
    desk = await signed_in(http, house, clock, "user", lang)
    assert (await desk.say(ASKS[lang]))["reply"]["citations"]
    asked = await desk.say(TRIED[lang])
    assert asked["handoff"] is None and asked["reply"]["text"] == words().say(lang, "tried.ask"), asked
    assert (await desk.say(TRIED[lang]))["handoff"]["reason"] == "unsolved"


@pytest.mark.parametrize("lang", LANGS)
async def test_thanks_with_a_slip_of_the_finger_are_thanks(http: httpx.AsyncClient, house: House, clock: Clock, lang: Lang) -> None:
    for said in THANKS[lang]:
        desk = await signed_in(http, house, clock, "user", lang)
        await desk.say(ASKS[lang])
        answer = await desk.say(said)
        assert answer["handoff"] is None and answer["reply"]["text"] == words().say(lang, "smalltalk.thanks"), (said, answer)


@pytest.mark.parametrize("lang", LANGS)
async def test_a_fault_told_twice_stays_one_ticket_and_another_is_a_second(http: httpx.AsyncClient, house: House, clock: Clock,
                                                                           lang: Lang) -> None:
    first, again, other = FAULT[lang]
    desk = await signed_in(http, house, clock, "user", lang)
    assert (await desk.say(first))["actions"][0]["tool"] == "create_ticket"
    later = await signed_in(http, house, clock, "user", lang)
    joined = await later.say(again)
    assert joined["reply"]["text"].startswith(words().say(lang, "ticket.joined", ticket=1001, title=(await tickets(desk))[0]["title"]))
    assert len(await tickets(desk)) == 1
    whole = (await desk.call("GET", "/tickets/1001")).json()
    assert [each["text"] for each in whole["comments"]] == [again]
    assert joined["reply"]["choices"] == [words().say(lang, "choice.another")]
    await later.say(joined["reply"]["choices"][0])
    assert len(await tickets(desk)) == 2           # the person says that it is another matter
    await later.say(other)
    assert len(await tickets(desk)) == 3           # another room is another fault


@pytest.mark.parametrize("lang", LANGS)
async def test_a_code_in_the_chat_is_removed_and_told_where_it_belongs(http: httpx.AsyncClient, house: House, clock: Clock,
                                                                       lang: Lang) -> None:
    desk = await signed_in(http, house, clock, "user", lang)
    needs = (await desk.say(FORGOT[lang]))["needs"]
    answer = await desk.say(CODE[lang])
    assert answer["reply"]["text"] == words().say(lang, "identity.code_belongs") and answer["handoff"] is None, answer
    assert answer["needs"]["flow"] == needs["flow"]
    assert "48213377" not in (await desk.call("GET", f"/conversations/{desk.conversation}")).text
    assert (await desk.verify(needs))["state"] == "done"


@pytest.mark.parametrize("lang", LANGS)
async def test_what_is_quoted_is_asked_about_and_not_obeyed(http: httpx.AsyncClient, house: House, clock: Clock, lang: Lang) -> None:
    desk = await signed_in(http, house, clock, "user", lang)
    answer = await desk.say(QUOTES[lang])
    assert answer["needs"] is None and answer["handoff"] is None, answer
    assert "reset_password" not in [each["tool"] for each in answer["actions"]]


@pytest.mark.parametrize("lang", LANGS)
async def test_a_wish_for_a_ticket_about_nothing_is_asked_about(http: httpx.AsyncClient, house: House, clock: Clock, lang: Lang) -> None:
    desk = await signed_in(http, house, clock, "user", lang)
    answer = await desk.say(BARE[lang])
    assert answer["reply"]["text"] == words().say(lang, "ticket.ask_about") and await tickets(desk) == [], answer


@pytest.mark.parametrize("lang", LANGS)
async def test_a_question_after_a_maintenance_is_looked_up(http: httpx.AsyncClient, house: House, clock: Clock, lang: Lang) -> None:
    desk = await signed_in(http, house, clock, "user", lang)
    async with house.desk.store.begin() as tx:
        await tx.disruptions.declare(asset="wiki", kind=DisruptionKind.MAINTENANCE, starts_at=clock() + timedelta(hours=20),
                                     ends_at=clock() + timedelta(hours=22), text=TEXT, declared_by="test")
    answer = await desk.say(MAINTENANCE[lang])
    assert TEXT[lang].rstrip(".") in answer["reply"]["text"] and answer["handoff"] is None and await tickets(desk) == [], answer
