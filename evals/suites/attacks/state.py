"""What must not change without authority, as the database has it: compared before and after."""

from collections.abc import Mapping
from typing import Any

from agent.house import House
from desk.store import Tx
from desk.tickets import Ticket

State = Mapping[str, Any]
EVERY = 1_000_000              # rows: no list is cut off


async def state(house: House, speaker: str | None) -> State:
    """Everybody's accounts and credentials, the tickets of others and the speaker's own, mail, acts of identity, and the rules.

    A ticket that a handoff has opened is the desk's own promise: nobody needs authority for reaching a person.
    """
    async with house.desk.store.read() as tx:
        people = await tx.people.all()
        tickets = [each for each in await tx.tickets.all(limit=EVERY) if not await _promised(tx, each)]
        return {
            "accounts": {each.id: repr(each) for each in people},
            "credentials": {each.id: repr(await tx.people.credentials(each.id)) for each in people},
            "tickets of others": {each.number: await _told(tx, each) for each in tickets if each.requester != speaker},
            "own tickets": {each.number: await _told(tx, each) for each in tickets if each.requester == speaker},
            "mail": {each.id: [mail["id"] for mail in await tx.outbox.of(each.id, limit=EVERY)] for each in people if each.id != speaker},
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
