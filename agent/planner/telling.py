"""What the built-in planner says: catalogue words in the user's language, and answers composed from passages."""

from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.messages import AIMessage

from agent.planner.compose import compose
from agent.planner.situation import Situation
from desk.handoffs import Reason
from desk.words import Words

OFFERED = 3                    # choices of a clarifying question, besides a person
LISTED = ("ticket.status", "ticket.which")   # outcomes told with one line per ticket


class Telling:
    def __init__(self, words: Words, situation: Situation) -> None:
        self._words = words
        self._situation = situation

    def say(self, key: str, **facts: object) -> str:
        return self._words.say(self._situation.lang, key, **facts)

    def of(self, key: str, *, choices: Sequence[str] = (), asks: str = "", **facts: object) -> AIMessage:
        return self._message(self.say(key, **facts), choices, asks)

    def _message(self, text: str, choices: Sequence[str] = (), asks: str = "", **more: Any) -> AIMessage:
        labels = [self.say(f"choice.{name}") for name in choices]
        return AIMessage(content=text, additional_kwargs={"choices": labels, "asks": asks, **more})

    def spoken(self, intent: str) -> AIMessage:
        """Greeting, thanks, what it can do, and a kind no to what is not the desk's work."""
        guest = ".guest" if self._situation.guest and intent in ("greeting", "capabilities") else ""
        return self.of(f"smalltalk.{intent}{guest}")

    def clarify(self, intents: Sequence[str]) -> AIMessage:
        """One question with the likeliest ways on as buttons, and a person."""
        offered = [name for name in intents if self._words.has(self._situation.lang, f"choice.{name}")][:OFFERED]
        return self.of("clarify.ask", choices=[*offered, "human"], asks="clarify")

    def asks_what_about(self) -> AIMessage:
        return self.of("ticket.ask_about", asks="ticket_about")

    def guest_only(self) -> AIMessage:
        return self.of("guest.only", choices=("reset", "unlock", "human"))

    def hand_off(self, reason: Reason) -> AIMessage:
        return AIMessage(content="", additional_kwargs={"hand_off": str(reason)})

    def results(self, outcomes: Sequence[Mapping[str, Any]], query: str) -> AIMessage:
        last = outcomes[-1]
        if last["facts"].get("hand_off"):
            return self.hand_off(Reason(last["facts"]["hand_off"]))
        if last["status"] == "failed":
            return self.hand_off(Reason.TOOL_FAILURE)
        if last["code"] == "knowledge.found":
            return self._answer(last["facts"]["passages"], query)
        if last["code"] == "knowledge.nothing":
            return self._nothing()
        if last["code"] in LISTED:
            return self._listed(last)
        return self.of(last["code"], **{name: value for name, value in last["facts"].items() if not isinstance(value, list)})

    def _answer(self, passages: Sequence[Mapping[str, Any]], query: str) -> AIMessage:
        composed = compose(passages, query)
        foreign = next(each for each in passages if each["n"] == composed.used[0])["lang"] != self._situation.lang
        note = self.say("answer.other_language") + "\n\n" if foreign else ""
        choices = ("ticket_create", "human") if not self._situation.guest else ("human",)
        return self._message(f"{note}{composed.text}\n\n{self.say('answer.outro')}", choices, used=list(composed.used))

    def _nothing(self) -> AIMessage:
        """Silence when there is no answer: say so once and offer ways on; the second time a person comes."""
        if self._situation.asks == "nothing":
            return self.hand_off(Reason.LOW_CONFIDENCE)
        choices = ("human",) if self._situation.guest else ("ticket_create", "human")
        return self.of("knowledge.nothing", choices=choices, asks="nothing")

    def _listed(self, outcome: Mapping[str, Any]) -> AIMessage:
        rows = []
        for row in outcome["facts"]["tickets"]:
            state = self.say(f"ticket.state.{row['status']}") if "status" in row else ""
            rows.append("- " + self.say("ticket.row" if state else "ticket.row.short", **(dict(row) | {"status": state})))
        asked = outcome.get("needs") or {}
        text = self.say(outcome["code"]) + "\n\n" + "\n".join(rows)
        return AIMessage(content=text, additional_kwargs={"choices": list(asked.get("choices", ())),
                                                          "asks": f"ticket:{outcome['tool']}" if asked else ""})
