"""Rollout through the front door: what runs, what waits for an agent, what is only watched, and that a person is always there."""

import httpx
import pytest

from agent.house import House
from desk.rollouts import ANY, Stage
from tests.journeys.conftest import Clock, Desk, as_guest, signed_in

TICKET = {"en": "please open a ticket: the printer on floor 2 is jammed again",
          "ar": "يرجى فتح تذكرة: الطابعة في الدور الثاني فيها ورق عالق",
          "fa": "لطفاً تیکت ثبت کنید: پرینتر طبقهٔ دوم کاغذ گیر کرده است"}
RESET = "I forgot my password"


async def stage(house: House, tool: str, to: Stage, *, group: str = ANY, lang: str = ANY) -> None:
    await house.desk.rolling.set(tool, to, group=group, lang=lang, known=house.mind.tools, by="admin", now=house.clock())


async def tickets(desk: Desk) -> list[str]:
    return [each["title"] for each in (await desk.call("GET", "/tickets")).json()["tickets"]]


async def waiting(agent: Desk) -> list[dict[str, object]]:
    found: list[dict[str, object]] = (await agent.call("GET", "/desk/proposals")).json()["proposals"]
    return found


async def approve(agent: Desk, proposal: dict[str, object], seal: object = None) -> httpx.Response:
    answer = await agent.call("POST", f"/desk/proposals/{proposal['id']}/approve", {"seal": seal or proposal["seal"]})
    await agent.house.assistant.settle()
    return answer


@pytest.mark.parametrize("lang", ["en", "ar", "fa"])
@pytest.mark.parametrize(("to", "runs"), [(Stage.AUTOMATIC, True), (Stage.OFF, False), (Stage.SHADOW, False), (Stage.SUGGEST, False)])
async def test_only_an_automatic_tool_runs_by_itself(http: httpx.AsyncClient, house: House, clock: Clock, lang: str, to: Stage,
                                                     runs: bool) -> None:
    await stage(house, "create_ticket", to, lang=lang)
    user = await signed_in(http, house, clock, "user", lang)
    answer = await user.say(TICKET[lang])
    assert bool(await tickets(user)) is runs
    did = {action["tool"]: action["outcome"] for action in answer["actions"]}
    assert did["create_ticket"] == {Stage.AUTOMATIC: "done", Stage.SUGGEST: "waiting"}.get(to, "refused")
    if to in (Stage.OFF, Stage.SHADOW):
        assert house.desk.words.say(lang, "choice.human") in answer["reply"]["choices"]   # type: ignore[arg-type]
    async with house.desk.store.read() as tx:
        recorded = [(each.stage, each.tool) for each in await tx.proposals.all()]
    assert recorded == ([(to, "create_ticket")] if to in (Stage.SHADOW, Stage.SUGGEST) else [])


async def test_what_an_agent_approves_runs_once_and_is_told(http: httpx.AsyncClient, house: House, clock: Clock) -> None:
    await stage(house, "create_ticket", Stage.SUGGEST)
    user, agent = await signed_in(http, house, clock, "user"), await signed_in(http, house, clock, "agent")
    await user.say(TICKET["en"])
    (proposal,) = await waiting(agent)
    assert (await approve(agent, proposal, "another seal")).status_code == 409 and await tickets(user) == []
    assert (await approve(agent, proposal)).status_code == 200
    assert (await approve(agent, proposal)).status_code == 409
    assert await tickets(user) == [proposal["args"]["title"]]   # type: ignore[index]
    said = (await user.call("GET", f"/conversations/{user.conversation}")).json()["messages"]
    assert said[-1]["author"] == "assistant" and "Ticket 1" in said[-1]["text"]
    async with house.desk.store.read() as tx:
        assert (await tx.proposals.get(str(proposal["id"]))).outcome == {"status": "done", "code": "ticket.created"}
        assert [each.action for each in await tx.audit.all() if each.action.startswith("proposal.")] == ["proposal.approved"]


async def test_the_same_wish_said_again_waits_once(http: httpx.AsyncClient, house: House, clock: Clock) -> None:
    await stage(house, "create_ticket", Stage.SUGGEST)
    user, agent = await signed_in(http, house, clock, "user"), await signed_in(http, house, clock, "agent")
    await user.say(TICKET["en"])
    await user.say(TICKET["en"])
    assert len(await waiting(agent)) == 1


async def test_a_rejection_is_told_with_the_agents_words(http: httpx.AsyncClient, house: House, clock: Clock) -> None:
    await stage(house, "create_ticket", Stage.SUGGEST)
    user, agent = await signed_in(http, house, clock, "user"), await signed_in(http, house, clock, "agent")
    await user.say(TICKET["en"])
    (proposal,) = await waiting(agent)
    rejected = await agent.call("POST", f"/desk/proposals/{proposal['id']}/reject", {"note": "The printer is being replaced today."})
    assert rejected.status_code == 200
    said = (await user.call("GET", f"/conversations/{user.conversation}")).json()["messages"]
    assert "being replaced today" in said[-1]["text"] and await tickets(user) == []
    assert (await approve(agent, proposal)).status_code == 409 and await tickets(user) == []


