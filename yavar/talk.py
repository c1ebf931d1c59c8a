"""`yavar chat`: a conversation in the terminal with a running server."""

import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from rich.live import Live

from desk.people import Lang
from desk.words import words
from yavar.lines import Lines
from yavar.remote import NoServer, Problem, Remote

DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


class Talk:
    def __init__(self, remote: Remote, lang: Lang | None, lines: Lines) -> None:
        opened = remote.post("/conversations", {"lang": lang} if lang else {})
        self._remote, self._lines = remote, lines
        self._id, self._lang = opened["id"], opened["lang"]
        self._choices: list[str] = []
        self._turns: set[str] = set()          # whose answers have been shown

    def run(self) -> None:
        """Until the end of the input, or Ctrl-C."""
        if self._lines.fancy:
            self._lines.say(self._word("greeting"), "dim")
            threading.Thread(target=self._follow, daemon=True).start()
        with suppress(KeyboardInterrupt, EOFError):
            for text in self._asked():
                self._turn(self._picked(text))
        if self._lines.fancy:
            self._lines.say("")
            self._lines.say(self._word("bye"), "dim")

    def _asked(self) -> Iterator[str]:
        if not sys.stdin.isatty():
            yield from (line.strip() for line in sys.stdin if line.strip())
            return
        while True:
            text = self._lines.console.input("[bold cyan]› [/]").strip()
            if text:
                yield text

    def _picked(self, text: str) -> str:
        """A number stands for the choice of that number."""
        at = text.translate(DIGITS)
        return self._choices[int(at) - 1] if at.isdecimal() and 0 < int(at) <= len(self._choices) else text

    def _turn(self, text: str) -> None:
        try:
            answer = self._answer(text)
        except (Problem, NoServer) as error:
            self._lines.say(str(error), "red")
            return
        if answer is not None:
            self._show(answer)

    def _answer(self, text: str) -> dict[str, Any] | None:
        """The whole answer; until it is there the steps and the words that have come, where there is a terminal to show them."""
        events = self._remote.stream("POST", f"/conversations/{self._id}/messages", {"text": text})
        if not self._lines.fancy:
            return self._last(events)
        with Live(console=self._lines.console, transient=True, auto_refresh=False) as live:
            return self._last(events, live)

    def _last(self, events: Iterator[tuple[str, dict[str, Any]]], live: Live | None = None) -> dict[str, Any] | None:
        so_far, answer = "", None
        for kind, data in events:
            if kind == "error":
                raise Problem(int(data.get("status", 500)), str(data.get("detail", "")))
            if kind == "message":
                answer = data
                self._turns.add(data["turn_id"])
            elif live:
                so_far = so_far + data["text"] if kind == "delta" else so_far
                last = (so_far or str(data.get("text", ""))).splitlines()[-1:]
                live.update(self._lines.shaped(last[0] if last else "", "dim"), refresh=True)
        return answer

    def _show(self, answer: dict[str, Any]) -> None:
        reply = answer["reply"]
        self._choices = reply["choices"] if reply else []
        if reply is None:
            self._lines.say(self._word("heard"), "dim")
        if reply:
            self._lang = reply["lang"]
            self._lines.say(reply["text"])
            self._sources(reply["citations"])
        self._needs(answer["needs"])
        if self._choices:
            self._lines.say(self._word("choose"), "dim")
            for at, choice in enumerate(self._choices, 1):
                self._lines.say(f"  {at}. {choice}", "cyan")
        self._lines.say("")

    def _sources(self, citations: list[dict[str, Any]]) -> None:
        if citations:
            self._lines.say("")
            self._lines.say(self._word("sources"), "dim")
        for cited in citations:
            self._lines.say(f"  [{cited['n']}] {cited['title']}", "dim")
            self._lines.say(f"      {self._remote.absolute(cited['url'])}", "dim")

    def _needs(self, needs: dict[str, Any] | None) -> None:
        if needs and needs.get("url"):
            self._lines.say("")
            self._lines.say(self._word("prove" if needs["kind"] == "verification" else "open"), "bold")
            self._lines.say(f"  {self._remote.absolute(needs['url'])}", "bold cyan")

    def _follow(self) -> None:
        """What others say meanwhile: people of the desk, and turns that were begun elsewhere."""
        after = 0
        while True:
            try:
                for kind, data in self._remote.stream("GET", f"/conversations/{self._id}/events?after={after}"):
                    if kind == "message" and "seq" in data:
                        after = max(after, int(data["seq"]))
                        if data["author"] in ("person", "system"):
                            self._lines.say(data["text"], "green" if data["author"] == "person" else "dim")
            except NoServer:
                continue
            except (Problem, OSError, ValueError):
                return

    def _word(self, which: str) -> str:
        return words().say(self._lang, f"terminal.{which}")
