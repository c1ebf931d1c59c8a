"""What a house counts in whole journeys: turns, tools, rules, handoffs and identity, whoever brought them about; and nobody's words."""

import httpx

from agent.house import House
from tests.journeys.conftest import Clock, signed_in

CANARY = "Zebediah"


async def figures(http: httpx.AsyncClient) -> dict[str, float]:
    text = (await http.get("/metrics")).text
    assert CANARY not in text and "user" not in text.replace("user's", "")
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))}


async def test_a_morning_at_the_desk_is_counted(http: httpx.AsyncClient, house: House, clock: Clock) -> None:
    desk = await signed_in(http, house, clock, "user")
    await desk.say("How do I connect to the VPN from home?")
    await desk.say(f"please open a ticket, the chair of {CANARY} is broken and somebody has to mend it")
    needs = (await desk.say("I forgot my password"))["needs"]
    wrong = await desk.call("POST", f"/verifications/{needs['flow']}/factors", {"method": "totp", "code": "00000000"})
    assert wrong.status_code == 403
    await desk.verify(needs)
    await desk.say("I want to talk to a human being")
    found = await figures(http)
    assert found['yavar_turns_total{outcome="done",planner="builtin"}'] == 4          # three messages, and the reset is told
    assert found['yavar_turns_total{outcome="handed_off",planner="builtin"}'] == 1
    assert found['yavar_turn_seconds_count{planner="builtin"}'] == 5
    assert found['yavar_tool_calls_total{outcome="done",tool="search_knowledge"}'] == 2     # the question, and beside the ticket
    assert found['yavar_tool_calls_total{outcome="done",tool="create_ticket"}'] == 1
    assert found['yavar_tool_calls_total{outcome="waiting",tool="reset_password"}'] == 1
    assert found['yavar_guardrail_hits_total{rule="asks_for_a_person"}'] == 1
    assert found['yavar_handoffs_total{reason="asked"}'] == 1
    assert found['yavar_identity_total{event="reset_started"}'] == 1
    assert found['yavar_identity_total{event="reset_done"}'] == 1
    assert found["yavar_queue_waiting"] == 1


async def test_the_button_counts_as_the_word_does_and_what_is_rolled_back_does_not(http: httpx.AsyncClient, house: House,
                                                                                  clock: Clock) -> None:
    desk = await signed_in(http, house, clock, "user")
    await desk.call("POST", f"/conversations/{desk.conversation}/handoff")
    try:
        async with house.desk.store.begin() as tx:
            await tx.audit.add("house", "handoff.opened", now=clock(), reason="asked")
            raise RuntimeError("rolled back")
    except RuntimeError:
        pass
    assert (await figures(http))['yavar_handoffs_total{reason="asked"}'] == 1
