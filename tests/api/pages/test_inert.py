"""Whatever people, tools or a model write stays text: nothing runs, nothing is fetched, nothing leads elsewhere."""

import pytest

from api.pages.markup import direction, plain, rendered, tongue
from desk.conversations import Author
from tests.api.pages.reading import Page, dangers, read
from tests.api.scripted import World

HOST = "https://desk.example.org"
CORPUS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<svg><use href='//evil.example/x.svg#a'/></svg>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:x)",
    "[x](https://evil.example/phish)",
    "[x](//evil.example/phish)",
    "[x](/\\evil.example)",
    "[x](https://desk.example.org@evil.example/)",
    "[x](https://desk.example.org.evil.example/)",
    "![beacon](https://evil.example/b.png)",
    "![beacon](/static/mark.svg)",
    "![x][r]\n\n[r]: https://evil.example/b.png",
    "[1][r]\n\n[r]: https://evil.example/b.png",
    "[1]: https://evil.example/b.png\n\nread [1]",
    "<https://evil.example/auto>",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<p style='background:url(https://evil.example/b)'>x</p>",
    "<form action='https://evil.example'><input name=password></form>",
    "<base href='https://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<math><mtext><table><mglyph><style><img src onerror=alert(1)>",
    "</textarea><script>alert(1)</script>",
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)",
    "{{ 7 * 7 }} {% raw %} ${7*7}",
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    "<!--<script>-->alert(1)",
    "\u202etxt.exe\u202c \u2066x\u2069 \U000e0041\U000e0042",
    "| a | b |\n|---|---|\n| <img src=x onerror=alert(1)> | [x](javascript:1) |",
]


@pytest.mark.parametrize("text", CORPUS)
def test_markdown_is_inert(text: str) -> None:
    html = str(rendered(text, host=HOST, citations=[{"n": 1, "url": "https://evil.example/1", "title": text}]))
    assert dangers(Page(html).root) == []


@pytest.mark.parametrize("text", CORPUS)
def test_plain_text_is_inert(text: str) -> None:
    page = Page(str(plain(text))).root
    assert {each.tag for each in page.all()} <= {"bdi"}


async def test_the_corpus_is_inert_for_user_agent_supervisor_and_observer(world: World) -> None:
    client, csrf = await world.browser("user", Accept="text/html")
    path = (await client.post("/chat/person", data={"csrf": csrf})).headers["location"].partition("#")[0]
    conversation = path.rpartition("/")[2]
    async with world.desk.store.begin() as tx:
        for text in CORPUS:
            for author in (Author.USER, Author.ASSISTANT, Author.PERSON, Author.SYSTEM):
                cited = [{"n": 1, "title": text, "url": text, "snippet": text}]
                await tx.conversations.say(conversation, author, text, "en", world.clock(), citations=cited, extra={"choices": [text]},
                                           actions=[{"tool": text, "outcome": "done", "summary": text}])
        handoff = await tx.handoffs.current(conversation)
        assert handoff
        hostile = {"summary": CORPUS[0], "tried": [{"tool": CORPUS[1], "outcome": "done", "summary": CORPUS[2]}], "sources": CORPUS,
                   "findings": [{"tool": text, "outcome": "done", "facts": {text: text}} for text in CORPUS]}
        await tx.handoffs.add_to_card(handoff, handoff.card | hostile)
        await tx.tickets.comment(handoff.ticket, "user", "\n".join(CORPUS), world.clock())
    for text in CORPUS:
        assert (await client.post("/tickets", data={"csrf": csrf, "title": text, "description": text})).status_code in (303, 422)
    seen = [await client.get(each) for each in (path, f"{path}/since/0", "/tickets", "/tickets/1001", "/tickets/1002", "/chat")]
    for name, paths in (("agent", [f"/desk/{conversation}", "/desk", "/tickets/1001"]), ("supervisor", ["/board", "/watch"])):
        other, _ = await world.browser(name, Accept="text/html")
        seen += [await other.get(each) for each in paths]
    for answer in seen:
        assert answer.status_code == 200, answer.url
        assert dangers(read(answer)) == [], answer.url
        assert "\u202e" not in answer.text


async def test_each_page_forbids_what_it_does_not_need(world: World) -> None:
    policy = (await world.caller(Accept="text/html").get("/signin")).headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_a_source_is_linked_by_its_number_where_it_is_of_this_house() -> None:
    cited = [{"n": 1, "url": "/knowledge/vpn.en#p2", "title": 'VPN "quoted"'}]
    html = str(rendered("Do this [1], not that [2], nor `[1]`.", host=HOST, citations=cited))
    links = Page(html).root.all("a", class_="cite")
    assert [(link.attributes["href"], link.attributes["title"], link.text) for link in links] == [
        ("/knowledge/vpn.en#p2", 'VPN "quoted"', "1")]
    assert "not that [2]" in html


def test_own_links_stay_links() -> None:
    html = str(rendered(f"[a](/tickets/1001) [b]({HOST}/chat)", host=HOST))
    assert [link.attributes["href"] for link in Page(html).root.all("a")] == ["/tickets/1001", f"{HOST}/chat"]


def test_technical_words_keep_their_direction() -> None:
    text = "سرور 10.0.0.1:443 در https://wiki.example.org/a و \\\\files\\team با AUTH-12 و +1 555 0100"
    assert [each.text for each in Page(str(plain(text))).root.all("bdi", dir="ltr")] == [
        "10.0.0.1:443", "https://wiki.example.org/a", "\\\\files\\team", "AUTH-12", "+1 555 0100"]


@pytest.mark.parametrize(("text", "lang", "way", "tag"), [
    ("VPN وصل نمیشه", "fa", "rtl", "fa"),            # begins in Latin letters and is Persian all the same
    ("الـ VPN لا يتصل", "ar", "rtl", "ar"),
    ("el vpn mesh shaghal", "ar", "ltr", "ar-Latn"),  # Arabizi
    ("vpn vasl nemishe", "fa", "ltr", "fa-Latn"),     # Finglish
    ("The VPN won't connect", "en", "ltr", "en"),
    ("؟", "fa", "rtl", "fa"),
])
def test_a_message_has_the_direction_of_its_language_and_letters(text: str, lang: str, way: str, tag: str) -> None:
    assert direction(text, lang) == way  # type: ignore[arg-type]
    assert tongue(text, lang) == tag  # type: ignore[arg-type]


def test_persian_keeps_its_zero_width_non_joiner() -> None:
    assert "می\u200cشود" in str(rendered("می\u200cشود", host=HOST))
    assert "می\u200cشود" in str(plain("می\u200cشود"))
