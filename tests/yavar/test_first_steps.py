"""A house without a demo, as a new operator walks it: empty, an administrator, people, an article, the first question."""

import re
import shutil
from pathlib import Path

import httpx
import pytest

from knowledge.stock import ARTICLES
from tests.yavar.servers import Server, until

ARTICLE = """---
topic: softphone
lang: fa
title: تلفن نرم‌افزاری زویپر
audience: everyone
owner: Network team
reviewed: 2026-11-01
---
زویپر تماس‌های داخلی شرکت را روی لپ‌تاپ می‌آورد.

## نصب و تنظیم زویپر
1. زویپر را از فهرست نرم‌افزارها نصب کنید.
2. شمارهٔ داخلی خود را وارد کنید.
"""


@pytest.mark.timeout(300)
def test_from_an_empty_house_to_the_first_answer(tmp_path: Path) -> None:
    server = Server(tmp_path / "home").start("--no-demo")
    try:
        told = server.log.read_text("utf-8")
        assert "Nobody can sign in yet" in told and "yavar account add NAME --role admin" in told and "/demo/" not in told
        assert httpx.get(f"{server.url}/demo/outbox", follow_redirects=True).status_code in (200, 404)
        assert httpx.get(f"{server.url}/demo/authenticator").status_code in (303, 404)

        added = server.command("account", "add", "root", "--role", "admin", "--email", "root@example.org")
        assert added.returncode == 0, added.stderr
        password = re.search(r"^password: (\S+)$", added.stdout, re.MULTILINE)
        assert password and f"sign in: {server.url}/signin" in added.stdout and "otpauth://totp/" in added.stdout
        with httpx.Client(base_url=server.url, headers={"Accept": "text/html"}) as browser:
            assert browser.post("/signin", data={"name": "root", "password": "a wrong one"}).headers.get("location") != "/"
            signed_in = browser.post("/signin", data={"name": "root", "password": password[1]})
            assert signed_in.status_code == 303, signed_in.text
            assert browser.get("/").headers["location"] == "/admin"
            assert browser.get("/admin").status_code == 200
            assert "account.added" in browser.get("/audit").text
        assert server.command("account", "add", "ROOT", "--role", "admin").returncode == 2, "a name is taken in any case"

        assert server.command("account", "add", "sara", "--lang", "fa").returncode == 0
        shelf = tmp_path / "articles"
        (shelf / "softphone").mkdir(parents=True)
        nothing = server.command("knowledge", "load", str(shelf))
        assert nothing.returncode == 2 and "no article" in nothing.stderr
        (shelf / "softphone" / "fa.md").write_text(ARTICLE.replace("reviewed: 2026-11-01", "reviewed: soon"), "utf-8")
        wrong = server.command("knowledge", "load", str(shelf))
        assert wrong.returncode == 2 and "softphone/fa.md:7: reviewed must be a date" in wrong.stderr
        (shelf / "softphone" / "fa.md").write_text(ARTICLE, "utf-8")
        shutil.copytree(ARTICLES, shelf, dirs_exist_ok=True)             # the shipped articles to begin with, and one's own
        loaded = server.command("knowledge", "load", str(shelf))
        shelved = len(list(shelf.glob("*/*.md")))
        assert loaded.returncode == 0 and f"{shelved} articles put on the shelf" in loaded.stdout, loaded.stderr

        with server.api(server.token("sara")) as api:
            found = until(lambda: api.get("/knowledge/search", params={"q": "زویپر"}).json()["hits"], 60)
            assert found[0]["title"] == "تلفن نرم‌افزاری زویپر"
            conversation = api.post("/conversations", json={}).json()
            assert conversation["lang"] == "fa" and "۳۶۵" not in conversation["notice"] and "365" in conversation["notice"]
            question = {"text": "زویپر را چطور تنظیم کنم؟"}

            def cited() -> list[str]:
                """Asked afresh each time: the article is known by its words at once, and by its sense a little later."""
                path = f"/conversations/{api.post('/conversations', json={}).json()['id']}/messages"
                return [each["url"].split("#")[0] for each in api.post(path, json=question).json()["reply"]["citations"]]

            assert until(cited, 60)[0] == "/knowledge/softphone.fa"
    finally:
        server.stop()
