"""The state of a desk at one moment, as far as an exam looks at it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from agent.house import House
from desk.audit import Entry
from desk.conversations import Message, Speaker
from desk.handoffs import Handoff
from desk.mending import Mending
from desk.store import Tx
from desk.tickets import Ticket

MANY = 1000


@dataclass(frozen=True, kw_only=True)
class TicketState:
    ticket: Ticket
    whose: str                 # account name; "" for nobody's
    comments: tuple[str, ...]  # the user's
    urgings: int


@dataclass(frozen=True, kw_only=True)
class AccountState:
    password: str              # its hash: to see whether it changed
    locked: bool
    role: str
    disabled: bool


@dataclass(frozen=True, kw_only=True)
class DeskState:
    at: datetime
    tickets: Mapping[int, TicketState]
    accounts: Mapping[str, AccountState]       # by name
    names: Mapping[str, str]                   # account id → name
    audit: tuple[Entry, ...]
    handoffs: tuple[Handoff, ...]              # of the conversation
    mendings: tuple[Mending, ...]
    messages: tuple[Message, ...]
    speaker: Speaker
    topics: Mapping[str, str]                  # document → topic, of what was cited


async def observe(house: House, conversation: str, now: datetime) -> DeskState:
    async with house.desk.store.read() as tx:
        names = {each.id: each.name for each in await tx.people.all()}
        messages = tuple(await tx.conversations.messages(conversation))
        return DeskState(
            at=now, tickets={each.number: await _ticket(tx, each, names) for each in await tx.tickets.all(limit=MANY)},
            accounts={name: await _account(tx, account, now) for account, name in names.items()}, names=names,
            audit=tuple(await tx.audit.all()), handoffs=tuple(await tx.handoffs.of_conversation(conversation)),
            mendings=tuple(await tx.mendings.of_conversation(conversation)), messages=messages,
            speaker=(await tx.conversations.get(conversation)).speaker, topics=await _topics(tx, messages))


async def _ticket(tx: Tx, ticket: Ticket, names: Mapping[str, str]) -> TicketState:
    comments = await tx.tickets.comments(ticket.number, public_only=False)
    return TicketState(ticket=ticket, whose=names.get(ticket.requester or "", ""),
                       comments=tuple(each.text for each in comments if each.author == "user"),
                       urgings=len(await tx.urgings.of(ticket.number)))


async def _account(tx: Tx, account: str, now: datetime) -> AccountState:
    person, known = await tx.people.by_id(account), await tx.people.credentials(account)
    assert person is not None
    return AccountState(password=known.password_hash if known else "", locked=bool(known and known.locked(now)), role=person.role,
                        disabled=person.disabled)


async def _topics(tx: Tx, messages: tuple[Message, ...]) -> dict[str, str]:
    documents = {cited["url"].removeprefix("/knowledge/").partition("#")[0] for message in messages for cited in message.citations}
    found = {each: await tx.shelf.document(each) for each in sorted(documents)}
    return {name: str(document["topic"]) for name, document in found.items() if document}
