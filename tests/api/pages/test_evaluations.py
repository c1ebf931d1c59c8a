"""The evaluator's pages in three languages: what runs found, why a case went as it did, what changed; as plain pages without a script."""

import json
from collections.abc import Callable

import httpx
import pytest

from desk.people import LANGS, Lang
from desk.words import words
from tests.api.kept import TEXTS, WHY, a_run, kept
from tests.api.pages.reading import Element, dangers, read
from tests.api.scripted import World

DECIMAL = {"en": "0.950", "ar": "٠٫٩٥٠", "fa": "۰٫۹۵۰"}
HOSTILE = "<script>alert(1)</script>\u202e\u2066 <img src=x onerror=alert(1)>"


@pytest.fixture(params=LANGS)
def lang(request: pytest.FixtureRequest) -> Lang:
    found: Lang = request.param
    return found


async def opened(world: World, lang: Lang, name: str = "evaluator") -> Callable[[str], "Looking"]:
    client, _ = await world.browser(name, Accept="text/html")
    client.cookies.set("yavar_lang", lang)
    return lambda path: Looking(client, path)


class Looking:
    """A page on its way."""

    def __init__(self, client: httpx.AsyncClient, path: str) -> None:
        self._client, self._path = client, path

    async def page(self, status: int = 200) -> Element:
        answer = await self._client.get(self._path)
        assert answer.status_code == status, answer.text
        found = read(answer)
        assert dangers(found) == []
        return found


async def test_a_house_without_runs_says_how_to_make_one(world: World, lang: Lang) -> None:
    page = await (await opened(world, lang))("/evaluations").page()
    assert words().say(lang, "pages.evaluations.none") in page.words and "yavar eval run quick" in page.words


async def test_runs_stand_newest_first_with_figures_by_language_and_their_gates(world: World, lang: Lang) -> None:
    kept(world.runs, "older", a_run(wrong=8), at=1_741_770_000)
    kept(world.runs, "newer", a_run(wrong=1), at=1_741_780_000)
    kept(world.runs, "newest", '{"suite"', at=1_741_790_000)
    page = await (await opened(world, lang))("/evaluations").page()
    broken, newer, older = page.all("section", class_="run")
    assert words().say(lang, "pages.evaluations.why_not_a_run") in broken.words and "newest.json" in broken.words
    assert newer.words.count(DECIMAL[lang]) == 3 and words().say(lang, "pages.evaluations.gates_held") in newer.words
    assert words().count(lang, "pages.evaluations.gates_failed", 1).replace("1", "") in older.words.translate(str.maketrans("", "", "1١۱"))
    assert "0123456789ab" in newer.words
    assert [each.one("h2").one("a").attributes["href"] for each in (newer, older)] == ["/evaluations/newer", "/evaluations/older"]


async def test_more_runs_than_a_page_holds_stand_on_the_next(world: World) -> None:
    for at in range(11):
        kept(world.runs, f"run-{at:02}", a_run(cases=[]), at=1_741_770_000 + at)
    looking = await opened(world, "en")
    first = await looking("/evaluations").page()
    (older,) = first.one("nav", class_="pages").all("a")
    second = await looking(f"/evaluations{older.attributes['href'].removeprefix('/evaluations')}").page()
    assert len(first.all("section", class_="run")) == 10
    assert second.one("section", class_="run").one("h2").one("a").attributes["href"] == "/evaluations/run-00"
    await looking("/evaluations?page=99999").page()
    await looking("/evaluations?page=-1%00").page()


async def test_a_run_shows_intervals_goals_peers_and_gates_and_its_worst_cases_first(world: World, lang: Lang) -> None:
    kept(world.runs, "run", a_run(wrong=8))
    page = await (await opened(world, lang))("/evaluations/run").page()
    table = page.all("table")[0]
    assert "keyword_list" in table.words and table.one("tr", class_="peer")
    assert {"en": "0.500–1.000", "ar": "٠٫٥٠٠–١٫٠٠٠", "fa": "۰٫۵۰۰–۱٫۰۰۰"}[lang] in table.words
    assert words().say(lang, "pages.evaluations.missed") in table.words
    assert words().say(lang, "pages.evaluations.failing") in page.words and words().say(lang, "pages.metric.accuracy") in page.words
    rows = page.all("li", class_="case-row")
    assert len(rows) == 25 and all(words().say(lang, "pages.evaluations.wrong") in row.words for row in rows[:24])
    assert words().say(lang, "pages.evaluations.unjudged") in rows[24].words


async def test_cases_are_filtered_by_suite_language_and_outcome_and_the_choice_goes_along(world: World, lang: Lang) -> None:
    kept(world.runs, "run", {"runs": [a_run(wrong=2), a_run(suite="others")]})
    looking = await opened(world, lang)
    page = await looking(f"/evaluations/run?suite=theirs&lang={lang}&outcome=wrong").page()
    assert [row.one("a").words for row in page.all("li", class_="case-row")] == [f"{TEXTS[lang]} 0", f"{TEXTS[lang]} 1"]
    assert [each.attributes["value"] for each in page.one("form", action="/evaluations/run#cases").all("option")
            if "selected" in each.attributes] == ["theirs", lang, "wrong"]
    first = await looking(f"/evaluations/run?lang={lang}").page()
    (older,) = first.one("nav", class_="pages").all("a")
    second = await looking(older.attributes["href"]).page()
    assert len(second.all("li", class_="case-row")) == 15
    nothing = await looking("/evaluations/run?suite=nobody%27s").page()
    assert words().say(lang, "pages.evaluations.no_cases") in nothing.words


