"""Lines of three scripts on a terminal: in colour and to their own side where it can, plain text where it is no terminal.

Text is never reshaped or reordered: what is copied is what was said. A terminal that lays out right-to-left text itself is told where a
line of it begins and ends, and gets it on the right; another gets it as it is.
"""

import os
import re
import sys
from collections.abc import Mapping

from rich.console import Console
from rich.text import Text

RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
LETTER = re.compile(r"[^\W\d_]")
BOLD = re.compile(r"\*\*(.+?)\*\*")
RLI, PDI = "\u2067", "\u2069"
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
LAYS_OUT = ("KONSOLE_VERSION", "MLTERM")       # set by terminals that know the bidirectional algorithm
PROGRAMS = ("Apple_Terminal", "mintty", "WezTerm")
VTE_SINCE = 5800


class Lines:
    def __init__(self, console: Console | None = None, environment: Mapping[str, str] = os.environ) -> None:
        self.console = console or Console(highlight=False, soft_wrap=not sys.stdout.isatty())
        self.fancy = self.console.is_terminal
        self._lays_out = self.fancy and lays_out(environment)

    def say(self, text: str, style: str = "") -> None:
        for line in text.splitlines():
            self.console.print(self.shaped(line, style), justify="right" if self._on_the_right(line) else None)

    def shaped(self, line: str, style: str = "") -> Text:
        """A line without control characters, its emphasis drawn; set apart where it runs from right to left."""
        clean = CONTROL.sub("", line)
        shown = Text(style=style)
        if self._on_the_right(clean):
            shown.append(RLI)
        for at, part in enumerate(BOLD.split(clean)):
            shown.append(part, style="bold" if at % 2 else "")
        if self._on_the_right(clean):
            shown.append(PDI)
        return shown

    def _on_the_right(self, line: str) -> bool:
        return self._lays_out and runs_right_to_left(line)


def runs_right_to_left(line: str) -> bool:
    """By its majority: a Persian sentence that begins with VPN is Persian.

    >>> runs_right_to_left("VPN وصل نمی‌شود"), runs_right_to_left("ping wiki.example.org")
    (True, False)
    """
    letters = LETTER.findall(line)
    return bool(letters) and 2 * len(RTL.findall(line)) >= len(letters)


def lays_out(environment: Mapping[str, str]) -> bool:
    """True for terminals that are known to order right-to-left text themselves."""
    vte = environment.get("VTE_VERSION", "")
    return (any(name in environment for name in LAYS_OUT) or environment.get("TERM_PROGRAM") in PROGRAMS
            or (vte.isdecimal() and int(vte) >= VTE_SINCE))
