"""Which of what people did at the desk corrects or rates the assistant, message by message; and what it says of the right first action.

Each rule of SIGNALS looks at one conversation's record. A label is implied only where a person said what was wanted, or that what was
done was right; everything else is found for somebody to label.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from agent.planner.routes import CHOICES
from desk.cards import CardKind, CardState
from desk.handoffs import Handoff, HandoffState, Reason
from desk.people import LANGS
from desk.rollouts import Decision, Proposal
from desk.tickets import Kind
from desk.turns import Turn
from desk.words import words
from evals.harvest.record import Record
from guardrails.signals import FIRST, coarse
from tools import toolbox

TAKEN_OVER = frozenset({HandoffState.RESOLVED, HandoffState.CONFIRMED, HandoffState.ASSUMED})
CLARIFY, MENDED = "clarify", ("still", "solved")
HUMAN = "human"


@dataclass(frozen=True, kw_only=True)
class Found:
    """A message that a person's act speaks of."""

    turn: Turn
    why: str                   # the name of the signal
    label: str | None = None   # the right first action, one of FIRST, where the act implies it
    then: str = ""             # which of the ways on the user took
    note: str = ""             # of the person who gave the conversation back


def clarified(record: Record) -> Iterator[Found]:
    """Asked what was meant, the user picked one of the choices: a label in the user's own hand."""
    for turn, asks, intent in _picks(record):
        if asks == CLARIFY and (about := _before(record, turn)):
            yield Found(turn=about, why="clarified", label=coarse(intent), then=intent)


def went_on(record: Record) -> Iterator[Found]:
    """After an answer the user picked another way on, a ticket or a person: it was not enough."""
    for turn, asks, intent in _picks(record):
        if asks != CLARIFY and intent not in (*MENDED, "news") and (about := _before(record, turn)):
            yield Found(turn=about, why="went_on", then=intent)


def mended(record: Record) -> Iterator[Found]:
    """The user pressed whether a step helped. That it did speaks for what was done first; that it did not is for somebody to judge."""
    for turn, _, intent in _picks(record):
        if intent in MENDED and (about := _before(record, turn)):
            helped = intent == "solved"
            yield Found(turn=about, why="helped" if helped else "did_not_help", label=first_of(about) if helped else None)


def asked_after(record: Record) -> Iterator[Found]:
    """A person was asked for, by the button or in words, after the assistant had answered."""
    for handoff in record.handoffs:
        if handoff.reason is Reason.ASKED:
            turn = _handed(record, handoff)
            answered = _before(record, turn) if turn else record.problem(record.last_before(handoff.created_at))
            if answered is not None and not _hands_off(answered):
                yield Found(turn=answered, why="asked_after" if turn else "pressed_after", then=HUMAN)


def taken_over(record: Record) -> Iterator[Found]:
    """The assistant gave up by itself and a person brought it to an end; or somebody asked for a person and says it was solved by one."""
    for handoff in record.handoffs:
        turn = record.problem(_handed(record, handoff))
        if turn is None or handoff.state not in TAKEN_OVER or handoff.taken_by is None:
            continue
        if handoff.reason is not Reason.ASKED:
            yield Found(turn=turn, why="taken_over")
        elif handoff.state is HandoffState.CONFIRMED:
            yield Found(turn=turn, why="confirmed", label=HUMAN)


def returned(record: Record) -> Iterator[Found]:
    """A person gave the conversation back: it need not have come, or not for that."""
    for handoff in record.handoffs:
        turn = record.problem(_handed(record, handoff) or record.last_before(handoff.created_at))
        if turn is not None and handoff.state is HandoffState.RETURNED:
            yield Found(turn=turn, why="returned", note=str(handoff.card.get("note") or ""))


def not_solved(record: Record) -> Iterator[Found]:
    """“Was this solved?” was answered no."""
    for handoff in record.handoffs:
        turn = record.problem(_handed(record, handoff) or record.last_before(handoff.created_at))
        if turn is not None and handoff.ticket in record.not_solved:
            yield Found(turn=turn, why="not_solved")


def reopened(record: Record) -> Iterator[Found]:
    """A ticket from this conversation was opened again."""
    for ticket in record.tickets:
        turn = record.problem(record.last_before(ticket.created_at))
        if turn is not None and ticket.number in record.reopened:
            yield Found(turn=turn, why="reopened")


def decided(record: Record) -> Iterator[Found]:
    """An agent approved or rejected a call, or said of one in shadow whether it would have been right."""
    for proposal in record.proposals:
        turn, right = record.problem(record.by_id(proposal.turn)), _right(proposal)
        if turn is not None and right is not None:
            yield Found(turn=turn, why="approved" if right else "rejected",
                        label=label_of(proposal.tool, proposal.args.get("kind")) if right else None)


def confirmed(record: Record) -> Iterator[Found]:
    """The user pressed the button of an act that nobody had plainly asked for, or left it."""
    for card in record.cards:
        turn = record.problem(record.last_before(card.created_at))
        if turn is None or card.kind is not CardKind.CONFIRMATION or card.state not in (CardState.SUBMITTED, CardState.CANCELLED):
            continue
        did = card.state is CardState.SUBMITTED
        yield Found(turn=turn, why="pressed" if did else "left", label=label_of(card.tool, card.args.get("kind")) if did else None)


SIGNALS: tuple[Callable[[Record], Iterator[Found]], ...] = (
    clarified, decided, confirmed, returned, not_solved, reopened, taken_over, asked_after, went_on, mended)


def first_of(turn: Turn) -> str | None:
    """What the assistant did first with a message, in the words of the suite `routing`; None where it only spoke."""
    answer = turn.answer or {}
    for action in answer.get("actions", ()):
        if label := label_of(action["tool"]):
            return label
    handoff = answer.get("handoff") or {}
    return {Reason.ASKED: HUMAN, Reason.UPSET: "upset"}.get(handoff.get("reason", ""))


def label_of(tool: str, kind: object = None) -> str | None:
    known = toolbox().get(tool)
    if tool == "create_ticket" and kind == Kind.REQUEST:
        return "service_request"
    label = coarse(known.intent) if known else ""
    return label if label in FIRST else None


def _picks(record: Record) -> Iterator[tuple[Turn, str, str]]:
    """Each message that picked a choice, what was asked, and the intent of the choice."""
    for turn in record.turns:
        last = record.before(turn)
        if turn.kind == "message" and last and turn.text in (last.extra.get("choices") or ()) and turn.text in _choices():
            yield turn, str(last.extra.get("asks") or ""), _choices()[turn.text]


@cache
def _choices() -> dict[str, str]:
    return {words().say(lang, f"choice.{name}"): name for name in CHOICES for lang in LANGS}


def _before(record: Record, turn: Turn) -> Turn | None:
    """The message in the user's own words that was answered before this one."""
    last = record.before(turn)
    return record.problem(record.by_id(last.turn)) if last else None


def _handed(record: Record, handoff: Handoff) -> Turn | None:
    """The turn whose answer was this handoff; None where the button was pressed, or the desk brought it about."""
    return next((turn for turn in record.turns if turn.kind == "message" and _hands_off(turn)
                 and (turn.answer or {})["handoff"]["ticket"] == handoff.ticket), None)


def _hands_off(turn: Turn) -> bool:
    return bool((turn.answer or {}).get("handoff"))


def _right(proposal: Proposal) -> bool | None:
    return {Decision.APPROVED: True, Decision.REJECTED: False}.get(proposal.decision, proposal.right)
