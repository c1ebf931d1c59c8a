"""Is somebody there, and what may be promised: what every service that speaks to a waiting user asks."""

from datetime import datetime
from typing import Any

from desk.conversations import Conversation
from desk.dates import DIGITS, moment_text
from desk.handoffs import Handoff, HandoffState, promise
from desk.hours import Hours
from desk.people import Account
from desk.presence import Attendance, aged, arrived, speaks
from desk.store import Tx
from desk.words import Words


class Duty:
    def __init__(self, words: Words, hours: Hours, phone: str) -> None:
        self.words = words
        self.hours = hours
        self.phone = phone

    async def attended(self, tx: Tx, now: datetime) -> bool:
        """Working hours, and somebody at the desk."""
        return self.hours.on_duty(now) and any(aged(each, now).on_duty for each in await tx.presence.all())

    async def presence(self, tx: Tx, account: str, now: datetime) -> Attendance:
        """What is known of somebody as of now."""
        known = await tx.presence.of(account)
        return aged(known, now) if known else arrived(account, now)

    async def speaks(self, tx: Tx, agent: Account, now: datetime) -> None:
        """Whoever claims, replies or rings is there. Holds the agent's row until the end, so that chats are counted one at a time."""
        known = await tx.presence.lock(agent.id)
        await tx.presence.put(speaks(aged(known, now) if known else arrived(agent.id, now), now))

    async def place(self, tx: Tx, handoff: Handoff) -> int:
        """1 is next; 0 is not waiting."""
        waiting = [each.id for each in await tx.handoffs.waiting()]
        return waiting.index(handoff.id) + 1 if handoff.id in waiting else 0

    async def promise(self, tx: Tx, now: datetime, before: int) -> datetime:
        return promise(self.hours, now, max(before, 0), attended=await self.attended(tx, now))

    async def timezone(self, tx: Tx, conversation: Conversation) -> str:
        owner = await tx.people.by_id(conversation.account) if conversation.account else None
        return owner.timezone if owner else "UTC"

    async def when(self, tx: Tx, conversation: Conversation, moment: datetime, now: datetime) -> str:
        """A promised time in the owner's language and time zone."""
        return moment_text(moment, conversation.lang, await self.timezone(tx, conversation), now)

    async def span(self, tx: Tx, conversation: Conversation, start: datetime, end: datetime, now: datetime) -> dict[str, str]:
        """From when until when, the day said once."""
        zone = await self.timezone(tx, conversation)
        return {"when": moment_text(start, conversation.lang, zone, now), "until": moment_text(end, conversation.lang, zone, start)}

    async def facts(self, tx: Tx, conversation: Conversation, handoff: Handoff, now: datetime, **more: Any) -> dict[str, Any]:
        """What a waiting user is told of: the ticket, the place, the time and the phone."""
        place = str(await self.place(tx, handoff)).translate(DIGITS[conversation.lang])
        return {"ticket": handoff.ticket, "place": place, "phone": self.phone,
                "when": await self.when(tx, conversation, handoff.expected_by, now)} | more

    async def told(self, tx: Tx, conversation: Conversation, handoff: Handoff, now: datetime, *, again: bool) -> str:
        """What somebody who has asked for a person hears: honest about whether anyone is there."""
        if handoff.state is HandoffState.TAKEN:
            return self.words.say(conversation.lang, "handoff.taken")
        key = "handoff.again" if again else "handoff.on_duty" if await self.attended(tx, now) else "handoff.off_duty"
        return self.words.say(conversation.lang, key, **await self.facts(tx, conversation, handoff, now))
