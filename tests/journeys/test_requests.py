"""Requests, escalations and cancellations from the first words to the ticket, in three languages, through the API alone."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from agent.house import House
from tests.journeys.conftest import Clock, Desk, signed_in

ASKS = [
    ("en", "I need a new laptop by 5 December", "equipment", {"item": "laptop", "needed_by": "2026-12-05"}, {"replaces": "no"}),
    ("ar", "أحتاج رخصة برنامج فوتوشوب على ويندوز", "software", {"software": "فوتوشوب", "platform": "windows"}, {}),
    ("fa", "دسترسی به پوشهٔ مشترک مالی می‌خوام", "access", {"target": "پوشهٔ مشترک مالی"}, {"level": "read"}),
]
CANCELS = [
    ("en", "the printer on floor 2 is jammed, please open a ticket", "please cancel my printer ticket", "yes please"),
    ("ar", "يرجى فتح تذكرة، الطابعة في الدور الثاني فيها ورق عالق", "يرجى إلغاء تذكرة الطابعة", "إن شاء الله"),
    ("fa", "لطفاً تیکت باز کنید، پرینتر طبقهٔ دوم کاغذ گیر کرده", "تیکت پرینترم رو لغو کنید", "هر جور صلاح می‌دونید"),
]


async def last_said(desk: Desk) -> dict[str, Any]:
    messages = (await desk.call("GET", f"/conversations/{desk.conversation}")).json()["messages"]
    found: dict[str, Any] = messages[-1]
    return found


@pytest.mark.parametrize(("lang", "wish", "entry", "said", "rest"), ASKS)
async def test_a_request_is_asked_for_once_in_one_form(http: httpx.AsyncClient, house: House, clock: Clock, lang: str, wish: str,
                                                       entry: str, said: dict[str, str], rest: dict[str, str]) -> None:
    desk = await signed_in(http, house, clock, "user", lang)
    answer = await desk.say(wish)
    assert answer["needs"]["kind"] == "form" and answer["reply"]["lang"] == lang
    form = (await desk.call("GET", answer["needs"]["url"])).json()
    filled = {field["id"]: field["value"] for field in form["fields"] if field["value"]}
    assert form["entry"] == entry and filled == said | {"reason": wish}
    sent = await desk.call("POST", answer["needs"]["url"], {"fields": filled | rest})
    assert sent.status_code == 200, sent.text
    await house.assistant.settle()
    (ticket,) = (await desk.call("GET", "/tickets")).json()["tickets"]
    told = await last_said(desk)
    assert ticket["kind"] == "request" and all(value in ticket["description"] for value in (wish,))
    assert told["author"] == "assistant" and str(ticket["number"]) in told["text"]
    whole = (await desk.call("GET", f"/tickets/{ticket['number']}")).json()
    assert len(whole["comments"]) == 1 and whole["comments"][0]["author"] == "system"      # who must agree first
    assert (await desk.call("POST", answer["needs"]["url"], {"fields": filled | rest})).status_code == 409
    await house.assistant.settle()
    assert len((await desk.call("GET", "/tickets")).json()["tickets"]) == 1


@pytest.mark.parametrize(("lang", "opens", "cancels", "nod"), CANCELS)
async def test_cancelling_waits_for_the_button_and_no_words_press_it(http: httpx.AsyncClient, house: House, clock: Clock, lang: str,
                                                                     opens: str, cancels: str, nod: str) -> None:
    desk = await signed_in(http, house, clock, "user", lang)
    assert (await desk.say(opens))["actions"][-1]["outcome"] == "done"
    asked = await desk.say(cancels)
    assert asked["needs"]["kind"] == "confirmation" and asked["actions"][-1] | {"summary": ""} == {
        "tool": "cancel_ticket", "outcome": "waiting", "summary": ""}
    nodded = await desk.say(nod)
    assert nodded["actions"] == [] and nodded["handoff"] is None and nodded["speaker"] == "assistant"
    assert (await desk.call("GET", "/tickets/1001")).json()["status"] == "new"
    card = (await desk.call("GET", asked["needs"]["url"])).json()
    done = await desk.call("POST", asked["needs"]["url"], {"decision": "do", "digest": card["digest"]})
    assert done.status_code == 200
    await house.assistant.settle()
    assert (await desk.call("GET", "/tickets/1001")).json()["status"] == "cancelled"
    assert "1001" in (await last_said(desk))["text"]


async def test_what_the_button_did_is_told_also_while_a_person_is_awaited(http: httpx.AsyncClient, house: House, clock: Clock) -> None:
    desk = await signed_in(http, house, clock, "user")
    await desk.say(CANCELS[0][1])
    asked = await desk.say(CANCELS[0][2])
    assert (await desk.call("POST", f"/conversations/{desk.conversation}/handoff")).status_code == 200
    assert (await desk.call("POST", asked["needs"]["url"], {"decision": "do"})).status_code == 200
    await house.assistant.settle()
    assert (await desk.call("GET", "/tickets/1001")).json()["status"] == "cancelled"
    told = await last_said(desk)
    assert told["author"] == "system" and "1001" in told["text"]


async def test_an_overdue_ticket_is_raised_and_the_queue_sees_it(http: httpx.AsyncClient, house: House, clock: Clock) -> None:
    desk, agent = await signed_in(http, house, clock, "user"), await signed_in(http, house, clock, "agent")
    await desk.say(CANCELS[0][1])
    clock.now += timedelta(hours=41)
    asked = await desk.say("please escalate ticket 1001, the whole team is waiting")
    await desk.call("POST", asked["needs"]["url"], {"decision": "do"})
    await house.assistant.settle()
    ticket = (await desk.call("GET", "/tickets/1001")).json()
    assert (ticket["urgency"], ticket["priority"]) == ("high", "P3")
    assert [(each["ticket"], each["way"]) for each in (await agent.call("GET", "/desk/queue")).json()["urged"]] == [(1001, "raised")]


async def test_one_of_several_tickets_is_picked_without_its_number(http: httpx.AsyncClient, house: House, clock: Clock) -> None:
    desk = await signed_in(http, house, clock, "user")
    for title in ("Printer on floor 2 is jammed", "Monitor flickers", "Printer on floor 3 has no toner"):
        await desk.call("POST", "/tickets", {"title": title})
    asked = await desk.say("please cancel my printer ticket")
    assert asked["needs"] and asked["needs"]["kind"] == "choice", asked
    assert [each[:4] for each in asked["reply"]["choices"]] == ["1003", "1001"]
    picked = await desk.say(asked["reply"]["choices"][1])
    assert picked["needs"]["kind"] == "confirmation"
    assert (await desk.call("GET", picked["needs"]["url"])).json()["arguments"][0]["value"] == "1001"
    status = await desk.say("any news on my monitor ticket from today?")
    assert "1002" in status["reply"]["text"] and "1001" not in status["reply"]["text"]


@pytest.mark.parametrize(("lang", "question", "news"), [
    ("en", "Somebody wiped our budget spreadsheet last week. Recoverable?", "any news about my ticket?"),
    ("ar", "طلبت صلاحية على نظام الرواتب، مين يوافق عليها وكم يوم تاخذ؟", "ما أخبار تذكرتي؟"),
    ("fa", "واسه سیستم حقوق و دستمزد درخواست دادم، کیا باید اوکی کنن و چند روزه درست می‌شه؟", "از تیکتم چه خبر؟"),
])
async def test_a_question_that_sounds_like_a_tickets_is_answered_from_the_guide(http: httpx.AsyncClient, house: House, clock: Clock,
                                                                                lang: str, question: str, news: str) -> None:
    """Who has no ticket may have asked a question; who asks after a ticket is told of tickets alone."""
    desk = await signed_in(http, house, clock, "user", lang)
    answered = await desk.say(question)
    assert "search_knowledge" in [each["tool"] for each in answered["actions"]] and answered["reply"]["citations"]
    desk = await signed_in(http, house, clock, "user2", lang)
    told = await desk.say(news)
    assert told["actions"][0]["tool"] == "ticket_status" and not told["reply"]["citations"]
