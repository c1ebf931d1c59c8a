"""The page, the JUnit file and the console tell what was found, need nothing from elsewhere, and can't be broken by what users write."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from io import StringIO
from xml.etree import ElementTree

import pytest
from rich.console import Console

from evals import figures
from evals.case import BadData
from evals.comparing import compare
from evals.console import show
from evals.examine import examine
from evals.gate import Gate
from evals.judged import Judged
from evals.junit import as_xml
from evals.report.drawing import Frame, ticks
from evals.report.page import render
from evals.result import Result
from tests.evals.sums import Sums

HOSTILE = "<script>alert('x')</script> & \"quotes\" \x07"
SAID = {"en": "I can't reach the VPN", "ar": "الـ VPN لا يعمل عندي", "fa": "VPN وصل نمیشه"}


def judged(number: int, lang: str, right: bool | None) -> Judged:
    more = {} if right else {"reason": "the wrong act", "tags": ("said the wrong thing",), "evidence": {"act": "open_ticket", "tries": 2},
                             "transcript": ({"author": "user", "text": SAID[lang]}, {"author": "assistant", "text": HOSTILE})}
    return Judged(id=f"{lang}-{number}", lang=lang, text=SAID[lang] + f" {number}", label="yes", got="yes" if right else "no", right=right,
                  sure=0.5 + number % 5 / 10, **more)


@pytest.fixture
def cases() -> list[Judged]:
    found = [judged(number, lang, number % 4 != 0) for lang in ("en", "ar", "fa") for number in range(12)]
    return [*found, replace(judged(99, "en", None), error="no answer within 5 s")]


@pytest.fixture
def result(cases) -> Result:
    exam = Sums(figures={"accuracy": figures.accuracy, "ece": figures.ece(), "aurc": figures.aurc()})
    gates = (Gate(suite="sums", name="accuracy", value=0.75, wanted=0.9), Gate(suite="sums", name="ece", value=0.1, wanted=0.2, less=True))
    found = examine(exam, cases, {"half": cases}, seed=0)
    return replace(found, gates=gates, at="2026-11-22T12:00:00+00:00")


class Page(HTMLParser):
    """What a browser would fetch or run, which text stands where, and in which direction."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.fetched: list[str] = []
        self.rtl: list[str] = []
        self._open: list[tuple[str, str | None]] = []
        self.text: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        self.tags.append(tag)
        self.fetched += [value for name, value in attrs if name in ("src", "href", "xlink:href") and not (value or "").startswith("#")]
        if tag not in ("meta", "link", "br", "img"):
            self._open.append((tag, known.get("dir")))

    def handle_endtag(self, tag):
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        self.text.append(data)
        directions = [direction for _, direction in self._open if direction]
        if directions and directions[-1] == "rtl":
            self.rtl.append(data.strip())


def test_the_page_is_whole_by_itself(result):
    html = render([result], {})
    page = Page(html)
    assert page.fetched == []
    assert "script" not in page.tags and "link" not in page.tags
    assert not re.search(r"url\(|@import|https?:", html)


def test_the_page_tells_what_was_found(result, cases):
    changes = compare(Sums().figures, [replace(each, right=True) for each in cases if each.right is not None], cases, 0)
    told = " ".join(Page(render([result], {"sums": changes})).text)
    for wanted in ("1 of 2 gates fail", "0.750", "Persian", "half, on the same cases", "Reliability", "Risk over coverage", "worse",
                   "said the wrong thing", "no answer within 5 s", "open_ticket", "What was taken for what"):
        assert wanted in told, wanted


def test_arabic_and_persian_stand_from_right_to_left_and_english_does_not(result):
    page = Page(render([result], {}))
    assert SAID["fa"] + " 8" in page.rtl and SAID["ar"] + " 8" in page.rtl          # though the Persian begins with a Latin name
    assert not any(text.startswith(SAID["en"]) for text in page.rtl)


def test_what_users_write_is_text_and_no_markup(result):
    assert "<script>" not in render([result], {})
    assert "<script>alert('x')</script>" in " ".join(Page(render([result], {})).text)


def test_a_suite_without_labels_or_probabilities_has_a_page_too():
    bare = [Judged(id=str(number), lang="en", text="x", right=number > 1, values={"mrr": number / 4}) for number in range(4)]
    found = examine(Sums(figures={"mrr": figures.value("mrr")}, goals={}), bare, {}, seed=0)
    assert "mrr" in render([found], {})


def test_a_result_is_the_same_from_its_file(result):
    again = Result.from_json(json.loads(json.dumps(result.as_json())), "run.json")
    assert again.as_json() == json.loads(json.dumps(result.as_json()))
    assert render([again], {}) == render([result], {})


@pytest.mark.parametrize("whole", [{}, [], {"suite": "x"}, {"suite": "x", "n": 1, "metrics": {}, "by_lang": {}, "cases": [{"id": 1}]}])
def test_a_file_that_is_no_run_is_refused(whole):
    with pytest.raises(BadData, match="not a run"):
        Result.from_json(whole, "run.json")


def test_junit_tells_wrong_from_failed(result):
    (suite,) = ElementTree.fromstring(as_xml([result]))  # noqa: S314
    assert suite.get("errors") == "1" and suite.get("failures") == str(9 + 1)         # three wrong ones of each language, and a gate
    assert len(suite.findall("testcase")) == int(suite.get("tests")) == 37 + 2
    assert suite.find("testcase/error").get("message") == "no answer within 5 s"


def test_junit_holds_only_what_xml_can(cases):
    wrong = replace(cases[0], reason=HOSTILE)
    assert ElementTree.fromstring(as_xml([examine(Sums(), [wrong], {}, seed=0)])) is not None  # noqa: S314


def test_the_console_tells_goals_gaps_and_errors(result):
    out = StringIO()
    show(result, Console(file=out, width=170))
    assert "≥ 0.9 ✗" in out.getvalue() and "1 could not be judged" in out.getvalue() and "half: accuracy" in out.getvalue()


def test_a_frame_puts_values_where_they_belong():
    frame = Frame(width=120, height=100, left=10, right=10, top=10, bottom=10)
    assert (frame.x_at(0), frame.x_at(0.5), frame.x_at(1)) == (10, 60, 110)
    assert (frame.y_at(0), frame.y_at(1), frame.y_at(7)) == (90, 10, 10)
    assert frame.path([(0, 0), (1, 1)]) == "M10.0 90.0 L110.0 10.0"


@pytest.mark.parametrize(("low", "high", "found"), [
    (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]), (0.91, 1, [0.92, 0.94, 0.96, 0.98, 1]), (0, 0.05, [0, 0.01, 0.02, 0.03, 0.04, 0.05])])
def test_ticks_are_round(low, high, found):
    assert ticks(low, high) == pytest.approx(found)
