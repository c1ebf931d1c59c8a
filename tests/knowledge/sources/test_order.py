"""Glyphs by their places become the line that was meant, whichever way it runs."""

import pytest

from knowledge.sources.formats.order import Glyph, logical


def drawn(visual: list[str], *, spaced: bool = True) -> list[Glyph]:
    """Glyphs from left to right, each ten wide; without `spaced` a space is only a gap."""
    placed = [Glyph(text=text, left=10.0 * at, right=10.0 * at + 10) for at, text in enumerate(visual)]
    return [glyph for glyph in placed if spaced or glyph.text != " "]


@pytest.mark.parametrize("spaced", [True, False])
@pytest.mark.parametrize(("visual", "meant"), [
    ("Restart it.", "Restart it."),
    (".هبرجو زاب", "باز وجربه."),
    ("VPN", "VPN"),
    (".دنک یم راک VPN 2.0", "VPN 2.0 کار می کند."),
    ("17 و 8 نیب", "بین 8 و 17"),
    ("۱۲ و ۸", "۸ و ۱۲"),
    ("3 2 1 ماقرأ", "أرقام 1 2 3"),
    ("the word هبرجو زاب ends", "the word باز وجربه ends"),
])
def test_a_line_is_read_as_it_was_written(visual: str, meant: str, spaced: bool) -> None:
    assert logical(drawn(list(visual), spaced=spaced)) == meant


def test_a_ligature_keeps_its_letters_and_a_mark_goes_to_its_letter() -> None:
    ligature = drawn(["م", "لا", "س"])
    assert logical(ligature) == "سلام"
    mark = Glyph(text="ّ", left=13.0, right=16.0)
    assert logical([mark, *ligature]) == "سلاّم"


@pytest.mark.parametrize("visual", ["(ب) ا", ")ب( ا"])
def test_a_bracket_opens_before_it_closes_whichever_way_it_was_written(visual: str) -> None:
    assert logical(drawn(list(visual))) == "ا (ب)"


def test_nothing_is_nothing() -> None:
    assert logical([]) == "" and logical([Glyph(text="ّ", left=0, right=1)]) == ""
