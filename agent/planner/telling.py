"""What the built-in planner says: catalogue words in the user's language, and answers composed from passages."""

from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.messages import AIMessage

from agent.planner.compose import close_by, compose, title_of
from agent.planner.situation import Situation
from desk.handoffs import Reason
from desk.words import Words

OFFERED = 3                    # choices of a clarifying question, besides a person
OFFERED_BESIDES = ("reset", "unlock", "ticket_create", "service_request", "ticket_status", "ticket_add")   # below an answer from an article
ALSO = {"ticket.joined": ("another",)}   # offered below what was done
LISTED = ("ticket.status", "ticket.which")   # outcomes told with one line per ticket


class Telling:
    def __init__(self, words: Words, situation: Situation) -> None:
        self._words = words
        self._situation = situation

    def say(self, key: str, **facts: object) -> str:
        return self._words.say(self._situation.lang, key, **facts)

    def of(self, key: str, *, choices: Sequence[str] = (), asks: str = "", **facts: object) -> AIMessage:
        return self.message(self.say(key, **facts), choices, asks)

    def message(self, text: str, choices: Sequence[str] = (), asks: str = "", **more: Any) -> AIMessage:
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

    def misread(self, intents: Sequence[str]) -> AIMessage:
        """Something else was meant: asked once, with other ways on; the second time a person comes."""
        if self._situation.asks == "misread":
            return self.hand_off(Reason.LOW_CONFIDENCE)
        offered = [name for name in intents if self._words.has(self._situation.lang, f"choice.{name}")][:OFFERED]
        return self.of("misread.ask", choices=[*offered, "human"], asks="misread")

    def tried(self) -> AIMessage:
        """What an article said did not help: a ticket or a person; the second time a person comes."""
        if self._situation.asks == "tried":
            return self.hand_off(Reason.UNSOLVED)
        return self.of("tried.ask", choices=("human",) if self._situation.guest else ("ticket_create", "human"), asks="tried")

    def code_belongs(self) -> AIMessage:
        """A code in the chat, while the form for it is open; told in other words the second time."""
        if self._situation.asks.startswith("code_belongs"):
            return self.of("identity.code_belongs_still", choices=("human",), asks="code_belongs_still")
        return self.of("identity.code_belongs", asks="code_belongs")

    def asks_what_about(self) -> AIMessage:
        return self.of("ticket.ask_about", asks="ticket_about")

    def guest_only(self) -> AIMessage:
        return self.of("guest.only", choices=("reset", "unlock", "human"))

    def hand_off(self, reason: Reason, because: str = "planner") -> AIMessage:
        return AIMessage(content="", additional_kwargs={"hand_off": str(reason), "because": because})

    def results(self, outcomes: Sequence[Mapping[str, Any]], query: str, *, else_: str = "") -> AIMessage:
        """What the tools brought. `else_` is the intent that was likeliest: offered where an article came first."""
        acted = [each for each in outcomes if not str(each["code"]).startswith("knowledge.")]
        found = next((each for each in outcomes if each["code"] == "knowledge.found"), None)
        if acted and found:
            return self._besides(self._result(acted, query, else_), found["facts"]["passages"], query)
        return self._result(acted or outcomes, query, else_)

    def _result(self, outcomes: Sequence[Mapping[str, Any]], query: str, else_: str) -> AIMessage:
        last = outcomes[-1]
        if last["facts"].get("hand_off"):
            return self.hand_off(Reason(last["facts"]["hand_off"]))
        if last["status"] == "failed":
            return self.hand_off(Reason.TOOL_FAILURE)
        if last["code"] == "knowledge.found":
            lead = self.say("answer.doubtful") if last["facts"].get("doubtful") else ""
            return self.answer(last["facts"]["passages"], query, lead=lead, choices=self._ways_on(else_))
        if last["code"] == "handoff.held":
            return self.message(self._with_desk(self.say("handoff.held")), ("human",))
        if last["code"] == "knowledge.nothing":
            return self._nothing()
        if last["code"] == "tool.off":
            return self._off(last["facts"]["tool"])
        if last["code"] == "proposal.waiting":
            return self.of("proposal.waiting", choices=("human",), when=last["facts"]["when"])
        if last["code"] in LISTED:
            return self._listed(last)
        plain = {name: value for name, value in last["facts"].items() if not isinstance(value, list)}
        return self.of(last["code"], choices=ALSO.get(last["code"], ()), **plain)

    def answer(self, passages: Sequence[Mapping[str, Any]], query: str, *, lead: str = "", choices: Sequence[str] = (),
               outro: str = "answer.outro", asks: str = "") -> AIMessage:
        """The passages' steps and facts with their citations, behind `lead`."""
        composed, other = compose(passages, query), close_by(passages)
        used = [*composed.used, int(other["n"])] if other else [*composed.used]
        also = f"{self.say('answer.close')}\n- {title_of(other)} [{len(used)}]" if other else ""
        text = "\n\n".join(part for part in (lead, self._note(passages[0]) + composed.text, also, self.say(outro)) if part)
        return self.message(text, choices or self._ways_on(""), asks, used=used)

    def _ways_on(self, likeliest: str) -> tuple[str, ...]:
        """Offered below an article: what was likeliest beside it, and a person."""
        wanted = likeliest if likeliest in OFFERED_BESIDES else "ticket_create"
        return ("human",) if self._situation.guest else (wanted, "human")

    def _besides(self, told: AIMessage, passages: Sequence[Mapping[str, Any]], query: str) -> AIMessage:
        """What a tool did, and below it the passage on the matter."""
        if "hand_off" in told.additional_kwargs:
            return told
        composed = compose(passages[:1], query)
        text = f"{told.content}\n\n{self.say('answer.besides')}\n\n{self._note(passages[0])}{composed.text}"
        return AIMessage(content=text, additional_kwargs=told.additional_kwargs | {"used": list(composed.used)})

    def _note(self, passage: Mapping[str, Any]) -> str:
        return self.say("answer.other_language") + "\n\n" if passage["lang"] != self._situation.lang else ""

    def _nothing(self) -> AIMessage:
        """Silence when there is no answer: say so once and offer ways on; the second time a person comes."""
        if self._situation.asks == "nothing":
            return self.hand_off(Reason.LOW_CONFIDENCE)
        choices = ("human",) if self._situation.guest else ("ticket_create", "human")
        return self.message(self._with_desk(self.say("knowledge.nothing")), choices, "nothing")

    def _with_desk(self, text: str) -> str:
        """With what a person of the desk has said in this conversation, where that is all there is to say."""
        said = self._situation.desk_said
        return f"{text}\n\n{self.say('handoff.desk_said', say=said)}" if said else text

    def _off(self, tool: str) -> AIMessage:
        """A tool that is not rolled out here: a person always, a ticket where that is another way."""
        if self._situation.guest or tool == "create_ticket":
            return self.of("tool.off.person", choices=("human",))
        return self.of("tool.off", choices=("human", "ticket_create"))

    def _listed(self, outcome: Mapping[str, Any]) -> AIMessage:
        rows = []
        for row in outcome["facts"]["tickets"]:
            state = self.say(f"ticket.state.{row['status']}") if "status" in row else ""
            rows.append("- " + self.say("ticket.row" if state else "ticket.row.short", **(dict(row) | {"status": state})))
        asked = outcome.get("needs") or {}
        text = self.say(outcome["code"]) + "\n\n" + "\n".join(rows)
        return AIMessage(content=text, additional_kwargs={"choices": list(asked.get("choices", ())),
                                                          "asks": f"ticket:{outcome['tool']}" if asked else ""})
