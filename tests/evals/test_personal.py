"""A text that leads to somebody is given up, in whichever language and script the person is named; what leads to nobody stays."""

import pytest

from desk.people import Account, Profile, Role
from evals.harvest.personal import Known


def account(name: str, display: str, role: Role = Role.USER) -> Account:
    return Account(id=f"id-of-{name}", name=name, display=display, email=f"{name}@corp.example", role=role, lang="en")


KNOWN = Known.from_people([account("s.karimi", "Sarah Karimi"), account("omar", "عمر الخطيب"), account("agent2", "Agent2", Role.AGENT),
                           account("user", "User")],
                          [Profile(account="id-of-omar", source="hr", devices=("LT-90417",))], ["1042"])


@pytest.mark.parametrize("text", [
    "Sarah's laptop is broken", "SARAH cannot print", "ask s.karimi about the vpn", "the account id-of-omar is locked",
    "لابتوب عمر لا يعمل", "أرسلوها لعمر من فضلكم", "لپ‌تاپ سارا کریمی کار نمی‌کند", "حاسوب كريمي سارة معطل",
    "my LT-90417 is dead", "my name is Quillon and I cannot print", "this is Quillon from finance, the printer is down",
    "I'm Quillon Brand, the printer is down", "Mr. Quillon needs a badge", "اسمي قويلون والطابعة معطلة", "معكم ليلى من قسم المالية",
    "المهندسة ليلى تحتاج شاشة", "اسمم کیوان است و پرینتر خراب است", "خانم رستمی مانیتور می‌خواهد", "آقای رستمی پشت خط است",
])
def test_somebody_is_named(text: str) -> None:
    assert KNOWN.clean(text) is None


@pytest.mark.parametrize(("text", "left"), [
    ("How do I connect to the VPN from home?", "How do I connect to the VPN from home?"),
    ("I want to talk to an agent, not to a user guide", "I want to talk to an agent, not to a user guide"),
    ("this is urgent, the printer is down", "this is urgent, the printer is down"),
    ("كيف أتصل بالـ VPN من البيت؟", "كيف أتصل بالـ VPN من البيت؟"),
    ("پرینتر طبقهٔ دوم کار نمی‌کند", "پرینتر طبقهٔ دوم کار نمی‌کند"),
    ("error 0x80070005 on Windows 2019", "error 0x80070005 on Windows 2019"),
    ("what about ticket 1042 and #1042?", "what about ticket [number] and [number]?"),
    ("ماذا عن التذكرة ١٠٤٢؟", "ماذا عن التذكرة [number]؟"),
    ("my laptop lt 90417 is dead", "my laptop lt [number] is dead"),
    ("my staff number is 88213", "my staff number is [number]"),
    ("write to somebody@else.example", "write to [e-mail]"),
])
def test_nobody_is(text: str, left: str) -> None:
    assert KNOWN.clean(text) == left


def test_nothing_is_no_text() -> None:
    assert KNOWN.clean("  ") is None
