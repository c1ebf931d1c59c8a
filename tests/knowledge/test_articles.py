"""An article is read whole; a bad one is named by file and line."""

from pathlib import Path

import pytest

from desk.people import LANGS
from knowledge.articles import Article, read_article, read_folder
from knowledge.errors import BadArticle
from knowledge.stock import ARTICLES

GOOD = """---
topic: vpn
lang: en
title: Connect: the VPN
audience: everyone
owner: network-team
reviewed: 2026-11-20
---
Open the VPN app.

It signs in by itself.

## Set it up
1. Take it from the Company Portal.
2. Sign in.

## When it drops
- Wait a minute.
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "vpn").mkdir()
    return tmp_path / "vpn" / "en.md"


def test_an_article_is_a_lead_and_its_sections(file: Path, tmp_path: Path) -> None:
    file.write_text(GOOD, encoding="utf-8")
    article = read_article(file, tmp_path)
    assert (article.id, article.title, article.path) == ("vpn.en", "Connect: the VPN", "vpn/en.md")
    assert [(one.ordinal, one.heading) for one in article.sections] == [(0, ""), (1, "Set it up"), (2, "When it drops")]
    assert article.sections[0].text == "Open the VPN app.\n\nIt signs in by itself."
    assert article.sections[1].text == "1. Take it from the Company Portal.\n2. Sign in."


def test_a_passage_has_another_hash_when_its_title_changes(file: Path, tmp_path: Path) -> None:
    file.write_text(GOOD, encoding="utf-8")
    before = read_article(file, tmp_path)
    file.write_text(GOOD.replace("Connect: the VPN", "VPN"), encoding="utf-8")
    after = read_article(file, tmp_path)
    assert not {one.hash for one in before.sections} & {one.hash for one in after.sections}


def test_windows_line_ends_and_a_byte_order_mark_make_the_same_sections(file: Path, tmp_path: Path) -> None:
    file.write_text(GOOD, encoding="utf-8")
    plain = read_article(file, tmp_path)
    file.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert read_article(file, tmp_path).sections == plain.sections


def test_a_hash_in_a_fence_is_no_heading(file: Path, tmp_path: Path) -> None:
    file.write_text(GOOD + "\n```\n## not a heading\n# nor this\n```\n", encoding="utf-8")
    assert len(read_article(file, tmp_path).sections) == 3


@pytest.mark.parametrize(("old", "new", "said"), [
    ("---\ntopic", "topic", "vpn/en.md:1: the file must begin with ---"),
    ("reviewed: 2026-11-20\n---\n", "reviewed: 2026-11-20\n", "vpn/en.md:17: the front matter has no closing ---"),
    ("topic: vpn", "topic: wifi", "vpn/en.md:1: topic and lang must be those of the path"),
    ("topic: vpn", "topic: V P N", "vpn/en.md:2: topic must be"),
    ("lang: en", "lang: de", "vpn/en.md:3: lang must be one of en, ar, fa"),
    ("title: Connect: the VPN", "title:", "vpn/en.md:4: title is empty"),
    ("audience: everyone", "audience: every one", "vpn/en.md:5: audience must be"),
    ("owner: network-team", "author: network-team", "vpn/en.md:6: expected one of"),
    ("owner: network-team", "topic: vpn", "vpn/en.md:6: topic stands here twice"),
    ("owner: network-team\n", "", "vpn/en.md:7: owner missing"),
    ("reviewed: 2026-11-20", "reviewed: 20.11.2026", "vpn/en.md:7: reviewed must be a date"),
    ("Open the VPN app.\n\nIt signs in by itself.\n", "", "vpn/en.md:9: the lead is empty"),
    ("- Wait a minute.\n", "", "vpn/en.md:17: the section is empty"),
    ("## Set it up", "# Set it up", "vpn/en.md:13: the title stands in the front matter"),
])
def test_a_bad_article_is_named_by_file_and_line(file: Path, tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    file.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadArticle, match=f"^{said}"):
        read_article(file, tmp_path)


def test_the_shipped_topics_stand_in_all_languages_with_parallel_sections() -> None:
    articles = read_folder(ARTICLES)
    by_topic: dict[str, dict[str, Article]] = {article.topic: {} for article in articles}
    for article in articles:
        by_topic[article.topic][article.lang] = article
    assert len(by_topic) >= 12
    for topic, translations in by_topic.items():
        assert set(translations) == set(LANGS), topic
        assert len({len(one.sections) for one in translations.values()}) == 1, topic
        assert len({one.audience for one in translations.values()}) == 1, topic
