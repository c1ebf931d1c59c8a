"""How a person writes: which of the known ways of putting it, in what mood, with which slips. Everything comes from one seed."""

import random
import re
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files

from desk.people import Lang
from evals.scenarios.shape import MOODS, Line, Lines, Mood, PerLang
from knowledge.normalise import fold
from tools.declared import Declared, read

SLIPS: dict[Mood, float] = {"plain": 0.02, "polite": 0.0, "hurried": 0.08, "annoyed": 0.04}      # of words
SHORTEST = 5                   # letters of a word that one slips in
KEPT = re.compile(r"[A-Za-z0-9٠-٩۰-۹@./\\_-]")     # what holds a name, a number or an address is written with care
HABIT = 0.3                    # of how many messages a habit of writing shows
LETTERS = {"ar": (("أ", "ا"), ("إ", "ا"), ("ة", "ه")), "fa": (("\u200c", " "), ("\u200c", ""), ("ی", "ي")), "en": (("'", ""),)}


class Moods(Declared):
    """What stands before or after a message in this mood; "…" is the message."""

    plain: Lines
    polite: Lines
    hurried: Lines
    annoyed: Lines

    def of(self, mood: Mood) -> tuple[str, ...]:
        found: tuple[str, ...] = getattr(self, mood)
        return found


class MoodsPerLang(Declared):
    en: Moods
    ar: Moods
    fa: Moods


class Stock(Declared):
    """What everybody says, whatever the scenario."""

    moods: MoodsPerLang
    works: PerLang
    still: PerLang
    not_that: PerLang
    person: PerLang
    thanks: PerLang
    leaves: PerLang

    def lines(self, lang: Lang) -> frozenset[Line]:
        return frozenset(line for part in (self.works, self.still, self.not_that, self.person, self.thanks, self.leaves)
                         for line in part.of(lang))


@cache
def stock() -> Stock:
    name = "stock.yaml"
    return read(files("evals.scenarios").joinpath(name).read_text("utf-8"), name, Stock)


class Voice:
    def __init__(self, lang: Lang, moods: Sequence[Mood], seed: str, careful: Iterable[str] = ()) -> None:
        """`seed`: the same one speaks the same way. `careful`: what is written without slips, since it will be looked for."""
        self.lang = lang
        self._careful = [fold(each) for each in careful]
        self._draw = random.Random(seed)
        self.mood: Mood = self._draw.choice(list(moods or MOODS))

    def one_of(self, lines: Sequence[str]) -> str:
        return self._draw.choice(list(lines))

    def in_some_order(self, lines: Sequence[str]) -> list[str]:
        return self._draw.sample(list(lines), len(lines))

    def chance(self, share: float) -> bool:
        return self._draw.random() < share

    def minutes(self, least: int, most: int) -> int:
        return self._draw.randint(least, most)

    def opens(self, line: str) -> str:
        """The line in this person's mood."""
        frame = self.one_of(getattr(stock().moods, self.lang).of(self.mood))
        return frame.replace("…", line)

    def typed(self, line: str) -> str:
        """The line as it comes out of the keyboard."""
        if self.chance(HABIT):
            written, typed = self._draw.choice(LETTERS[self.lang])
            line = line.replace(written, typed)
        return " ".join(self._slipped(word) if self.chance(SLIPS[self.mood]) else word for word in line.split(" "))

    def _slipped(self, word: str) -> str:
        letters = [place for place, char in enumerate(word) if char.isalpha()]
        if any(each in fold(word) or fold(word) in each for each in self._careful):
            return word
        if len(letters) < SHORTEST or (self.lang != "en" and KEPT.search(word)) or any(char.isdigit() for char in word):
            return word
        at = self._draw.choice(letters[1:-1])
        slip = self._draw.randrange(3)
        if slip == 0:
            return word[:at] + word[at + 1:]
        return word[:at] + word[at] + word[at:] if slip == 1 else word[:at] + word[at + 1] + word[at] + word[at + 2:]