async def test_a_case_shows_its_conversation_and_why_each_turn_went_so(world: World, lang: Lang) -> None:
    kept(world.runs, "run", a_run())
    page = await (await opened(world, lang))("/evaluations/run/cases/1").page()
    asked, answered = page.one("ol", class_="says").all("li")
    why = asked.one("details", class_="turn-why").words
    for key in ("pages.evaluations.routes", "pages.signal.person", "pages.evaluations.given", "pages.reason.asked",
                "step.search_knowledge"):
        assert words().say(lang, key) in why, key
    assert "asks_for_a_person" in why and {"en": "0.938", "ar": "٠٫٩٣٨", "fa": "۰٫۹۳۸"}[lang] in why
    assert answered.one("strong").words == "One moment" and not answered.all("details")
    assert "handed over: yes" in page.words and "speaker" in page.words


async def test_what_a_file_says_is_shown_and_never_run(world: World, lang: Lang) -> None:
    turns = [WHY | {"kind": HOSTILE, "at": 1, "rules": [HOSTILE]}, {"signals": 3}, {"at": "x", "routes": [1]}, {}]
    case = a_run()["cases"][0] | {"text": HOSTILE, "label": HOSTILE, "got": HOSTILE, "lang": "en", "reason": HOSTILE, "error": HOSTILE,
                                  "tags": [HOSTILE], "evidence": {HOSTILE: [HOSTILE, {"a": HOSTILE}], "none": None}, "turns": turns,
                                  "transcript": [{"author": HOSTILE, "text": HOSTILE}, {}, {"author": "assistant", "text": HOSTILE}]}
    whole = a_run(suite=HOSTILE, about=HOSTILE, peers={HOSTILE: {"accuracy": 1.0}}, peer_errors={HOSTILE: HOSTILE}, cases=[case],
                  versions={"commit": HOSTILE}, metrics={HOSTILE: float("nan"), "accuracy": 0.5})
    kept(world.runs, "run", json.dumps(whole))
    kept(world.runs, "other", json.dumps(whole | {"cases": [case | {"right": True}]}))
    looking = await opened(world, lang)
    for path in ("/evaluations", "/evaluations/run", "/evaluations/run/cases/1", "/evaluations/run/compare?before=other"):
        page = await looking(path).page()
        assert not page.all("img") and "\u202e" not in page.words and "\u2066" not in page.words, path


@pytest.mark.parametrize("path", ["/evaluations/nothing", "/evaluations/run/cases/0", "/evaluations/run/cases/61",
                                  "/evaluations/run/cases/" + "9" * 30, "/evaluations/run/cases/x", "/evaluations/run/export/pdf",
                                  "/evaluations/nothing/compare", "/evaluations/run/compare?before=nothing", "/evaluations/..%2Fh"])
async def test_what_is_not_there_is_a_page_that_says_so(world: World, lang: Lang, path: str) -> None:
    kept(world.runs, "run", a_run())
    page = await (await opened(world, lang))(path).page(404)
    assert words().say(lang, "error.not_found") in page.words


async def test_a_comparison_names_what_changed_at_once_and_looks_again_for_the_figures(world: World, lang: Lang) -> None:
    kept(world.runs, "a", a_run(wrong=1))
    kept(world.runs, "b", a_run(wrong=12))
    client, _ = await world.browser("evaluator", Accept="text/html")
    client.cookies.set("yavar_lang", lang)
    answer = await client.get("/evaluations/b/compare?before=a")
    page = read(answer)
    assert dangers(page) == [] and answer.headers.get("refresh") == "5" and words().say(lang, "pages.evaluations.waiting") in page.words
    changed = page.all("li", class_="case-row")
    assert len(changed) == 33
    before, after = changed[0].all("a")
    assert before.attributes["href"].startswith("/evaluations/a/cases/") and after.attributes["href"].startswith("/evaluations/b/cases/")
    chooser = page.one("select", id="before")
    assert [each.attributes["value"] for each in chooser.all("option")] == ["a"]


async def test_the_file_and_the_report_are_downloads(world: World) -> None:
    kept(world.runs, "run", a_run())
    client, _ = await world.browser("evaluator", Accept="text/html")
    page = read(await client.get("/evaluations/run"))
    links = [each.attributes["href"] for each in page.all("a", class_="button") if "/export/" in each.attributes["href"]]
    answers = [await client.get(link) for link in links]
    assert [answer.headers["content-disposition"] for answer in answers] == [
        'attachment; filename="run.html"', 'attachment; filename="run.json"']
    assert "style-src 'self'" in answers[0].headers["content-security-policy"] and answers[1].json() == a_run()


@pytest.mark.parametrize("name", ["user", "observer", "agent", "supervisor"])
async def test_nobody_else_opens_them(world: World, lang: Lang, name: str) -> None:
    kept(world.runs, "run", a_run())
    looking = await opened(world, lang, name)
    for path in ("/evaluations", "/evaluations/run", "/evaluations/run/cases/1", "/evaluations/run/export/json", "/evaluations/nothing"):
        assert TEXTS["en"] not in (await looking(path).page(403)).words
