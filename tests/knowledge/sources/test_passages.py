"""Passages: nothing lost, nothing twice, places that are true, and tables and code in one piece."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.sources.layout import Layout
from knowledge.sources.passages import LEAST, MOST, Piece, cut, first_title, heading

WORDS = st.sampled_from(["router", "VPN", "green", "light", "الشبكة", "الموجّه", "می‌شود", "رمز", "وی‌پی‌ان", "2.0", "—", "the", "و"])
SENTENCES = st.lists(WORDS, min_size=1, max_size=30).map(lambda words: " ".join(words) + ". ")
PARAGRAPHS = st.lists(SENTENCES, min_size=1, max_size=12).map("".join)
LONG_WORDS = st.integers(1, 4000).map(lambda n: "ن" * n)
ITEMS = st.lists(SENTENCES, min_size=1, max_size=60).map(lambda some: "\n".join(f"- {one.strip()}" for one in some))
TABLES = st.lists(st.tuples(WORDS, SENTENCES), min_size=1, max_size=60).map(
    lambda rows: "\n".join(["| a | b |", "|---|---|", *(f"| {a} | {b.strip()} |" for a, b in rows)]))
CODE = st.lists(SENTENCES, min_size=1, max_size=60).map(lambda some: "```sh\n" + "\n\n".join(f"# {one}" for one in some) + "\n```")
IN_LIST = CODE.map(lambda code: "1. Run this:\n\n" + "\n".join(f"   {line}" for line in code.split("\n")))
HEADINGS = st.tuples(st.integers(1, 6), WORDS, st.integers(0, 99)).map(lambda one: f"{'#' * one[0]} {one[1]} {one[2]}")
SETEXT = WORDS.map(lambda word: f"{word} below\n===")
BLOCKS = st.one_of(PARAGRAPHS, LONG_WORDS, ITEMS, TABLES, CODE, IN_LIST, HEADINGS, HEADINGS, SETEXT, st.text(max_size=40))
DOCUMENTS = st.lists(BLOCKS, max_size=14).map("\n\n".join).map(lambda text: text.replace("\r", "\n").replace("\0", ""))


def uncovered(text: str, pieces: list[Piece]) -> list[tuple[int, int]]:
    ends = [0, *(piece.ends for piece in pieces)]
    return list(zip(ends, [*(piece.begins for piece in pieces), len(text)], strict=True))


@given(DOCUMENTS)
def test_what_says_something_is_in_one_passage_or_in_the_path_of_those_below_it(text: str) -> None:
    pieces = cut(text)
    for one, other in pairwise(pieces):
        assert one.ends <= other.begins
    headings = {heading.begins: heading for heading in Layout.of(text).headings}
    for number, (begins, ends) in enumerate(uncovered(text, pieces)):
        within = [heading for at, heading in headings.items() if begins <= at < ends]
        for each in within:
            assert not each.title or each.title in pieces[number].path, each
        rest = text[begins:ends]
        for each in reversed(within):
            rest = rest[:each.begins - begins] + rest[each.ends - begins:]
        assert not rest.strip(), rest


@given(DOCUMENTS)
def test_a_passage_is_never_empty_and_longer_than_it_may_be_only_around_what_stays_whole(text: str) -> None:
    whole = Layout.of(text).whole
    for piece in cut(text):
        assert 0 <= piece.begins < piece.ends <= len(text)
        assert text[piece.begins:piece.ends].strip()
        inside = [span for span in whole if piece.begins <= span[0] and span[1] <= piece.ends + 1]
        assert piece.ends - piece.begins <= MOST or inside


@given(DOCUMENTS)
def test_a_table_and_a_block_of_code_are_never_cut(text: str) -> None:
    pieces = cut(text)
    for begins, ends in Layout.of(text).whole:
        filled = text[begins:ends].strip()
        holding = [piece for piece in pieces if piece.begins < ends and piece.ends > begins]
        assert len(holding) == 1 and filled in text[holding[0].begins:holding[0].ends] if filled else not holding


@given(st.lists(st.one_of(PARAGRAPHS, LONG_WORDS, HEADINGS, TABLES), max_size=12).map("\n\n".join))
def test_plain_text_is_covered_by_passages_within_the_bound(text: str) -> None:
    pieces = cut(text, plain=True)
    assert "".join(text[a:b].strip() for a, b in uncovered(text, pieces)) == ""
    assert all(piece.path == () and piece.ends - piece.begins <= MOST for piece in pieces)


TEXT = """# VPN guide

Read this first.

## Connect

{long}

### On Linux

{long}

## Ports

| port | what |
|---|---|
| 443 | tunnel |
"""


def test_a_passage_carries_the_headings_that_it_stands_under() -> None:
    text = TEXT.format(long="Open the app and wait. " * 20)
    pieces = cut(text)
    assert [piece.path for piece in pieces] == [
        ("VPN guide",), ("VPN guide", "Connect"), ("VPN guide", "Connect", "On Linux"), ("VPN guide", "Ports")]
    assert first_title(text) == "VPN guide"
    assert heading(pieces[2].path, "VPN guide", 400) == "Connect › On Linux"
    assert heading(pieces[2].path, "VPN guide", 10) == "On Linux"
    assert [text[piece.begins:].split("\n")[0][:12] for piece in pieces] == ["Read this fi", "Open the app", "Open the app", "| port | wha"]


def test_very_short_sections_are_joined_under_the_heading_that_they_share() -> None:
    text = "# Ports\n\n## SSH\n\n22\n\n## HTTPS\n\n443\n\n## DNS\n\n53\n"
    piece, = cut(text)
    assert (text[piece.begins:piece.ends], piece.path) == ("## SSH\n\n22\n\n## HTTPS\n\n443\n\n## DNS\n\n53", ("Ports",))


def test_a_long_section_is_cut_at_its_paragraphs() -> None:
    paragraphs = [f"{number}. " + "It is slow on Mondays. " * 20 for number in range(12)]
    text = "## Slow\n\n" + "\n\n".join(paragraphs)
    pieces = cut(text, plain=False)
    assert len(pieces) > 3
    for piece in pieces:
        assert piece.path == ("Slow",) and LEAST < piece.ends - piece.begins <= MOST
        assert re.match(r"\d+\. It", text[piece.begins:])


@pytest.mark.parametrize("text", ["", "\n\n \n", "\t"])
def test_nothing_has_no_passages(text: str) -> None:
    assert cut(text) == [] and cut(text, plain=True) == []
