"""Every page in every language: its direction, its words, and nothing that the sheet or the policy would not allow."""

import re
from importlib.resources import files
from pathlib import Path

import polib  # type: ignore[import-untyped]
import pytest

from desk.handoffs import Reason
from desk.people import LANGS, Lang, Role
from desk.tickets import Kind, Level, Priority, Status
from desk.words import words
from tests.api.kept import a_run, kept
from tests.api.pages.reading import read
from tests.api.scripted import World

API = Path(str(files("api").joinpath("")))
LOCALE = Path(str(files("desk").joinpath("locale")))
WAY = {"en": "ltr", "ar": "rtl", "fa": "rtl"}
SEEN_BY = {
    "user": ["/chat", "/tickets", "/tickets/new", "/tickets/1001", "/knowledge", "/knowledge?q=vpn", "/demo/outbox",
             "/demo/authenticator", "/nowhere"],
    "agent": ["/desk", "/desk/{conversation}", "/tickets/1001", "/knowledge/gaps", "/knowledge/drafts"],
    "supervisor": ["/board", "/watch", "/audit", "/audit?person=user&from=2025-01-01&to=2025-12-31"],
    "evaluator": ["/lab", "/evaluations", "/evaluations/run", "/evaluations/run?outcome=wrong&page=2", "/evaluations/run/cases/1",
                  "/evaluations/run/compare", "/evaluations/run/compare?before=torn", "/evaluations/torn"],
    "observer": ["/watch"], "admin": ["/admin"],
}
LITERAL = re.compile(r"[\"'](pages\.[a-z0-9_.]+)[\"']")
MADE = re.compile(r"[\"']f?(pages\.[a-z0-9_.]*[._])(?:[\"'] [+~]|\{)|f\"(pages\.[a-z_.]*[._])\{")
SOURCES = [*(API / "pages").glob("*.py"), *(API / "templates").glob("*.html")]


def book(lang: Lang) -> polib.POFile:
    return polib.pofile(str(LOCALE / lang / "pages.po"))


@pytest.mark.parametrize("lang", LANGS)
async def test_each_page_says_its_language_and_direction_and_shows_no_key(world: World, lang: Lang) -> None:
    owner, csrf = await world.browser("user")
    conversation = (await owner.post("/chat/person", data={"csrf": csrf})).headers["location"].partition("#")[0].rpartition("/")[2]
    kept(world.runs, "run", a_run())
    kept(world.runs, "torn", "{")
    seen = [await world.caller(**{"Accept-Language": lang, "Accept": "text/html"}).get(path) for path in ("/signin", "/signin/help")]
    for name, paths in SEEN_BY.items():
        client, _ = await world.browser(name, Accept="text/html")
        client.cookies.set("yavar_lang", lang)
        seen += [await client.get(path.format(conversation=conversation)) for path in paths]
    owner.cookies.set("yavar_lang", lang)
    seen.append(await owner.get(f"/chat/{conversation}"))
    for answer in seen:
        page = read(answer)
        html = page.one("html")
        assert (html.attributes["lang"], html.attributes["dir"]) == (lang, WAY[lang]), answer.url
        assert not re.search(r"\bpages\.\w+|\berror\.\w+", page.words), answer.url
        assert page.one("title").words
        assert len(page.all("h1")) == 1 or "/chat/" in str(answer.url)
        assert page.one("main", id="main")
        labels = {each.attributes.get("for") for each in page.all("label")}
        for field in page.all("input") + page.all("textarea") + page.all("select"):
            assert field.attributes.get("type") == "hidden" or field.attributes["id"] in labels, (answer.url, field.attributes)


def test_each_key_that_a_page_says_stands_in_all_three_languages_and_none_is_idle() -> None:
    text = "\n".join(each.read_text("utf-8") for each in SOURCES)
    literal = set(LITERAL.findall(text))
    made = {"".join(found) for found in MADE.findall(text)} | {key for key in literal if key.endswith((".", "_"))}
    literal -= made
    for lang in LANGS:
        known = {entry.msgid for entry in book(lang)}
        assert literal - known <= {"pages.starting", "pages.broken"}, lang
        elsewhere = (*made, "pages.starting.", "pages.broken.", "pages.start.")
        idle = {key for key in known - literal if not key.startswith(elsewhere)}
        assert idle == set(), lang


@pytest.mark.parametrize("lang", LANGS)
def test_each_state_of_the_desk_has_its_words(lang: Lang) -> None:
    say = words().say
    named = {"reason": Reason, "status": Status, "kind": Kind, "urgency": Level, "priority": Priority, "role": Role}
    for prefix, members in named.items():
        for member in members:
            assert say(lang, f"pages.{prefix}.{member}")


def test_the_three_books_have_the_same_keys_and_the_same_facts() -> None:
    books = {lang: {entry.msgid: entry for entry in book(lang)} for lang in LANGS}
    assert set(books["en"]) == set(books["ar"]) == set(books["fa"])
    for key, entry in books["en"].items():
        for lang in ("ar", "fa"):
            other = books[lang][key]
            assert facts(other.msgstr) == facts(entry.msgstr), (lang, key)
            assert not other.fuzzy
            assert bool(other.msgstr_plural) is bool(entry.msgstr_plural)
            assert all(text for text in other.msgstr_plural.values())


def facts(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize(("lang", "n", "text"), [
    ("en", 1, "1 minute"), ("en", 5, "5 minutes"), ("en", 0, "0 minutes"),
    ("fa", 1, "1 دقیقه"), ("fa", 5, "5 دقیقه"),
    ("ar", 1, "دقيقة واحدة"),       # one
    ("ar", 2, "دقيقتين"),           # two
    ("ar", 3, "3 دقائق"),           # few: 3 to 10
    ("ar", 10, "10 دقائق"),
    ("ar", 11, "11 دقيقة"),         # many: 11 to 99
    ("ar", 99, "99 دقيقة"),
    ("ar", 100, "100 دقيقة"),       # other
    ("ar", 103, "103 دقائق"),       # few again
])
def test_counting_follows_the_language(lang: Lang, n: int, text: str) -> None:
    assert words().count(lang, "pages.time.minutes", n) == text


@pytest.mark.parametrize(("n", "text"), [(2, "يومين"), (7, "7 أيام"), (11, "11 يومًا"), (100, "100 يوم")])
def test_arabic_days_have_their_own_form_in_each_case(n: int, text: str) -> None:
    assert words().count("ar", "pages.time.days", n) == text


def test_the_sheet_knows_no_left_and_right() -> None:
    sheet = (API / "static" / "style.css").read_text("utf-8")
    rules = re.sub(r"/\*.*?\*/|@media[^{]*", "", sheet, flags=re.S)
    physical = re.compile(r"(?<![\w-])(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right|top|bottom)|"
                          r"left|right|top|bottom|(?:min-|max-)?(?:width|height))\s*:|text-align\s*:\s*(?:left|right)|float\s*:")
    assert physical.findall(rules) == []


@pytest.mark.parametrize("file", sorted((API / "templates").glob("*.html")), ids=lambda file: file.name)
def test_no_template_holds_a_script_or_a_style_of_its_own(file: Path) -> None:
    text = file.read_text("utf-8")
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=|javascript:|https?://", text)
    assert "|safe" not in text.replace(" ", "")


@pytest.mark.parametrize("file", sorted((API / "static").glob("*.js")), ids=lambda file: file.name)
def test_no_script_makes_markup_out_of_text(file: Path) -> None:
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|https?://", file.read_text("utf-8"))
