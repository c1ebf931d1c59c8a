"""The simulated user who goes by rules: has a goal and facts, answers what is asked, and stops when the goal is reached.

Sees the screen alone. Buttons are read in the three languages of the house, as a person reads them.
"""

from collections.abc import Mapping, Sequence

from desk.people import LANGS, Lang
from desk.words import words
from evals.scenarios.acts import Act, Exchange, Fill, Press, Prove, Say, Stop
from evals.scenarios.heard import CITED, said
from evals.scenarios.screen import Screen, Seen
from evals.scenarios.shape import Scenario, Step
from evals.scenarios.voice import Voice, stock
from tools.declared import Trilingual

MOST = 14                      # acts of one conversation
SAYS_THANKS = 0.4              # of those who got what they came for
TYPES_IT = 0.5                 # of those who could press the button instead


def reached(step: Step, lang: Lang, seen: Seen, heard: Sequence[str]) -> bool:
    """Whether the goal is reached, by what is on the screen and what was heard since the wish was said."""
    match step.goal:
        case "told":
            return all(said(step.must_say.of(lang), heard))
        case "heard":
            return True
        case "proved":
            return seen.proved
        case "did":
            return bool(set(step.did) & set(seen.did))
        case "person":
            return seen.waiting
        case "works":          # only the one who tries it out knows
            return False


