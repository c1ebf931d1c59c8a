"""Attaching files to conversations and tickets: the bytes first, then the row, then word of it; and who may have them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from desk.attachments import Attachment, Checked, check
from desk.conversations import Author, Conversation
from desk.errors import Gone, GuestMayNot, NotFound, TooManyFiles
from desk.files import Files
from desk.people import AT_THE_DESK, Caller
from desk.store import Store, Tx
from desk.words import Words

A_DAY = timedelta(hours=24)
BATCH = 200


@dataclass(frozen=True, kw_only=True)
class Limits:
    largest: int = 10 * 1024 * 1024   # bytes of one file
    at_once: int = 5
    in_all: int = 30                  # of one conversation or ticket
    a_day: int = 100                  # of one person


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A file as it came: nothing of it is believed."""

    name: str
    content: bytes


class Attaching:
    def __init__(self, store: Store, words: Words, folder: Path, limits: Limits) -> None:
        self._store = store
        self._words = words
        self._files = Files(folder)
        self.limits = limits

    async def to_conversation(self, caller: Caller, conversation: str, sent: Sequence[Sent], now: datetime) -> list[Attachment]:
        """Keep the files of the caller's own conversation and say so in it."""
        by = _account(caller)
        async with self._store.read() as tx:
            whose = await tx.conversations.of(caller, conversation)
            held = await tx.attachments.of(conversation=whose.id)
            await self._room_for(tx, sent, len(held), by, now)
        kept = await self._keep(sent, now)
        async with self._store.begin() as tx:
            added = [await tx.attachments.add(each, account=by, conversation=whose.id, ticket=None, now=now) for each in kept]
            await self._tell(tx, await tx.conversations.get(whose.id), added, now)
        return added

    async def to_ticket(self, caller: Caller, number: int, sent: Sequence[Sent], now: datetime) -> list[Attachment]:
        """Keep the files of the caller's own ticket; at the desk, of any."""
        by = _account(caller)
        async with self._store.read() as tx:
            ticket = await (tx.tickets.get(number) if caller.role in AT_THE_DESK else tx.tickets.of(caller, number))
            await self._room_for(tx, sent, len(await tx.attachments.of(ticket=number)), by, now)
        kept = await self._keep(sent, now)
        async with self._store.begin() as tx:
            added = [await tx.attachments.add(each, account=by, conversation=None, ticket=number, now=now) for each in kept]
            names = ", ".join(each.name for each in added)
            await tx.tickets.comment(number, "system", self._words.say(ticket.lang, "attachment.on_ticket", names=names), now,
                                     account=by)
            await tx.audit.add(by, "ticket.attached", subject=ticket.requester, now=now, ticket=number,
                               files=[each.id for each in added])
        return added

    async def of(self, caller: Caller, attachment: str) -> Attachment:
        """The one access function: whoever may see its conversation or ticket; to all others there is none."""
        async with self._store.read() as tx:
            found = await tx.attachments.get(attachment)
            if not await _may_see(tx, caller, found):
                raise NotFound()
        return found

    async def content(self, caller: Caller, attachment: str) -> tuple[Attachment, bytes]:
        """Raises Gone where the row stands and the bytes are lost."""
        found = await self.of(caller, attachment)
        content = await asyncio.to_thread(self._files.read, found.sha256)
        if content is None:
            raise Gone()
        return found, content

    async def remove(self, caller: Caller, attachment: str, now: datetime) -> Attachment:
        """Whoever sent it takes it back. The bytes go with the next sweep, unless somebody else sent the same."""
        found = await self.of(caller, attachment)
        async with self._store.begin() as tx:
            if caller.account is None or found.account != caller.account.id:
                raise NotFound()
            await tx.attachments.forget(found.id)
            await tx.audit.add(found.account, "attachment.removed", subject=found.account, now=now, attachment=found.id)
        return found

    async def sweep(self, now: datetime) -> int:
        """Remove bytes that no row names. Returns how many files went."""
        gone = 0
        names = await asyncio.to_thread(lambda: list(self._files.settled(now)))
        for at in range(0, len(names), BATCH):
            batch = names[at:at + BATCH]
            async with self._store.read() as tx:
                known = await tx.attachments.known(batch)
            for name in set(batch) - known:
                gone += await asyncio.to_thread(self._files.drop, name, now)
        return gone

    async def _room_for(self, tx: Tx, sent: Sequence[Sent], held: int, by: str, now: datetime) -> None:
        today = await tx.attachments.count(by, now - A_DAY)
        limit = self.limits
        if len(sent) > limit.at_once or held + len(sent) > limit.in_all or today + len(sent) > limit.a_day:
            raise TooManyFiles(at_once=limit.at_once, in_all=limit.in_all)

    async def _keep(self, sent: Sequence[Sent], now: datetime) -> list[Checked]:
        """Check all before any is written: one that is refused refuses all that came with it."""
        checked = [await asyncio.to_thread(check, each.name, each.content, largest=self.limits.largest) for each in sent]
        for each in checked:
            await asyncio.to_thread(self._files.keep, each.sha256, each.content, now)
        return checked

    async def _tell(self, tx: Tx, conversation: Conversation, added: Sequence[Attachment], now: datetime) -> None:
        text = self._words.say(conversation.lang, "attachment.received")
        await tx.conversations.say(conversation.id, Author.SYSTEM, text, conversation.lang, now,
                                   extra={"attachments": [each.shown for each in added]})


async def _may_see(tx: Tx, caller: Caller, found: Attachment) -> bool:
    try:
        if found.ticket is not None:
            await (tx.tickets.get(found.ticket) if caller.role in AT_THE_DESK else tx.tickets.of(caller, found.ticket))
            return True
        if found.conversation is None:
            return False
        if caller.role in AT_THE_DESK and await _came_to_the_desk(tx, found.conversation):
            return True
        await tx.conversations.of(caller, found.conversation)
    except NotFound:
        return False
    return True


async def _came_to_the_desk(tx: Tx, conversation: str) -> bool:
    """A conversation that was handed off, or in which a ticket was opened, has been given to the desk."""
    return await tx.handoffs.latest(conversation) is not None or await tx.tickets.opened_in(conversation)


def _account(caller: Caller) -> str:
    """Nobody leaves bytes here without a name."""
    if caller.account is None:
        raise GuestMayNot()
    return caller.account.id
