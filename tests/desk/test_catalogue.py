"""The service catalogue: whole in three languages, refused with file and line, filled from what a message says."""

from datetime import date
from pathlib import Path

import pytest

from desk.catalogue import BadCatalogue, load, parse, prefilled
from desk.moments import day_in, span_in

TODAY = date(2026, 11, 22)      # a Sunday; 1 Azar 1405

GOOD = """entries:
  - id: chair
    name: {en: Chair, ar: كرسي, fa: صندلی}
    about: {en: A chair, ar: كرسي, fa: یک صندلی}
    aliases: {en: [chair], ar: [كرسي], fa: [صندلی]}
    fields:
      - {id: why, kind: long, label: {en: Why, ar: لماذا, fa: چرا}}
"""


def test_the_shipped_catalogue_has_eight_entries_and_every_one_can_be_asked_for_in_three_languages() -> None:
    catalogue = load()
    assert [entry.id for entry in catalogue.entries] == [
        "equipment", "software", "access", "vpn", "mailbox", "mobile", "room", "guest_account"]
    assert all(getattr(entry.aliases, lang) for entry in catalogue.entries for lang in ("en", "ar", "fa"))


@pytest.mark.parametrize(("broken", "line", "says"), [
    (GOOD.replace("id: chair", "id: Big Chair"), 2, "small Latin letters"),
    (GOOD.replace(", fa: صندلی}\n    about", "}\n    about"), 3, "name.fa"),
    (GOOD.replace("fa: [صندلی]", "fa: []"), 2, "no alias in fa"),
    (GOOD.replace("kind: long", "kind: rating"), 7, "kind"),
    (GOOD.replace("kind: long", "kind: choice"), 7, "two options"),
    (GOOD.replace("kind: long", "kind: text, pattern: '('"), 7, "no regular expression"),
    (GOOD + GOOD.partition("\n")[2], 1, "chair stands twice"),
    (GOOD.replace("about:", "abuot:"), 4, "abuot"),
    (GOOD + "  - {", 8, ""),
    ("", 1, ""),
])
def test_a_faulty_catalogue_is_refused_with_its_line(broken: str, line: int, says: str) -> None:
    assert parse(GOOD, "ours.yaml").entries
    with pytest.raises(BadCatalogue) as caught:
        parse(broken, "ours.yaml")
    assert f"ours.yaml:{line}:" in str(caught.value) and says in str(caught.value)


def test_a_catalogue_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadCatalogue, match="nowhere"):
        load(tmp_path / "nowhere.yaml")


@pytest.mark.parametrize(("entry", "message", "said"), [
    ("equipment", "I need a new laptop by 1 December", {"item": "laptop", "needed_by": "2026-12-01"}),
    ("equipment", "یه لپ‌تاپ جدید تا ۱۲ آذر لازم دارم", {"item": "laptop", "needed_by": "2026-12-03"}),
    ("equipment", "أحتاج شاشة ثانية بعد 3 أيام", {"item": "monitor", "needed_by": "2026-11-25"}),
    ("software", "أحتاج رخصة برنامج فوتوشوب على ويندوز", {"software": "فوتوشوب", "platform": "windows"}),
    ("software", "please install Blender on my mac", {"software": "Blender on my mac", "platform": "macos"}),
    ("access", "please give me read access to the finance folder", {"target": "finance folder", "level": "read"}),
    ("access", r"I need \\files\hr$ please", {"target": r"\\files\hr$"}),
    ("access", "دسترسی به پوشهٔ مشترک مالی می‌خوام", {"target": "پوشهٔ مشترک مالی"}),
    ("vpn", "I need vpn from monday on my own laptop", {"starts": "2026-11-23", "device": "own"}),
    ("vpn", "من از فردا دورکاری دارم", {"starts": "2026-11-23"}),
    ("guest_account", "an account for John Smith, from 1 December", {"guest": "John Smith", "starts": "2026-12-01"}),
    ("mobile", "I want it", {}),
])
def test_what_a_message_says_already_is_filled_in(entry: str, message: str, said: dict[str, str]) -> None:
    found = load().get(entry)
    assert found is not None
    assert prefilled(found, message, TODAY) == said | {"reason": message}


@pytest.mark.parametrize(("text", "day"), [
    ("tomorrow", "2026-11-23"), ("بعد غد", "2026-11-24"), ("پس‌فردا", "2026-11-24"), ("in 2 weeks", "2026-12-06"),
    ("۳ روز دیگه", "2026-11-25"),
    ("on Thursday", "2026-11-26"), ("الخميس القادم", "2026-11-26"), ("سه‌شنبه", "2026-11-24"), ("2026-12-24", "2026-12-24"),
    ("1405-09-12", "2026-12-03"), ("5 ديسمبر", "2026-12-05"), ("November 5th", "2027-11-05"),
    ("nothing of the kind", None), ("31 February", None),
])
def test_a_coming_day_is_read_in_three_languages(text: str, day: str | None) -> None:
    found = day_in(text, TODAY)
    assert (found.isoformat() if found else None) == day


@pytest.mark.parametrize(("text", "first", "last"), [
    ("yesterday", 21, 21), ("دیروز", 21, 21), ("أمس", 21, 21), ("last week", 8, 21), ("الأسبوع الماضي", 8, 21), ("هفتهٔ پیش", 8, 21),
    ("3 days ago", 19, 19), ("قبل 3 أيام", 19, 19), ("۳ روز پیش", 19, 19), ("on monday", 16, 16), ("5 November", 5, 5),
])
def test_days_gone_by_are_read_for_looking_up(text: str, first: int, last: int) -> None:
    assert span_in(text, TODAY) == (TODAY.replace(day=first), TODAY.replace(day=last))
