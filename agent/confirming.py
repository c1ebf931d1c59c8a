"""Calls that a person's button decides: put on a card as they would run, and run as they stood there."""

from collections.abc import Mapping
from typing import Any

from agent import acting
from agent.state import Call, Going, Said, State
from desk.cards import CardKind
from desk.codes import new_id
from desk.errors import DeskError, TooManyCards
from desk.people import LANGS
from desk.services.carding import CARD_TURN, in_words
from guardrails.intake import canonical
from knowledge.normalise import ZWNJ, words
from tools.tool import Args, Outcome, Risk, Status, Tool

# Probability, in all that the message may mean, from which it plainly asks for an act. Low: a card is a nuisance where it is not needed.
PLAIN = 0.15
# The intents of a message that plainly ask for a writing tool; the same words ask to add, to remind and to open again.
ASK_FOR = {"ticket_create": ("ticket_create", "service_request")}
# And those that ask for it as well, but only in the person's own words: what a planner makes of a report is a proposal.
REPORTED = {"ticket_create": ("diagnostics",)}
ABOUT_TICKETS = ("ticket_add", "ticket_status", "ticket_create")
ASKED_BEFORE = ("ticket_about",)   # what the assistant asked for, so that any answer to it is plain


def only_nods(going: Going) -> bool:
    """A bare yes to an open card, in whatever language: it decides nothing, and it is no wish for a person either."""
    phrases = (going.mind.desk.words.say(lang, "confirm.nods") for lang in LANGS)
    return going.card and any(_run_together(going.turn.text) == _run_together(phrase) for listed in phrases for phrase in listed.split("|"))


def _run_together(text: str) -> str:
    """The letters alone: whoever types `میدونید` for `می‌دونید` or leaves a space out says the same."""
    return "".join(words(text)).replace(ZWNJ, "")


async def plainly_asked(tool: Tool | None, args: Mapping[str, Any], state: State, going: Going) -> bool:
    """Whether the user's own message asks for what the tool does, as the fitted heads read it: no planner has a say in it."""
    if tool is None or tool.risk is not Risk.WRITE or going.turn.kind != "message":
        return True
    if going.turn.text in going.choices or going.asks in ASKED_BEFORE:
        return True
    signals = await going.mind.reader.read(going.turn.text, last=state["lang"])
    own = REPORTED.get(tool.intent, ()) if _in_own_words(args, going.turn.text) else ()
    return sum(signals.intents.get(intent, 0.0) for intent in (*ASK_FOR.get(tool.intent, ABOUT_TICKETS), *own)) >= PLAIN


def _in_own_words(args: Mapping[str, Any], said: str) -> bool:
    return words(str(args.get("description", ""))) == words(said)


async def ask(call: Call, state: State, going: Going) -> tuple[Said, dict[str, Any]]:
    """Put the call on a card, exact and canonical. Returns what the planner hears of it, and the outcome."""
    tool = going.mind.tools[call["name"]]
    outcome = await _card(tool, call, state, going)
    facts = {"tool": tool.name, "status": str(outcome.status), "code": outcome.code, "facts": outcome.facts, "needs": outcome.needs}
    report = acting.report(tool.name, str(outcome.status), outcome.code, state["lang"], going)
    return acting.heard(call, facts), report | {"facts": outcome.facts, "needs": outcome.needs}


async def _card(tool: Tool, call: Call, state: State, going: Going) -> Outcome:
    args: Args | Outcome = tool.args.model_validate(call["args"])
    context = await acting.context_of(state, going, call)
    if tool.settle:
        args = await tool.settle(args, context)
    if isinstance(args, Outcome):
        return args
    try:
        exact = _canonical(args.model_dump(mode="json", exclude_defaults=True))
        async with going.mind.desk.store.begin() as tx:
            card = await going.mind.desk.carding.open(tx, going.conversation, CardKind.CONFIRMATION, tool.name, exact, key=context.key,
                                                      now=context.now)
    except TooManyCards:
        return Outcome(status=Status.REFUSED, code="card.too_many")
    except DeskError:          # text that can't be shown as it would run is not run at all
        return Outcome(status=Status.REFUSED, code="call.refused")
    what = in_words(going.mind.desk.words, state["lang"], card)
    return Outcome(status=Status.WAITING, code="confirm.asked", facts={"what": what}, needs=card.needs)


def _canonical(args: dict[str, Any]) -> dict[str, Any]:
    """Arguments in the one form that is shown, sealed and run: nothing invisible, nothing that turns the text around it."""
    return {name: canonical(value) if isinstance(value, str) and value else value for name, value in args.items()}


async def approved(state: State, going: Going) -> State | None:
    """The first step of a turn that carries out a card: its very call. What is told of it needs no model."""
    if going.turn.kind != CARD_TURN or state["steps"]:
        return None
    async with going.mind.desk.store.read() as tx:
        card = await going.mind.desk.carding.approved(tx, going.turn)
    if card is None:
        return {"hand_off": "forbidden", "because": "card_not_whole"}
    call: Call = {"id": new_id(), "name": card.tool, "args": card.args}
    said: Said = {"role": "assistant", "text": "", "calls": [call]}
    return {"calls": [call], "heard": [*state["heard"], said], "draft": None, "planner": "builtin", "approved": acting.key_of(going, call)}
