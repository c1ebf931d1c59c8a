"""The simulated user whom a model plays: it is given the person, the goal and the facts, and decides what to write or press.

What it has in its hands is the scenario's, not the model's: the model may say PROVE, and the factors that this person has are proved.
"""

import re
import time
from collections.abc import Sequence
from importlib.resources import files

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from agent.planner import Model
from desk.people import Lang
from evals.scenarios.acts import Act, Exchange, Fill, Press, Prove, Say, Stop
from evals.scenarios.exam import NeedsModel
from evals.scenarios.loading import ScenarioCase
from evals.scenarios.screen import Screen, Seen
from evals.scenarios.shape import Scenario, Step
from evals.scenarios.stage import NOW
from evals.scenarios.user import MOST, reached
from evals.scenarios.voice import Voice
from evals.work import Stay
from tools.declared import Trilingual

WITHIN = 60.0                  # seconds for one answer
COMMAND = re.compile(r"^\W*(PICK|PROVE|PRESS|LEAVE|FILL|DONE)\b\W*(\d+)?\W*$")
NAMES: dict[Lang, str] = {"en": "English", "ar": "Arabic, as it is spoken", "fa": "Persian, as it is spoken"}


def by_model(case: ScenarioCase, seed: str, stay: Stay) -> "ModelUser":
    model = stay.house.mind.planners.openai
    if model is None:
        raise NeedsModel()
    return ModelUser(case.scenario, case.lang, seed, model)


class ModelUser:
    """Raises ModelFailed: a user who cannot speak says nothing about the desk."""

    def __init__(self, scenario: Scenario, lang: Lang, seed: str, model: Model) -> None:
        self.scenario = scenario
        self.lang = lang
        self.at = 0
        self._model = model
        self._voice = Voice(lang, scenario.moods, seed)
        self._told: list[BaseMessage] = [SystemMessage(self._prompt())]
        self._heard: list[str] = []

    @property
    def step(self) -> Step:
        return self.scenario.steps[self.at]

    async def next(self, history: Sequence[Exchange], screen: Screen) -> Act:
        seen = history[-1].seen if history else Seen()
        if history:
            self._heard.append(seen.text)
            self._go_on(seen)
        if len(history) >= MOST:
            return Stop(why="long")
        if seen.waiting and self.step.goal != "person" and not seen.needs:
            return Stop(why="handed_over")
        self._told.append(HumanMessage(_shown(seen) if history else "The chat is open. What do you write first?"))
        answer = await self._model.ask(self._told, [], deadline=time.monotonic() + WITHIN, now=NOW)
        self._told.append(AIMessage(answer.text))
        return self._act(answer.text, seen)

    def _go_on(self, seen: Seen) -> None:
        """The wish that was fulfilled is over; the model has them all before it, the record wants to know which it is about."""
        if self.at + 1 < len(self.scenario.steps) and reached(self.step, self.lang, seen, self._heard):
            self.at += 1
            self._heard = []

    def _act(self, text: str, seen: Seen) -> Act:
        found = COMMAND.match(text.strip())
        flow = str(seen.needs.get("flow", ""))
        match (found[1] if found else "", seen.needs.get("kind", "")):
            case ("PICK", _) if found and found[2] and 0 < int(found[2]) <= len(seen.choices):
                label = seen.choices[int(found[2]) - 1]
                return Say(text=label, line=label)
            case ("PROVE", "verification") if self.step.proves != "not":
                return Prove(flow=flow, how=self.step.proves)
            case ("PRESS" | "LEAVE" as press, "confirmation"):
                return Press(card=flow, do=press == "PRESS")
            case ("FILL", "form"):
                return Fill(card=flow, fields={name: _in(value, self.lang) for name, value in self.step.fields.items()})
            case ("", _):
                return Say(text=text.strip(), line="")
            case _:
                got_it = reached(self.step, self.lang, seen, self._heard) or self.step.goal == "works"
                return Stop(why="met" if got_it else "gave_up")

    def _prompt(self) -> str:
        steps, lang = self.scenario.steps, self.lang
        facts = [*(line for step in steps if step.tells for line in step.tells.of(lang)),
                 *(line for step in steps if step.lacks for line in step.lacks.of(lang)),
                 *(f"{name}: {_in(value, lang)}" for step in steps for name, value in step.fields.items()),
                 *(f"ticket {step.ticket}" for step in steps if step.ticket)]
        has = {"both": "", "wrong_then_both": "", "email": " (you have the mailbox only)", "guesses": " (you guess the codes)",
               "not": " (you cannot: say why)"}[steps[0].proves]
        return files("evals.scenarios").joinpath("prompts", "user.md").read_text("utf-8").format(
            lang=NAMES[lang], mood=self._voice.mood, about=self.scenario.about, patience=self.step.patience, proves=has,
            wishes="\n".join(f"{number}. {self._voice.one_of(step.says.of(lang))}" for number, step in enumerate(steps, 1)),
            facts="\n".join(f"- {fact}" for fact in facts) or "- nothing")


def _in(value: str | Trilingual, lang: Lang) -> str:
    return value.in_(lang) if isinstance(value, Trilingual) else value


def _shown(seen: Seen) -> str:
    """The screen in words."""
    buttons = [f"{number}. {label}" for number, label in enumerate(seen.choices, 1)]
    beside = {"verification": "A form to prove who you are is open beside the chat.", "confirmation": "A card waits for your confirmation.",
              "form": "A form is open beside the chat."}.get(str(seen.needs.get("kind", "")), "")
    return "\n".join(part for part in (seen.text, *(["Buttons:", *buttons] if buttons else []), beside) if part) or "(nothing is said)"
