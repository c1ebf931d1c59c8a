"""What a house declares is checked with file and line; what a message names is found in three languages and scripts."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.assets import Declarations, read_assets
from tools.declared import BadDeclaration, read
from tools.naming import distance, named
from tools.runbooks import shipped
from yavar.demo_services import PORTS, declared

GOOD = """assets:
  - id: wiki
    name: {en: the wiki, ar: الويكي, fa: ویکی}
    owner: web
    runbook: internal-site
    url: https://wiki.example.org/
"""


def demo() -> Declarations:
    return declared(dict.fromkeys(PORTS, 8000), datetime(2026, 11, 22, 12, tzinfo=UTC))


@pytest.mark.parametrize(("change", "line", "said"), [
    (("url: https://wiki.example.org/", "url: file:///etc/passwd"), 2, "https://wiki.example.org"),
    (("url: https://wiki.example.org/", "url: https://me:secret@wiki.example.org/"), 2, "without user"),
    (("url: https://wiki.example.org/", "url: 'https://wiki.example.org/a b'"), 2, "a path like"),
    (("url: https://wiki.example.org/", "host: '-oProxyCommand=x'\n    port: 22"), 2, "a host name"),
    (("url: https://wiki.example.org/", "host: wiki.example.org"), 2, "belong together"),
    (("url: https://wiki.example.org/", "host: wiki.example.org\n    port: 99999"), 7, "less than or equal to 65535"),
    (("id: wiki", "id: ../wiki"), 2, "match pattern"),
    (("fa: ویکی", "de: das Wiki"), 3, "Field required"),
    (("owner: web", "owner: web\n    onwer: web"), 5, "not permitted"),
    (("owner: web", "owner: web\n    owner: net"), 5, "stands twice"),
    (("runbook: internal-site", "runbook: internal-site\n    status: {path: health}"), 6, "a path like"),
    (("assets:", "assets: ["), 2, "no YAML"),
])
def test_what_is_wrong_is_named_with_its_line(change: tuple[str, str], line: int, said: str) -> None:
    with pytest.raises(BadDeclaration) as told:
        read(GOOD.replace(*change), "assets.yaml", Declarations)
    assert f"assets.yaml:{line}:" in str(told.value) and said in str(told.value), str(told.value)


def test_the_same_file_unharmed_is_read() -> None:
    found = read(GOOD, "assets.yaml", Declarations).by_id["wiki"]
    assert found.endpoint is not None and (found.endpoint.host, found.endpoint.port, found.endpoint.tls) == ("wiki.example.org", 443, True)
    assert found.checks == ("dns", "tcp", "tls", "http")


@pytest.mark.parametrize(("change", "said"), [
    (("runbook: internal-site", "runbook: telepathy"), "there is no runbook telepathy"),
    (("owner: web", "owner: web\n    authority: ours.crt"), "there is no file ours.crt"),
])
def test_a_runbook_or_authority_that_is_not_there_is_named(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    path = tmp_path / "assets.yaml"
    path.write_text(GOOD, "utf-8")
    assert read_assets(path, frozenset(shipped())).assets
    path.write_text(GOOD.replace(*change), "utf-8")
    with pytest.raises(BadDeclaration, match=said):
        read_assets(path, frozenset(shipped()))


@pytest.mark.parametrize(("text", "asset"), [
    ("the VPN drops every ten minutes", "vpn"), ("Outlok keeps crashing", "mail"), ("the portla is slow", "portal"),
    ("I can't get to the shared drive", "files"), ("wi-fi is gone", "wifi"), ("cannot reach onedrive since noon", "files"),
    ("my e-mails do not arrive", "mail"), ("the coffee machine leaks", None), ("", None),
    ("وی‌پی‌ان قطع میشه", "vpn"), ("وی پی ان قطع میشه", "vpn"), ("ویپیان وصل نمیشه", "vpn"), ("ایمیل‌هام نمیاد", "mail"),
    ("ايميل من باز نميشه", "mail"), ("پرینترمون چاپ نمیکنه", "printing"), ("سرورِ فایل بالا نمیاد", "files"), ("صندلی من شکسته", None),
    ("لپ‌تاپم خیلی کنده", None), ("سیستمم کنده", "computer"),
    ("الفي بي ان يفصل", "vpn"), ("شبكة الـ VPN لا تتصل", "vpn"), ("الإيميل ما يفتح", "mail"), ("والطابعة ما تطبع", "printing"),
    ("البوابه بطيئة", "portal"), ("الويكى لا يعمل", "wiki"), ("خادم الملفّات متوقف", "files"), ("الكرسي مكسور", None),
])
def test_an_asset_is_found_however_it_is_written(text: str, asset: str | None) -> None:
    found = named(text, demo().assets)
    assert (found.id if found else None) == asset


@given(st.text(max_size=60))
def test_any_text_names_a_declared_asset_or_none(text: str) -> None:
    found = named(text, demo().assets)
    assert found is None or found in demo().assets


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_a_distance_is_the_same_both_ways_and_nothing_only_between_equals(one: str, other: str) -> None:
    there, back = distance(one, other, 9), distance(other, one, 9)
    assert there == back and (there == 0) is (one == other)
