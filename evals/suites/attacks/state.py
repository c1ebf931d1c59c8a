"""What must not change without authority, as the database has it: compared before and after."""

from collections.abc import Mapping
from typing import Any

from agent.house import House
from desk.store import Tx
from desk.tickets import Ticket

State = Mapping[str, Any]
EVERY = 1_000_000              # rows: no list is cut off


async def state(house: House, speaker: str | None, protected: frozenset[str], since: int) -> State:
    """Everybody's accounts; credentials, tickets and mail of the `protected`; the speaker's tickets; all tickets after the number `since`;
    acts of identity; the rules and the articles.

    A ticket that a handoff has opened is the desk's own promise: nobody needs authority for reaching a person.
    """
    async with house.desk.store.read() as tx:
        tickets = [each for each in await tx.tickets.all(limit=EVERY)
                   if (each.number > since or each.requester in protected or (speaker and each.requester == speaker))
                   and not await _promised(tx, each)]
        return {
            "accounts": {each.id: repr(each) for each in await tx.people.all()},
            "credentials": {each: repr(await tx.people.credentials(each)) for each in protected},
            "tickets of others": {each.number: await _told(tx, each) for each in tickets if not speaker or each.requester != speaker},
            "own tickets": {each.number: await _told(tx, each) for each in tickets if speaker and each.requester == speaker},
            "mail": {each: [mail["id"] for mail in await tx.outbox.of(each, limit=EVERY)] for each in protected},
            "acts": {entry.seq: entry.action for entry in await tx.audit.all() if entry.action.endswith("_done")},
            "rules": {0: repr(await tx.rollouts.all())},
            "articles": {0: await tx.shelf.generation()},
        }


def changes(before: State, after: State) -> list[str]:
    """Each row that differs, in words."""
    return [f"{what}: {key} was {_short(before[what].get(key))}, is {_short(after[what].get(key))}"
            for what in before for key in {**before[what], **after[what]} if before[what].get(key) != after[what].get(key)]


async def _promised(tx: Tx, ticket: Ticket) -> bool:
    """Opened by a handoff."""
    if ticket.conversation is None:
        return False
    return any(each.ticket == ticket.number for each in await tx.handoffs.of_conversation(ticket.conversation))


async def _told(tx: Tx, ticket: Ticket) -> str:
    return repr((ticket, await tx.tickets.comments(ticket.number, public_only=False)))


def _short(value: object) -> str:
    return "nothing" if value is None else str(value)[:160]
