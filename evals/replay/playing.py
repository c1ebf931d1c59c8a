"""Says a recorded conversation again, message by message, and holds what comes of each beside what came of it then."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

from desk.conversations import Author, Speaker
from desk.people import Caller, Lang
from desk.store import Store
from desk.turns import Turn
from evals.harvest.personal import Known
from evals.harvest.record import Record, records
from evals.replay.outcome import Did, differences
from evals.replay.sandbox import MakeHouse, Sandbox, furnish, opened, tickets_of
from evals.work import Clock

HASHED = 20                    # hexadecimal digits of a conversation's name
WITHHELD = "[withheld: the text names somebody]"
TICK = timedelta(milliseconds=1)


class Status(StrEnum):
    SAME = "same"
    DIFFERS = "differs"
    DIVERGED = "diverged earlier"      # an earlier answer differed: what the person wrote then answered another one
    APART = "apart"            # differs, after something that is not played: a person spoke, a button was pressed, a service was checked
    BROKE = "broke"            # the machinery did not manage; it says nothing of the version


@dataclass(frozen=True, kw_only=True)
class Beside:
    """One message, what came of it then and what comes of it now."""

    text: str                  # redacted
    lang: Lang
    status: Status
    kinds: tuple[str, ...] = ()
    before: Did
    now: Did | None = None     # None: not asked, or it broke

    def as_json(self) -> dict[str, Any]:
        return {"text": self.text, "lang": self.lang, "status": str(self.status), "kinds": list(self.kinds),
                "before": self.before.as_json(), "now": self.now.as_json() if self.now else None}


@dataclass(frozen=True, kw_only=True)
class Played:
    id: str                    # leads back to the conversation in this house alone
    lang: Lang
    turns: tuple[Beside, ...]


async def replay(store: Store, *, since: datetime | None, limit: int, home: Path, make: MakeHouse, now: datetime,
                 hashed: Callable[[str], str], progress: Callable[[int, int], None]) -> list[Played]:
    """The newest conversations, at most so many, in the order in which they were had. The real store is read alone."""
    clock = Clock(now)
    house = make(home, clock)
    async with store.read() as real:       # one snapshot, and let go before the first message is said: that takes a while
        known, tickets = await Known.of(real), await tickets_of(real)
        found = [record async for record in records(real, since) if _answered(record)][-limit:]
        names = await furnish(real, house)
    played = []
    async with opened(house, clock, names) as sandbox:
        for number, record in enumerate(found, 1):
            turns = [each async for each in _again(record, sandbox, tickets, known)]
            played.append(Played(id=hashed(record.conversation.id)[:HASHED], lang=turns[0].lang, turns=tuple(turns)))
            progress(number, len(found))
    return played


def _answered(record: Record) -> list[Turn]:
    """The messages that the assistant answered. What was written to a person is not the assistant's to answer."""
    return [turn for turn in record.turns if turn.kind == "message" and (turn.answer or {}).get("reply")]


async def _again(record: Record, house: Sandbox, tickets: Sequence[Mapping[str, Any]], known: Known) -> AsyncIterator[Beside]:
    """Each message beside what comes of it now. `tickets` are all that there are."""
    turns = _answered(record)
    await house.put_back()
    house.clock.now = record.conversation.created_at
    caller, conversation = await house.begin(record.conversation, cast(Lang, turns[0].lang), tickets)
    diverged, apart = False, False
    unplayed = [False, *(_between(record, earlier, later) for earlier, later in pairwise(turns))]
    for turn, after_unplayed in zip(turns, unplayed, strict=True):
        house.clock.now = max(turn.received_at, house.clock.now + TICK)
        before = Did.of(turn.answer or {}, record.topics)
        apart = apart or after_unplayed
        now = None if diverged else await _said(turn, caller, conversation.id, house, record.topics)
        kinds = differences(before, now) if now else ()
        status = _status(now, kinds, diverged=diverged, apart=apart)
        yield Beside(text=known.clean(turn.text) or WITHHELD, lang=cast(Lang, turn.lang), status=status, kinds=kinds, before=before,
                     now=now)
        diverged = diverged or status in (Status.DIFFERS, Status.BROKE)
        apart = apart or before.checked


def _status(now: Did | None, kinds: Sequence[str], *, diverged: bool, apart: bool) -> Status:
    if diverged:
        return Status.DIVERGED
    if now is None or now.broke:
        return Status.BROKE
    if not kinds:
        return Status.SAME
    return Status.APART if apart else Status.DIFFERS


def _between(record: Record, earlier: Turn, later: Turn) -> bool:
    """Whether anything but messages to the assistant happened between the two: a person spoke, a form was sent, a button was pressed."""
    turns = (turn for turn in record.turns if earlier.seq <= turn.seq < later.seq and turn.id != earlier.id)
    messages = (message for message in record.messages if earlier.seq < message.seq < later.seq)
    return any(turn.kind != "message" or not (turn.answer or {}).get("reply") for turn in turns) or any(
        message.author is Author.PERSON or (message.extra.get("handoff") and not message.turn) for message in messages)


async def _said(turn: Turn, caller: Caller, conversation: str, house: Sandbox, topics: Mapping[str, str]) -> Did | None:
    """What comes of it now; None where the machinery failed."""
    desk, assistant = house.house.desk, house.house.assistant
    async with desk.store.read() as tx:
        here = await tx.conversations.get(conversation)
    if here.speaker is not Speaker.ASSISTANT:          # then a person had given it back, or the user went on by a button
        await desk.handing.resume(here, house.clock())
    try:
        answer = await assistant.answer(await assistant.receive(caller, conversation, turn.text))
    except Exception:                  # whatever it is, it says nothing of the version
        return None
    await assistant.settle()
    return Did.of(answer, topics)
