"""The audit trail over HTTP and as a page: found by person, action and time, taken along as a file, and its chain's state told."""

import csv
import io
import json

import pytest
from sqlalchemy import text

from desk.people import LANGS, Lang
from desk.words import words
from tests.api.pages.reading import read
from tests.api.scripted import World

PATH = "/api/v1/audit"


async def busy(world: World) -> None:
    """A ticket of one person, a day later one of another."""
    for name in ("user", "user2"):
        client = await world.signed_in(name)
        assert (await client.post("/api/v1/tickets", json={"title": "canary-title"})).status_code == 201
        world.clock.pass_(days=1)


async def test_entries_are_found_by_person_action_and_time(world: World) -> None:
    await busy(world)
    began = world.clock.now
    supervisor = await world.signed_in("supervisor")
    whole = (await supervisor.get(PATH)).json()
    assert whole["chain"] == {"holds": True, "entries": len(whole["entries"]), "broken_at": None}
    assert [entry["seq"] for entry in whole["entries"]] == list(range(len(whole["entries"]), 0, -1))
    ids = {}
    async with world.desk.store.read() as tx:
        for name in ("user", "user2", "supervisor"):
            account = await tx.people.by_name(name)
            assert account
            ids[name] = account.id

    async def found(**search: str) -> list[tuple[str, str]]:
        answer = await supervisor.get(PATH, params=search)
        assert answer.status_code == 200, answer.text
        return [(entry["action"], entry["subject"]) for entry in answer.json()["entries"]]

    mine = [("ticket.opened", ids["user"]), ("token.issued", ids["user"])]
    assert await found(person="user") == await found(person="USER@example.org") == await found(person=ids["user"]) == mine
    assert await found(person="nobody") == []
    assert await found(action="ticket.") == [("ticket.opened", ids["user2"]), ("ticket.opened", ids["user"])]
    assert await found(action="ticket.opened", person="user2") == [("ticket.opened", ids["user2"])]
    assert await found(action="%") == await found(action="ticket_") == []
    day = began.replace(hour=0, minute=0)
    assert await found(since=day.isoformat()) == [("token.issued", ids["supervisor"])]
    assert ("token.issued", ids["supervisor"]) not in await found(until=day.isoformat())
    assert await found(person="house", limit="1") == [("token.issued", ids["supervisor"])]


async def test_pages_of_entries_follow_without_gap(world: World) -> None:
    await busy(world)
    admin, seen, before = await world.signed_in("admin"), [], {}
    for _ in range(10):
        answer = (await admin.get(PATH, params={"limit": 2, **before})).json()
        seen += [entry["seq"] for entry in answer["entries"]]
        if answer["next"] is None:
            break
        before = {"before": answer["next"]}
    assert seen == list(range(answer["chain"]["entries"], 0, -1))


@pytest.mark.parametrize("search", [{"since": "2025-01-01T00:00:00"}, {"since": "yesterday"}, {"limit": "0"}, {"before": "-1"},
                                    {"person": "x" * 300}, {"action": "a\0b"}])
async def test_a_wrong_search_is_refused(world: World, search: dict[str, str]) -> None:
    answer = await (await world.signed_in("admin")).get(PATH, params=search)
    assert answer.status_code == 422
    assert answer.json()["code"] == "bad_input"


async def test_an_export_is_whole_harmless_and_stands_in_the_trail_itself(world: World) -> None:
    await busy(world)
    async with world.desk.store.begin() as tx:
        await tx.audit.add("house", "=HYPERLINK(1)", now=world.clock())
    admin = await world.signed_in("admin")
    answer = await admin.get(f"{PATH}/export", params={"format": "jsonl"})
    assert answer.headers["content-type"].startswith("application/x-ndjson") and "audit.jsonl" in answer.headers["content-disposition"]
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert (lines[-1]["action"], lines[-1]["detail"]) == ("audit.exported", {"form": "jsonl"})
    answer = await admin.get(f"{PATH}/export", params={"format": "csv", "action": "="})
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["action"] for row in rows] == ["'=HYPERLINK(1)"], "no formula for a spreadsheet"
    page, _ = await world.browser("supervisor", Accept="text/html")
    for form, kind in (("csv", "text/csv"), ("jsonl", "application/x-ndjson")):
        assert (await page.get(f"/audit/export/{form}")).headers["content-type"].startswith(kind)
    assert (await page.get("/audit/export/exe")).status_code == 422


@pytest.mark.parametrize("lang", LANGS)
async def test_the_page_tells_whether_the_chain_holds(world: World, lang: Lang) -> None:
    await busy(world)
    client, _ = await world.browser("supervisor", Accept="text/html")
    client.cookies.set("yavar_lang", lang)
    page = read(await client.get("/audit"))
    assert page.all(role="status") and not page.all(role="alert")
    async with world.desk.store.begin() as tx:
        await tx._connection.execute(text("UPDATE audit SET action = 'ticket.stolen' WHERE seq = 2"))
    page = read(await client.get("/audit"))
    assert words().say(lang, "pages.audit.broken").split("{seq}")[0].strip() in page.all(role="alert")[0].words
    answer = await (await world.signed_in("admin")).get(PATH)
    assert answer.json()["chain"]["holds"] is False and answer.json()["chain"]["broken_at"] == 2


async def test_the_page_finds_by_the_same_three_and_leads_to_what_is_older(world: World) -> None:
    await busy(world)
    async with world.desk.store.begin() as tx:
        for _ in range(60):
            await tx.audit.add("house", "test.entry", now=world.clock())
    client, _ = await world.browser("admin", Accept="text/html")
    first = read(await client.get("/audit"))
    assert len(first.all("tr")) == 51
    (older,) = [link.attributes["href"] for link in first.all("a") if "before=" in link.attributes.get("href", "")]
    rows = read(await client.get(older)).all("tr")
    assert any("ticket.opened" in row.words for row in rows)
    for query, n in (("person=user2", 2), ("action=ticket.opened", 2), ("from=2025-03-13&to=2025-03-13", 2), ("from=2030-01-01", 0)):
        assert len(read(await client.get(f"/audit?{query}")).all("tr")[1:]) == n, query
    assert (await client.get("/audit?from=tomorrow")).status_code == 422
