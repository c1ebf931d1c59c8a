"""What `yavar eval review` and `yavar eval agreement` do: judging candidates one by one, and how far raters agree."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals import suites
from evals.agreement import agreements, as_text, read
from evals.case import BadData
from evals.review import Sheet, dropped, labelled, settled, shown

NAME = re.compile(r"[\w.-]{1,40}")
DROP, SKIP, QUIT = "-", "?", "."


@dataclass(kw_only=True)
class Table:
    """Where a rater sits. `ask` shows the question and gives what is typed; it raises EOFError where nobody types any more."""

    sheet: Sheet
    say: Callable[[str], None]
    ask: Callable[[str], str]

    def review(self, rater: str) -> int:
        """How many were judged now."""
        if not NAME.fullmatch(rater):
            raise BadData(f"--rater {rater}: letters, digits, `.`, `_` and `-`, at most 40")
        left = self.sheet.left_for(rater)
        return self._go_through(left, lambda row, label: labelled(row, rater, label), lambda row: row.get("proposed"))

    def settle(self) -> int:
        """Decide where raters differ."""
        return self._go_through(self.sheet.disputed(), settled, lambda row: None)

    def _go_through(self, places: Sequence[int], judged: Callable[[dict[str, Any], str], dict[str, Any]],
                    proposed: Callable[[dict[str, Any]], str | None]) -> int:
        done = 0
        for count, at in enumerate(places, 1):
            row = self.sheet.rows[at]
            self.say("\n".join([f"\n{count} of {len(places)}, line {at + 1}", *shown(row), *self._said(row, judged)]))
            word = self._word(labels_of(row), proposed(row))
            if word == QUIT:
                break
            if word != SKIP:
                self.sheet.put(at, dropped(row) if word == DROP else judged(row, word))
                done += 1
        return done

    def _said(self, row: dict[str, Any], judged: Callable[..., Any]) -> list[str]:
        """Who settles is told what the raters said; who rates is not."""
        return [f"  {rater} said {label}" for rater, label in row["labels"].items()] if judged is settled else []

    def _word(self, labels: Sequence[str], proposed: str | None) -> str:
        keys = ", ".join([f"Enter = {proposed}"] if proposed else [])
        choices = "  ".join(f"{number} {label}" for number, label in enumerate(labels, 1)) or "type the label"
        hint = "  ".join(part for part in (keys, choices, f"{DROP} drop", f"{SKIP} skip", f"{QUIT} stop") if part)
        while True:
            try:
                word = self.ask(hint).strip()
            except EOFError:
                return QUIT
            found = read_word(word, labels, proposed)
            if found:
                return found
            self.say(f"“{word}” is none of them." if word else "Nothing is proposed: choose one.")


def read_word(word: str, labels: Sequence[str], proposed: str | None) -> str:
    """What was meant: a label by its name, its number or an unambiguous beginning, or one of the signs; "" for nothing of it."""
    if not word:
        return proposed or ""
    if word in (DROP, SKIP, QUIT) or word in labels:
        return word
    if not labels:
        return word
    if word.isdecimal() and 0 < int(word) <= len(labels):
        return labels[int(word) - 1]
    begun = [label for label in labels if label.startswith(word)]
    return begun[0] if len(begun) == 1 else ""


def labels_of(row: dict[str, Any]) -> tuple[str, ...]:
    """Those of the suite that the case is for; none where any word will do."""
    name = row.get("suite")
    found: tuple[str, ...] = getattr(suites.exam(name), "labels", ()) if name in suites.names() else ()
    return found


def review(path: Path, rater: str, *, settle: bool, say: Callable[[str], None], ask: Callable[[str], str]) -> str:
    """What was done and what is left, in a sentence. Raises BadData."""
    sheet = Sheet.read(path)
    table = Table(sheet=sheet, say=say, ask=ask)
    done = table.settle() if settle else table.review(rater)
    left = len(sheet.disputed() if settle else sheet.left_for(rater))
    more = f"{left} left: the same command goes on." if left else "Nothing is left."
    if not settle and sheet.disputed():
        more += f" Raters differ on {len(sheet.disputed())}: `yavar eval agreement {path}` shows them, --settle decides."
    return f"{done} judged. {more}"


def agreement(path: Path, seed: int) -> str:
    """Raises BadData where no two raters have labelled the same case."""
    found = agreements(read(path), seed)
    if not found:
        raise BadData(f"{path}: no case has labels of two raters. Let a second person run `yavar eval review {path} --rater NAME`.")
    return "\n\n".join(as_text(each) for each in found)
