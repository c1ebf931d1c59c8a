"""The terminal as people use it: piped and plain, beside a running server and without one."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from tests.yavar.servers import Server
from yavar.lines import PDI, RLI, Lines, lays_out, runs_right_to_left

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\u2066-\u2069\u200e\u200f]")
ORDERS = {"VTE_VERSION": "7200"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, demo_home: Callable[[Path], Path]) -> Iterator[Server]:
    server = Server(demo_home(tmp_path_factory.mktemp("terminal") / "home")).start()
    yield server
    server.stop()


def piped(server: Server, typed: str, *args: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-m", "yavar", "chat", *args], env=server.env, input=typed, capture_output=True, text=True,
                          timeout=120, check=False)


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("lang", "question", "sources"), [
    ("en", "How do I connect to the VPN?", "Sources"), ("ar", "كيف أتصل بالـ VPN من البيت؟", "المصادر"),
    ("fa", "چطور از خانه به VPN وصل شوم؟", "منابع")])
def test_a_piped_question_is_answered_in_plain_text_with_its_sources(server: Server, lang: str, question: str, sources: str) -> None:
    said = piped(server, question + "\n", "--lang", lang, "--token", server.token("user"))
    assert said.returncode == 0, said.stderr
    assert sources in said.stdout and f"{server.url}/knowledge/" in said.stdout and "VPN" in said.stdout
    assert not CONTROL.search(said.stdout.replace("\n", "")) and "**" not in said.stdout


@pytest.mark.timeout(300)
def test_a_verification_is_a_link_and_a_number_picks_a_choice(server: Server) -> None:
    said = piped(server, "I forgot my password\n", "--token", server.token("user"))
    assert re.search(re.escape(server.url) + r"/verify/\S+", said.stdout)
    said = piped(server, "How do I connect to the VPN?\n2\n", "--token", server.token("user"))
    assert "  2. Talk to a person" in said.stdout and "colleague answers here by" in said.stdout


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("lang", "person", "said"), [
    ("en", "I want to talk to a person", "Passed on"), ("ar", "أريد التحدث مع موظفة", "وصلت الرسالة"),
    ("fa", "می‌خواهم با همکارتان صحبت کنم", "پیامتان رسید")])
def test_who_waits_for_a_person_is_told_that_the_next_message_arrived(server: Server, lang: str, person: str, said: str) -> None:
    talked = piped(server, f"{person}\nVPN\n", "--lang", lang, "--token", server.token("user2"))
    assert talked.returncode == 0 and said in talked.stdout.splitlines()[-1], talked.stdout


@pytest.mark.timeout(300)
def test_wrong_words_of_a_newcomer_are_answered_without_a_trace(server: Server) -> None:
    for words in (("user", "add", "two words", "--role", "user"), ("user", "add", "", "--role", "user"), ("knowledge", "search", " ")):
        wrong = server.command(*words)
        assert wrong.returncode == 2 and "Traceback" not in wrong.stderr and len(wrong.stderr.strip().splitlines()) == 1, wrong.stderr
    assert "two words" not in server.command("user", "list").stdout


@pytest.mark.timeout(300)
@pytest.mark.parametrize("text", ["the wiki won't open", "الويكي ما يفتح معي", "ویکی باز نمیشه"])
def test_a_demo_house_s_own_services_are_known_to_the_explanation(server: Server, text: str) -> None:
    assert "run_diagnostic {'asset': 'wiki'}" in server.command("explain", text).stdout


@pytest.mark.timeout(300)
def test_what_is_wrong_is_said_and_nothing_breaks(server: Server) -> None:
    missing, wrong = piped(server, "hello\n"), piped(server, "hello\n", "--token", "nobody's")
    assert missing.returncode == 2 and "yavar token issue" in missing.stderr
    assert wrong.returncode == 2 and "Traceback" not in wrong.stderr and wrong.stderr.strip()
    nowhere = piped(server, "hello\n", "--token", "x", "--url", "http://127.0.0.1:9")
    assert nowhere.returncode == 3 and "yavar serve" in nowhere.stderr
    assert piped(server, "hello\n", "--token", "x", "--lang", "de").returncode == 2


@pytest.mark.timeout(300)
def test_the_server_is_asked_while_it_holds_the_index(server: Server) -> None:
    found = server.command("knowledge", "search", "connect to the VPN", "--lang", "en", "--k", "2")
    assert found.returncode == 0, found.stderr
    assert "VPN" in found.stdout.splitlines()[0] and "/knowledge/" in found.stdout and not re.search(r"^3\. ", found.stdout, re.MULTILINE)
    assert "the chain holds" in server.command("audit", "verify").stdout


@pytest.mark.timeout(300)
def test_explaining_stores_nothing_and_runs_nothing(server: Server) -> None:
    before = server.command("user", "show", "user").stdout
    told = server.command("explain", "please open a ticket: my screen is broken, my password is hunter2!X")
    assert told.returncode == 0, told.stderr
    assert "hunter2" not in told.stdout and "password" in told.stdout.splitlines()[1]
    assert "create_ticket" in told.stdout and "would run" in told.stdout and "answerable" in told.stdout
    assert server.command("user", "show", "user").stdout == before
    person = server.command("explain", "می‌خواهم با همکارتان صحبت کنم", "--lang", "fa")
    assert "hands off: asked" in person.stdout and "language     fa" in person.stdout


@pytest.mark.timeout(300)
def test_a_tool_is_rolled_out_from_the_terminal(server: Server) -> None:
    assert "every tool is automatic" in server.command("rollout", "list").stdout
    assert server.command("rollout", "set", "create_ticket", "shadow", "--lang", "fa").returncode == 0
    tools = server.command("tools").stdout
    assert re.search(r"create_ticket  risk: write  who: user  stage: automatic\n  except \*/fa: shadow", tools)
    assert "would not run: tool_shadow" in server.command("explain", "لطفاً تیکت ثبت کنید: پرینتر کاغذ گیر کرده است", "--lang", "fa").stdout
    person = server.command("rollout", "set", "handoff", "off")
    assert person.returncode == 2 and "always on" in person.stderr
    assert server.command("rollout", "set", "create_ticket", "unset", "--lang", "fa").returncode == 0
    assert "every tool is automatic" in server.command("rollout", "list").stdout
    figures = server.command("eval", "rollout")
    assert figures.returncode == 0, figures.stderr


@pytest.mark.timeout(300)
def test_an_account_is_looked_after(server: Server) -> None:
    assert server.command("account", "add", "Sara", "--role", "agent").returncode == 0        # by its old name too
    token = server.token("sara")
    with server.api(token) as api:
        assert api.get("/desk/queue").status_code == 200
    assert re.search(r"^sara +agent", server.command("user", "list").stdout, re.MULTILINE)
    assert server.command("user", "role", "sara", "user").returncode == 0
    with server.api(token) as api:
        assert api.get("/desk/queue").status_code == 403
    assert server.command("user", "disable", "sara").returncode == 0
    with server.api(token) as api:
        assert api.get("/tickets").status_code == 401
    assert server.command("token", "issue", "sara").returncode == 2
    assert "disabled since" in server.command("user", "show", "sara").stdout
    assert server.command("user", "enable", "sara").returncode == 0
    assert server.command("user", "password", "sara").stdout.startswith("password: ")
    assert server.token("sara")
    for last in (("disable", "admin"), ("role", "admin", "user")):
        refused = server.command("user", *last)
        assert refused.returncode == 2 and "only administrator" in refused.stderr
    assert server.command("user", "show", "nobody").returncode == 2
    assert "the chain holds" in server.command("audit", "verify").stdout


def drawn(text: str, environment: dict[str, str], *, terminal: bool = True) -> str:
    console = Console(file=StringIO(), force_terminal=terminal, color_system=None, width=40, highlight=False)
    Lines(console, environment).say(text)
    return console.file.getvalue()   # type: ignore[attr-defined]


def test_right_to_left_lines_are_set_apart_only_where_the_terminal_orders_them() -> None:
    text = "VPN وصل نمی‌شود"
    assert drawn(text, ORDERS).strip() == f"{RLI}{text}{PDI}"
    assert drawn(text, ORDERS).startswith("  ")                  # on the right
    assert drawn("ping wiki.example.org", ORDERS) == "ping wiki.example.org\n"
    assert drawn(text, {}) == text + "\n"                       # a terminal that doesn't: as it is, nothing reshaped
    assert drawn(text, ORDERS, terminal=False) == text + "\n"    # a pipe: plain text


def test_control_characters_never_reach_the_terminal() -> None:
    assert drawn("safe\x1b[31mred\x07", {}) == "safe[31mred\n"


@pytest.mark.parametrize(("environment", "known"), [
    ({}, False), ({"VTE_VERSION": "5700"}, False), ({"VTE_VERSION": "6003"}, True), ({"KONSOLE_VERSION": "230400"}, True),
    ({"TERM_PROGRAM": "vscode"}, False), ({"TERM_PROGRAM": "Apple_Terminal"}, True)])
def test_terminals_that_order_right_to_left_text_are_known(environment: dict[str, str], known: bool) -> None:
    assert lays_out(environment) is known


def test_a_line_s_direction_is_that_of_most_of_its_letters() -> None:
    assert runs_right_to_left("VPN وصل نمی‌شود")
    assert not runs_right_to_left("see سلام below, in the list of words") and not runs_right_to_left("42")


@pytest.mark.timeout(300)
def test_help_and_bad_input_need_no_house(tmp_path) -> None:
    env = {**os.environ, "YAVAR_HOME": str(tmp_path / "none")}
    for args in (["--help"], ["eval", "bench", "no-such"], ["eval", "bench", "search", "--sizes", "many"]):
        command = [sys.executable, "-X", "importtime", "-m", "yavar", *args]
        ended = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        assert ended.returncode == (0 if args == ["--help"] else 2)
        assert not re.search(r"\| +(langgraph|chromadb|sqlalchemy|rich|numpy)$", ended.stderr, re.MULTILINE), args
    assert not (tmp_path / "none").exists()
