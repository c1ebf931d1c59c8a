"""Conversations, their messages and their events in SQL. Every change of what a reader sees is an event in the same transaction."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from desk.codes import new_id
from desk.conversations import Author, Conversation, Event, Message, Speaker
from desk.errors import LeaseLost, NotFound
from desk.people import Caller, Lang
from desk.store.locks import held
from desk.store.postgres import CHANNEL
from desk.store.tables import LARGEST, conversations, events, messages


def _conversation(row: RowMapping) -> Conversation:
    return Conversation(**{**row, "speaker": Speaker(row["speaker"])})


def _message(row: RowMapping) -> Message:
    return Message(seq=row["seq"], at=row["at"], author=Author(row["author"]), text=row["text"], lang=row["lang"], account=row["account"],
                   turn=row["turn"], citations=row["citations"], actions=row["actions"], extra=row["extra"])


def message_data(message: Message) -> dict[str, Any]:
    """A message as the stream and the API tell it."""
    return {"seq": message.seq, "at": message.at.isoformat(), "author": str(message.author), "text": message.text, "lang": message.lang,
            "citations": message.citations, "actions": message.actions, **message.extra}


class Conversations:
    def __init__(self, connection: AsyncConnection) -> None:
        self._sql = connection

    async def open(self, *, account: str | None, claim: str | None = None, claim_key: str | None = None, lang: Lang,
                   now: datetime) -> Conversation:
        conversation = Conversation(id=new_id(), account=account, claim=claim, claim_key=claim_key, lang=lang, speaker=Speaker.ASSISTANT,
                                    epoch=0, person=None, seq=0, created_at=now, updated_at=now)
        await self._sql.execute(insert(conversations).values(asdict(conversation)))
        return conversation

    async def get(self, conversation: str) -> Conversation:
        """In a transaction that may write it is held: whatever is read of it from here on is still so at the commit."""
        wanted = held(self._sql, select(conversations).where(conversations.c.id == conversation))
        row = (await self._sql.execute(wanted)).mappings().first()
        if row is None:
            raise NotFound()
        return _conversation(row)

    async def lock(self, conversation: str) -> Conversation:
        """The conversation, kept as it is until the transaction's end: whoever else would change it waits."""
        wanted = select(conversations).where(conversations.c.id == conversation).with_for_update()
        row = (await self._sql.execute(wanted)).mappings().first()
        if row is None:
            raise NotFound()
        return _conversation(row)

    async def of(self, caller: Caller, conversation: str) -> Conversation:
        """The caller's own conversation; someone else's is not found. The one access function for owners."""
        found = await self.get(conversation)
        own = found.account == caller.account.id if caller.account else found.is_guest and caller.conversation == found.id
        if not own:
            raise NotFound()
        return found

    async def owned_by(self, account: str, limit: int = 20) -> list[Conversation]:
        wanted = select(conversations).where(conversations.c.account == account).order_by(conversations.c.updated_at.desc()).limit(limit)
        return [_conversation(row) for row in (await self._sql.execute(wanted)).mappings()]

    async def since(self, moment: datetime | None) -> list[Conversation]:
        """Those in which anything happened since then, the oldest first; None: all."""
        wanted = select(conversations).order_by(conversations.c.created_at, conversations.c.id)
        if moment is not None:
            wanted = wanted.where(conversations.c.updated_at >= moment)
        return [_conversation(row) for row in (await self._sql.execute(wanted)).mappings()]

    async def change(self, before: Conversation, after: Conversation) -> Conversation:
        """Write `after`, provided that nobody moved the epoch since `before` was read; announces a new speaker."""
        done = await self._sql.execute(update(conversations).where(
            conversations.c.id == before.id, conversations.c.epoch == before.epoch).values(
                lang=after.lang, speaker=after.speaker, epoch=after.epoch, person=after.person, claim=after.claim,
                updated_at=after.updated_at, closed_at=after.closed_at))
        if done.rowcount != 1:
            raise LeaseLost()
        if before.speaker is not after.speaker:
            await self.tell(after.id, "speaker", {"speaker": str(after.speaker)}, after.updated_at)
        return await self.get(after.id)

    async def say(self, conversation: str, author: Author, text: str, lang: Lang, now: datetime, *, account: str | None = None,
                  turn: str | None = None, citations: list[dict[str, Any]] | None = None, actions: list[dict[str, Any]] | None = None,
                  extra: dict[str, Any] | None = None) -> Message:
        message = Message(seq=await self._next(conversation, now), at=now, author=author, text=text, lang=lang, account=account, turn=turn,
                          citations=citations or [], actions=actions or [], extra=extra or {})
        await self._sql.execute(insert(messages).values(conversation=conversation, **asdict(message)))
        await self._sql.execute(insert(events).values(
            conversation=conversation, seq=message.seq, kind="message", data=message_data(message), at=now))
        return message

    async def tell(self, conversation: str, kind: str, data: dict[str, Any], now: datetime) -> int:
        seq = await self._next(conversation, now)
        await self._sql.execute(insert(events).values(conversation=conversation, seq=seq, kind=kind, data=data, at=now))
        return seq

    async def messages(self, conversation: str, last: int | None = None) -> list[Message]:
        wanted = select(messages).where(messages.c.conversation == conversation).order_by(messages.c.seq.desc())
        rows = (await self._sql.execute(wanted.limit(last) if last else wanted)).mappings().all()
        return [_message(row) for row in reversed(rows)]

    async def waits_since(self, conversation: str, claimed_at: datetime) -> datetime | None:
        """Since when the user waits for the one who took the conversation then; None if it is the user's turn."""
        said = select(func.max(messages.c.seq)).where(messages.c.conversation == conversation, messages.c.author == Author.PERSON,
                                                      messages.c.at >= claimed_at)
        last = (await self._sql.execute(said)).scalar()
        if last is None:
            return claimed_at
        asked = select(messages.c.at).where(messages.c.conversation == conversation, messages.c.author == Author.USER,
                                            messages.c.seq > last)
        found: datetime | None = (await self._sql.execute(asked.order_by(messages.c.seq).limit(1))).scalar()
        return found

    async def events(self, conversation: str, after: int, limit: int = 200) -> list[Event]:
        wanted = select(events).where(events.c.conversation == conversation, events.c.seq > min(after, LARGEST))
        rows = await self._sql.execute(wanted.order_by(events.c.seq).limit(limit))
        return [Event(seq=row["seq"], kind=row["kind"], data=row["data"]) for row in rows.mappings()]

    async def _next(self, conversation: str, now: datetime) -> int:
        """The next number of the conversation. Other processes are told at the commit that something was recorded under it."""
        told = [func.pg_notify(CHANNEL, conversations.c.id)] if self._sql.dialect.name == "postgresql" else []
        step = update(conversations).where(conversations.c.id == conversation).values(
            seq=conversations.c.seq + 1, updated_at=now).returning(conversations.c.seq, *told)
        return int((await self._sql.execute(step)).one()[0])