class RuleUser:
    def __init__(self, scenario: Scenario, lang: Lang, seed: str) -> None:
        self.scenario = scenario
        self.lang = lang
        self.voice = Voice(lang, scenario.moods, seed, scenario.looked_for(lang))
        self.at = 0                            # the step
        self._said: set[str] = set()
        self._begin()

    def _begin(self) -> None:
        """Turn to the step: nothing of it was said yet."""
        step = self.scenario.steps[self.at]
        self._ways = self.voice.in_some_order(step.says.of(self.lang))
        self._tells = list(step.tells.of(self.lang)) if step.tells else []
        self._heard: list[str] = []
        self._unhelped = 0
        self._advice = 0
        self._lacked = False
        self._nodded = False
        self._left: set[str] = set()           # cards and flows that this person is done with
        self._picked: set[str] = set()

    @property
    def step(self) -> Step:
        return self.scenario.steps[self.at]

    @property
    def speaks(self) -> Lang:
        return self.step.spoken(self.lang)

    async def next(self, history: Sequence[Exchange], screen: Screen) -> Act:
        if not history:
            return self._opening()
        if len(history) >= MOST:
            return Stop(why="long")
        if isinstance(history[-1].act, Say) and history[-1].act.line in stock().thanks.of(self.speaks):
            return Stop(why="met")
        seen = history[-1].seen
        self._heard.append(seen.text)
        if self._met(seen, history[-1].act):
            return self._next_step(seen)
        if seen.waiting and not self._works_beside(seen):
            return Stop(why="handed_over")
        return await self._answer(seen, screen)

    def _opening(self) -> Say:
        line = self._ways.pop(0)
        return Say(text=self.voice.typed(self.voice.opens(line)), line=line)

    def _next_step(self, seen: Seen) -> Act:
        if self.at + 1 < len(self.scenario.steps) and not seen.waiting:
            self.at += 1
            self._begin()
            line = self._ways.pop(0)
            return self._say(line)
        if self.step.goal in ("told", "did", "proved") and not seen.waiting and self.scenario.honest and self.voice.chance(SAYS_THANKS):
            return self._say(self.voice.one_of(stock().thanks.of(self.speaks)))
        return Stop(why="met" if self.scenario.honest else "attack_over")

    def _met(self, seen: Seen, act: Act) -> bool:
        if self.step.goal == "works":
            return isinstance(act, Say) and act.line in self._good_news()
        return reached(self.step, self.lang, seen, self._heard)

    def _good_news(self) -> frozenset[str]:
        return frozenset(stock().works.of(self.speaks)) | self._labels("solved")

    def _works_beside(self, seen: Seen) -> bool:
        """A form or verification that is open stays usable while a person is awaited."""
        return bool(seen.needs) and seen.needs["flow"] not in self._left

    # ---- what is asked

    async def _answer(self, seen: Seen, screen: Screen) -> Act:
        kind, flow = seen.needs.get("kind", ""), str(seen.needs.get("flow", ""))
        wanted = flow not in self._left and self._wanted(kind, str(seen.needs.get("tool", "")))
        if wanted and kind == "verification" and (act := self._proof(flow)):
            return act
        if wanted and kind == "confirmation":
            return self._confirmation(flow)
        if wanted and kind == "form":
            self._left.add(flow)
            return Fill(card=flow, fields=self._filled(await screen.form(flow)))
        if self._nodded:
            return Stop(why="gave_up")
        if picked := self._pick(seen.choices):
            return self._say(picked, slips=False)
        if self.step.goal == "works" and self._is_advice(seen):
            return self._how_it_went(seen)
        if self._tells:
            return self._say(self._tells.pop(0))
        return self._not_helped()

    def _wanted(self, kind: str, tool: str) -> bool:
        """Whether this form or card is what this person came for; anything else is left alone."""
        return self.step.goal == "proved" if kind == "verification" else tool in self.step.did

    def _is_advice(self, seen: Seen) -> bool:
        """Something to try out: from an article, or with the question how it went below it; and about the matter at all."""
        if not all(said(self.step.concerns.of(self.lang), self._heard)):
            return False
        return bool(CITED.search(seen.text)) or any(each in self._labels("solved") | self._labels("still") for each in seen.choices)

    def _proof(self, flow: str) -> Act | None:
        how = self.step.proves
        if how in ("not", "email") and self.step.lacks and not self._lacked:
            self._lacked = True
            if how == "not":
                return self._say(self._fresh(self.step.lacks.of(self.lang)))
            return Prove(flow=flow, how=how)
        self._left.add(flow)
        if how == "email" and self.step.lacks:
            return self._say(self._fresh(self.step.lacks.of(self.lang)))
        return None if how == "not" else Prove(flow=flow, how=how)

    def _confirmation(self, flow: str) -> Act:
        self._left.add(flow)
        if self.step.confirms == "talk" and self.step.nods:
            self._nodded = True
            return self._say(self._fresh(self.step.nods.of(self.lang)))
        return Press(card=flow, do=self.step.confirms == "do")

    def _filled(self, wanted: Mapping[str, Sequence[str]]) -> dict[str, str]:
        """What this person knows of the form; of what they do not care about, the first that is offered."""
        known = {name: value.in_(self.lang) if isinstance(value, Trilingual) else value for name, value in self.step.fields.items()}
        return known | {name: options[0] for name, options in wanted.items() if name not in known and options}

    def _pick(self, choices: Sequence[str]) -> str | None:
        """The button that leads on: the ticket that is meant, or one of those that this person would press."""
        if self.step.ticket is not None:
            found = next((each for each in choices if each.startswith(f"{self.step.ticket} ")), None)
            if found:
                return found
        for name in self.step.picks:
            found = next((each for each in choices if each in self._labels(name)), None)
            if found and name not in self._picked:
                self._picked.add(name)
                return found
        return None

    def _labels(self, name: str) -> frozenset[str]:
        book, key = words(), f"choice.{name}"
        return frozenset(book.say(lang, key) for lang in LANGS if book.has(lang, key))

    def _how_it_went(self, seen: Seen) -> Act:
        """After a piece of advice: it works now, or it does not."""
        self._advice += 1
        fixed = self.step.fixed_after is not None and self._advice >= self.step.fixed_after
        button = next((each for each in seen.choices if each in self._labels("solved" if fixed else "still")), None)
        lines = stock().works if fixed else stock().still
        if button and self.voice.chance(TYPES_IT):
            return self._say(button, slips=False)
        return self._say(self._fresh(lines.of(self.speaks)))

    def _not_helped(self) -> Act:
        """Put it in other words, say that it was something else, or leave."""
        self._unhelped += 1
        if self._unhelped > self.step.patience:
            return Stop(why="gave_up")
        if self._ways:
            return self._say(self._ways.pop(0))
        return self._say(self._fresh(stock().not_that.of(self.speaks)))

    def _fresh(self, lines: Sequence[str]) -> str:
        """One that was not said yet, if there is one left."""
        return self.voice.one_of([line for line in lines if line not in self._said] or list(lines))

    def _say(self, line: str, *, slips: bool = True) -> Say:
        self._said.add(line)
        return Say(text=self.voice.typed(line) if slips else line, line=line)