async def test_a_proposal_that_nobody_looks_at_brings_a_person(http: httpx.AsyncClient, house: House, clock: Clock) -> None:
    await stage(house, "create_ticket", Stage.SUGGEST)
    user, agent = await signed_in(http, house, clock, "user"), await signed_in(http, house, clock, "agent")
    await user.say(TICKET["en"])
    (proposal,) = await waiting(agent)
    assert await house.desk.proposing.keep_promises(clock()) == []
    clock.pass_(minutes=31)
    assert await house.desk.proposing.keep_promises(clock()) == [user.conversation]
    state = (await user.call("GET", f"/conversations/{user.conversation}")).json()
    assert state["speaker"] == "waiting" and "sorry" in state["messages"][-1]["text"]
    assert (await approve(agent, proposal)).status_code == 409


@pytest.mark.parametrize("lowered", [Stage.OFF, Stage.SHADOW])
async def test_a_tool_that_is_switched_off_meanwhile_runs_no_more(http: httpx.AsyncClient, house: House, clock: Clock,
                                                                  lowered: Stage) -> None:
    await stage(house, "create_ticket", Stage.SUGGEST)
    user, agent = await signed_in(http, house, clock, "user"), await signed_in(http, house, clock, "agent")
    await user.say(TICKET["en"])
    (proposal,) = await waiting(agent)
    await stage(house, "create_ticket", lowered)
    assert (await approve(agent, proposal)).status_code == 409 and await tickets(user) == []


async def test_nobody_decides_on_what_is_for_themselves(http: httpx.AsyncClient, house: House, clock: Clock) -> None:
    await stage(house, "create_ticket", Stage.SUGGEST)
    agent, other = await signed_in(http, house, clock, "agent"), await signed_in(http, house, clock, "agent2")
    agent.conversation = (await agent.call("POST", "/conversations", {"lang": "en"})).json()["id"]
    await agent.say(TICKET["en"])
    (proposal,) = await waiting(agent)
    assert (await approve(agent, proposal)).status_code == 403 and await tickets(agent) == []
    assert (await approve(other, proposal)).status_code == 200 and len(await tickets(agent)) == 1


async def test_an_approval_never_stands_in_for_the_two_factors(http: httpx.AsyncClient, house: House, clock: Clock) -> None:
    await stage(house, "reset_password", Stage.SUGGEST)
    guest, agent = await as_guest(http, house, clock, "user"), await signed_in(http, house, clock, "agent")
    first = await guest.say(RESET)
    assert first["needs"] is None
    (proposal,) = await waiting(agent)
    assert (await approve(agent, proposal)).status_code == 200
    said = (await guest.call("GET", f"/conversations/{guest.conversation}")).json()["messages"]
    needs = next(each["needs"] for each in reversed(said) if each["needs"])
    flow = (await guest.call("GET", f"/verifications/{needs['flow']}")).json()
    assert flow["proven"] == [] and flow["state"] == "factors"
    refused = await guest.call("POST", f"/verifications/{needs['flow']}/password", {"password": "correct horse battery"})
    assert (refused.status_code, refused.json()["code"]) == (403, "needs_factors")
    assert (await guest.verify(needs))["state"] == "done"


@pytest.mark.parametrize(("lang", "question"), [
    ("en", "How do I connect to the VPN?"), ("ar", "كيف أتصل بالـ VPN من البيت؟"), ("fa", "چطور از خانه به VPN وصل شوم؟")])
async def test_with_every_tool_off_a_person_is_one_word_away(http: httpx.AsyncClient, house: House, clock: Clock, lang: str,
                                                            question: str) -> None:
    await stage(house, ANY, Stage.OFF)
    user = await signed_in(http, house, clock, "user", lang)
    answer = await user.say(question)
    person = house.desk.words.say(lang, "choice.human")   # type: ignore[arg-type]
    assert answer["handoff"] or person in answer["reply"]["choices"]
    assert not any(action["outcome"] == "done" for action in answer["actions"]) and answer["reply"]["citations"] == []
    if not answer["handoff"]:
        answer = await user.say(person)
    assert answer["handoff"] and answer["speaker"] == "waiting"


async def test_what_was_approved_is_told_aside_while_a_person_speaks(http: httpx.AsyncClient, house: House, clock: Clock) -> None:
    await stage(house, "create_ticket", Stage.SUGGEST)
    user, agent = await signed_in(http, house, clock, "user"), await signed_in(http, house, clock, "agent")
    await user.say(TICKET["en"])
    (proposal,) = await waiting(agent)
    await user.call("POST", f"/conversations/{user.conversation}/handoff")
    await agent.call("POST", f"/desk/conversations/{user.conversation}/claim")
    assert (await approve(agent, proposal)).status_code == 200
    said = (await user.call("GET", f"/conversations/{user.conversation}")).json()
    assert said["speaker"] == "human" and said["messages"][-1]["author"] == "system"
    assert "on ticket 1001 already" in said["messages"][-1]["text"], "the handoff has a ticket, which tells of the same"
