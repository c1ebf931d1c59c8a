"""All that the desk recorded of one conversation which may tell whether the assistant did right. Read, and never written."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from desk.cards import Card
from desk.conversations import Author, Conversation, Message
from desk.handoffs import Handoff
from desk.rollouts import Proposal
from desk.store import Tx
from desk.store.trail import Search
from desk.tickets import Ticket
from desk.turns import Turn
from desk.urging import Way

NOT_SOLVED = "handoff.not_solved"


@dataclass(frozen=True, kw_only=True)
class Record:
    conversation: Conversation
    turns: tuple[Turn, ...]
    messages: tuple[Message, ...]
    handoffs: tuple[Handoff, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    cards: tuple[Card, ...] = ()
    tickets: tuple[Ticket, ...] = ()       # opened from it
    reopened: frozenset[int] = frozenset()
    not_solved: frozenset[int] = frozenset()
    topics: Mapping[str, str] = field(default_factory=dict)    # document → topic, of all that is on the shelf

    def told(self, turn: Turn) -> Message | None:
        """What the assistant said at the end of the turn."""
        return next((each for each in self.messages if each.turn == turn.id and each.author is Author.ASSISTANT), None)

    def before(self, turn: Turn) -> Message | None:
        """What the assistant had said last when the user wrote."""
        return next((each for each in reversed(self.messages) if each.seq < turn.seq and each.author is Author.ASSISTANT), None)

    def picked(self, turn: Turn) -> bool:
        """The message is one of the choices that stood there."""
        last = self.before(turn)
        return last is not None and turn.text in (last.extra.get("choices") or ())

    def by_id(self, turn: str | None) -> Turn | None:
        return next((each for each in self.turns if each.id == turn), None)

    def last_before(self, moment: datetime) -> Turn | None:
        return next((each for each in reversed(self.turns) if each.kind == "message" and each.received_at <= moment), None)

    def problem(self, turn: Turn | None) -> Turn | None:
        """The message in the user's own words that a turn is about: itself, or the one before the choices that were picked."""
        while turn is not None and (turn.kind != "message" or self.picked(turn)):
            last = self.before(turn)
            earlier = self.by_id(last.turn) if last else None
            turn = earlier if earlier is not None and earlier.seq < turn.seq else None
        return turn


async def records(tx: Tx, since: datetime | None) -> AsyncIterator[Record]:
    """Of each conversation in which anything happened since then, the oldest first."""
    proposals: dict[str, list[Proposal]] = {}
    for each in await tx.proposals.all():
        proposals.setdefault(each.conversation, []).append(each)
    not_solved = frozenset([int(entry.detail["ticket"]) async for entry in tx.trail.each(Search(action=NOT_SOLVED))])
    topics = {str(each["id"]): str(each["topic"]) for each in await tx.shelf.documents()}
    for conversation in await tx.conversations.since(since):
        tickets = await tx.tickets.opened_from(conversation.id)
        handoffs = await tx.handoffs.of_conversation(conversation.id)
        yield Record(
            conversation=conversation, turns=tuple(await tx.turns.of_conversation(conversation.id)),
            messages=tuple(await tx.conversations.messages(conversation.id)), handoffs=tuple(handoffs),
            proposals=tuple(proposals.get(conversation.id, ())), cards=tuple(await tx.cards.of_conversation(conversation.id)),
            tickets=tuple(tickets), not_solved=not_solved & {each.ticket for each in handoffs}, topics=topics,
            reopened=frozenset([each.number for each in tickets if await _reopened(tx, each)]))


async def _reopened(tx: Tx, ticket: Ticket) -> bool:
    return any(each.way is Way.REOPENED for each in await tx.urgings.of(ticket.number))


def topics_of(citations: list[dict[str, Any]], topics: Mapping[str, str]) -> tuple[str, ...]:
    """What was cited, by topic; an article that is on the shelf no more by its title."""
    found = []
    for cited in citations:
        document = str(cited["url"]).removeprefix("/knowledge/").partition("#")[0]
        found.append(topics.get(document) or str(cited["title"]).partition(" – ")[0])
    return tuple(dict.fromkeys(found))
