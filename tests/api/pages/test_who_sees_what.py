"""Pages show their own to their own: roles, guests, forged forms."""

import re

import httpx
import pytest

from desk.conversations import Author
from desk.people import Lang
from tests.api.pages.reading import read
from tests.api.scripted import PASSWORD, PEOPLE, World

HOMES = {"user": "/chat", "agent": "/desk", "supervisor": "/board", "evaluator": "/lab", "observer": "/watch", "admin": "/admin"}
PLACES = {
    "/desk": {"agent", "agent2", "supervisor", "admin"},
    "/proposals": {"agent", "agent2", "supervisor", "admin"},
    "/board": {"supervisor", "admin"},
    "/lab": {"evaluator", "admin"},
    "/evaluations": {"evaluator", "admin"},
    "/watch": {"observer", "supervisor", "admin"},
    "/audit": {"supervisor", "admin"},
    "/admin": {"admin"},
    "/knowledge": set(PEOPLE),
    "/tickets": set(PEOPLE),
    "/chat": set(PEOPLE),
}


async def visitor(world: World, name: str) -> httpx.AsyncClient:
    client, _ = await world.browser(name, Accept="text/html")
    return client


async def guest_of(world: World, account: str) -> httpx.AsyncClient:
    client = world.caller(Accept="text/html")
    answer = await client.post("/signin/help", data={"account": account})
    assert answer.headers["location"] == "/chat/guest"
    return client


@pytest.mark.parametrize(("name", "home"), HOMES.items())
async def test_each_role_begins_where_its_work_is(world: World, name: str, home: str) -> None:
    client = await visitor(world, name)
    assert (await client.get("/")).headers["location"] == home
    assert (await client.get(home)).status_code == 200


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", PEOPLE)
async def test_a_place_opens_to_its_roles_alone(world: World, name: str, place: str) -> None:
    answer = await (await visitor(world, name)).get(place)
    assert answer.status_code == (200 if name in PLACES[place] else 403)
    shown = {link.attributes["href"] for link in read(answer).one("nav", class_="places").all("a")}
    assert (place in shown) is (name in PLACES[place])


@pytest.mark.parametrize("path", [
    "/chat", "/tickets", "/desk", "/board", "/admin", "/demo/outbox", "/knowledge", "/knowledge/vpn.en", "/knowledge/gaps",
    "/verify/some-flow"])
async def test_a_stranger_is_shown_the_way_to_sign_in(world: World, path: str) -> None:
    answer = await world.caller(Accept="text/html").get(path)
    assert (answer.status_code, answer.headers.get("location")) == (303, "/signin")


async def test_a_part_that_refreshes_itself_takes_the_whole_page_to_sign_in(world: World) -> None:
    answer = await world.caller(**{"HX-Request": "true"}).get("/desk/queue")
    assert answer.headers["hx-redirect"] == "/signin"


async def test_what_is_not_yours_and_what_is_not_there_look_the_same(world: World) -> None:
    owner, csrf = await world.browser("user")
    conversation = (await owner.post("/chat/person", data={"csrf": csrf})).headers["location"].partition("#")[0]
    other = await visitor(world, "user2")
    for theirs, nothing in ((conversation, "/chat/" + "x" * 20), ("/tickets/1001", "/tickets/9999"),
                            (conversation + "/since/0", "/chat/x/since/0")):
        answers = [await other.get(theirs), await other.get(nothing)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert re.sub(r"/(chat|tickets)/[^\"]*", "", answers[0].text) == re.sub(r"/(chat|tickets)/[^\"]*", "", answers[1].text)


async def test_a_conversation_that_was_never_handed_off_is_closed_to_the_desk(world: World) -> None:
    owner, csrf = await world.browser("user")
    path = (await owner.post("/chat/say", data={"csrf": csrf, "text": "hello"})).headers["location"].partition("#")[0]
    agent = await visitor(world, "agent")
    assert (await agent.get(path.replace("/chat/", "/desk/"))).status_code == 404
    await owner.post(f"{path}/person", data={"csrf": csrf})
    assert (await agent.get(path.replace("/chat/", "/desk/"))).status_code == 200


async def test_a_guest_sees_its_own_conversation_and_no_ticket_desk_or_article_of_the_house(world: World) -> None:
    guest = await guest_of(world, "user")
    home = (await guest.get("/chat/guest")).headers["location"].partition("#")[0]
    assert (await guest.get(home)).status_code == 200
    for path in ("/tickets", "/desk", "/board", "/admin"):
        assert (await guest.get(path)).headers["location"] == "/signin"
    assert (await (await guest_of(world, "user2")).get(home)).status_code == 404


async def test_a_guest_learns_nothing_about_which_accounts_exist(world: World) -> None:
    pages = []
    for account in ("user", "nobody-at-all"):
        guest = await guest_of(world, account)
        home = (await guest.get("/chat/guest")).headers["location"].partition("#")[0]
        await guest.post(f"{home}/say", data={"text": "reset"})
        chat = (await guest.get(home)).text
        flow = re.search(r"/verify/[\w-]+", chat)
        assert flow
        sent = await guest.post(f"{flow[0]}/send")
        wrong = await guest.post(f"{flow[0]}/code", data={"method": "email", "code": "12345678"})
        form = (await guest.get(wrong.headers["location"])).text
        pages.append([re.sub(r"[\w-]{20}(?=[\"/#?])", "", text) for text in (chat, sent.headers["location"], form)])
    assert pages[0] == pages[1]


async def test_a_guest_sees_the_mail_of_the_claimed_person_alone(world: World) -> None:
    async with world.desk.store.begin() as tx:
        for name in ("user", "user2"):
            account = await tx.people.by_name(name)
            assert account
            await tx.outbox.put(account=account.id, kind="notice", address=account.email, subject=f"for {name}", key=None,
                                sealed_body=world.desk.vault.seal("body"), now=world.clock())
    seen = (await (await guest_of(world, "user")).get("/demo/outbox")).text
    assert "for user<" in seen
    assert "for user2" not in seen
    for path in ("/demo/outbox", "/demo/authenticator"):
        assert (await (await guest_of(world, "nobody")).get(path)).status_code == 200


@pytest.mark.parametrize("path", ["/demo/outbox", "/demo/authenticator"])
async def test_outside_a_demo_house_the_stand_ins_do_not_exist(world: World, path: str) -> None:
    world.house.demo = False
    assert (await (await visitor(world, "user")).get(path)).status_code == 404
    assert "agent2" not in (await world.caller().get("/signin")).text


@pytest.mark.parametrize(("audience", "may"), [
    ("public", {"guest", "user", "agent"}), ("everyone", {"user", "agent"}), ("agents", {"agent"})])
async def test_an_article_exists_for_its_audience_alone(world: World, audience: str, may: set[str]) -> None:
    async with world.desk.store.begin() as tx:
        document = {"id": "topic.en", "source": "house", "path": "topic/en.md", "topic": "topic", "lang": "en", "title": "A topic",
                    "audience": audience, "owner": "a-team", "reviewed": "2025-02-01", "tier": "reviewed", "text": "Lead.", "hash": "1"}
        passage = {"id": "topic.en.1", "document": "topic.en", "ordinal": 1, "heading": "Steps", "text": "1. Do this first.", "hash": "1"}
        await tx.shelf.put(document, [passage])
    readers = {"guest": await guest_of(world, "user"), "user": await visitor(world, "user"), "agent": await visitor(world, "agent")}
    for who, client in readers.items():
        answer = await client.get("/knowledge/topic.en")
        assert answer.status_code == (200 if who in may else 404), who
        if who in may:
            assert read(answer).one("section", id="p1").words == "Steps Do this first."


@pytest.mark.parametrize(("lang", "words"), [
    ("en", ("From handbook", "File fa/گزارش.docx", "As of")), ("ar", ("المصدر handbook", "الملف", "آخر تحديث")),
    ("fa", ("منبع handbook", "فایل", "آخرین به‌روزرسانی"))])
async def test_a_document_names_its_source_its_file_and_its_date(world: World, lang: Lang, words: tuple[str, ...]) -> None:
    async with world.desk.store.begin() as tx:
        document = {"id": "d1", "source": "handbook", "path": "fa/گزارش.docx", "topic": "d1", "lang": "en", "title": "Report",
                    "audience": "everyone", "owner": "handbook", "reviewed": "", "tier": "synced", "text": "One. Two. سه.", "hash": "1",
                    "updated_at": world.clock()}
        passages = [{"id": f"d1.{at}", "document": "d1", "ordinal": at, "heading": "A › B", "text": text, "hash": str(at), "lang": tongue,
                     "begins": begins, "ends": begins + len(text)} for at, (text, begins, tongue) in
                    enumerate((("One.", 0, None), ("Two.", 5, None), ("سه.", 10, "fa")))]
        await tx.shelf.put(document, passages)
        account = await tx.people.by_name("user")
        assert account
        await tx.people.set_lang(account.id, lang)
    page = read(await (await visitor(world, "user")).get("/knowledge/d1"))
    facts = page.one("dl", class_="facts").words
    assert all(each in facts for each in words), facts
    assert [page.one("section", id=f"p{at}").words for at in range(3)] == ["A › B One.", "Two.", "سه."]     # one heading for what it heads
    assert (page.one("section", id="p2").attributes["lang"], page.one("section", id="p2").attributes["dir"]) == ("fa", "rtl")


POSTS = ["/chat/say", "/chat/person", "/tickets", "/language", "/signout"]


@pytest.mark.parametrize("path", POSTS)
async def test_a_form_without_the_sessions_token_changes_nothing(world: World, path: str) -> None:
    client, csrf = await world.browser("user", Accept="text/html")
    fields = {"text": "hello", "title": "a title", "lang": "fa"}
    assert (await client.post(path, data=fields)).status_code == 403
    assert (await client.post(path, data={**fields, "csrf": "x"})).status_code == 403
    assert (await client.post(path, data={**fields, "csrf": csrf}, headers={"Sec-Fetch-Site": "cross-site"})).status_code == 403
    assert (await client.post(path, data={**fields, "csrf": csrf})).status_code == 303


async def test_another_site_can_neither_sign_in_nor_open_a_guest_nor_speak_for_one(world: World) -> None:
    foreign = {"Origin": "https://elsewhere.example"}
    guest = await guest_of(world, "user")
    home = (await guest.get("/chat/guest")).headers["location"].partition("#")[0]
    for client, path, fields in ((world.caller(), "/signin", {"name": "user", "password": PASSWORD}),
                                 (world.caller(), "/signin/help", {"account": "user"}), (guest, f"{home}/say", {"text": "hello"})):
        answer = await client.post(path, data=fields, headers=foreign)
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("to", ["//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example", "javascript:alert(1)", "/\n/x"])
async def test_the_language_switch_never_leads_elsewhere(world: World, to: str) -> None:
    answer = await world.caller().post("/language", data={"lang": "fa", "next": to})
    assert answer.headers["location"] == "/"


async def test_the_users_pages_never_show_confidence_or_feeling(world: World) -> None:
    client, csrf = await world.browser("user")
    path = (await client.post("/chat/say", data={"csrf": csrf, "text": "hello"})).headers["location"]
    text = (await client.get(path)).text.lower()
    assert not re.search("confidence|sentiment|negative|feeling|score", text)


async def test_a_house_that_is_still_opening_says_so_and_comes_back(world: World) -> None:
    world.house.ready = False
    answer = await world.caller(**{"Accept": "text/html", "Accept-Language": "fa"}).get("/signin")
    assert (answer.status_code, answer.headers["refresh"]) == (503, "2")
    assert read(answer).one("html").attributes["dir"] == "rtl"


async def test_the_console_is_loaded_anew_when_somebody_else_speaks(world: World) -> None:
    owner, csrf = await world.browser("user")
    conversation = (await owner.post("/chat/person", data={"csrf": csrf})).headers["location"].partition("#")[0].rpartition("/")[2]
    agent, token = await world.browser("agent")
    poll = re.search(r'hx-get="([^"]*news[^"]*)"', (await agent.get(f"/desk/{conversation}")).text)
    assert poll
    following = poll[1].replace("&amp;", "&")
    async with world.desk.store.begin() as tx:
        await tx.conversations.say(conversation, Author.USER, "still here", "en", world.clock())
    answer = await agent.get(following)
    assert "still here" in answer.text
    assert "hx-refresh" not in answer.headers
    await agent.post(f"/desk/{conversation}/claim", data={"csrf": token})
    assert (await agent.get(following)).headers["hx-refresh"] == "true"
