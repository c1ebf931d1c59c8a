"""Disruptions: declared and ended by the desk, and told of to those who wanted to hear of their end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from desk.conversations import Author
from desk.errors import BadInput, IllegalMove
from desk.mending import Disruption, DisruptionKind
from desk.people import LANGS, Lang
from desk.store import Store, Tx
from desk.words import Words

LONGEST = 600                  # characters of a disruption's text


class Watching:
    def __init__(self, store: Store, words: Words) -> None:
        self._store = store
        self._words = words

    async def declare(self, tx: Tx, *, asset: str, kind: DisruptionKind, text: Mapping[str, str], starts_at: datetime,
                      ends_at: datetime | None, by: str, now: datetime) -> Disruption:
        """Tell everybody who asks about the asset from now on. Which assets there are is asked before."""
        _check(kind, text, starts_at, ends_at, now)
        found = await tx.disruptions.declare(asset=asset, kind=kind, starts_at=starts_at, ends_at=ends_at,
                                             text={lang: text[lang].strip() for lang in LANGS}, declared_by=by)
        await tx.audit.add(by, "disruption.declared", now=now, asset=asset, disruption=found.id, kind=str(kind))
        return found

    async def amend(self, tx: Tx, disruption: str, *, text: Mapping[str, str], starts_at: datetime | None, ends_at: datetime | None,
                    by: str, now: datetime) -> Disruption:
        """Other words, another end, and another beginning (None: as it is) as long as it has not begun."""
        known = await tx.disruptions.get(disruption)
        if known.over(now):
            raise IllegalMove("The disruption is over already.")
        starts_at = starts_at or known.starts_at
        if starts_at != known.starts_at and not known.to_come(now):
            raise BadInput("It has begun already: its beginning stays.", field="starts_at")
        _check(known.kind, text, starts_at, ends_at, now)
        better = replace(known, text={lang: text[lang].strip() for lang in LANGS}, starts_at=starts_at, ends_at=ends_at)
        changed = [name for name in ("text", "starts_at", "ends_at") if getattr(better, name) != getattr(known, name)]
        if not changed:
            return known
        if not await tx.disruptions.amend(known, better):
            raise IllegalMove("Somebody else has just changed it. Look at it again.")
        await tx.audit.add(by, "disruption.amended", now=now, asset=known.asset, disruption=known.id, changed=changed)
        return better

    async def end(self, tx: Tx, disruption: str, *, by: str, now: datetime) -> Disruption:
        """It is over: those who wanted to hear of it are told with the next beat."""
        found = await tx.disruptions.get(disruption)
        if found.over(now):
            raise IllegalMove("The disruption is over already.")
        if not await tx.disruptions.amend(found, replace(found, starts_at=min(found.starts_at, now), ends_at=now)):
            raise IllegalMove("Somebody else has just changed it. Look at it again.")
        await tx.audit.add(by, "disruption.ended", now=now, asset=found.asset, disruption=found.id)
        return await tx.disruptions.get(disruption)

    async def bring_news(self, declared: Sequence[Disruption], name: Callable[[str, Lang], str], now: datetime) -> list[str]:
        """Tell everyone who waits for the end of a disruption that is over. Returns their conversations.

        `declared` are those of the house's file: one that no longer stands there is over too.
        """
        told: list[str] = []
        async with self._store.read() as tx:
            waiting = await tx.mendings.waiting_for_news()
        if not waiting:
            return told
        async with self._store.begin() as tx:
            lasting = {each.id for each in (*declared, *await tx.disruptions.not_over(now)) if not each.over(now)}
            for mending in waiting:
                if mending.news_of in lasting or not await tx.mendings.news_told(mending, now):
                    continue
                conversation = await tx.conversations.get(mending.conversation)
                text = self._words.say(conversation.lang, "mending.news", name=name(mending.asset, conversation.lang))
                await tx.conversations.say(conversation.id, Author.SYSTEM, text, conversation.lang, now)
                told.append(conversation.id)
        return told


def _check(kind: DisruptionKind, text: Mapping[str, str], starts_at: datetime, ends_at: datetime | None, now: datetime) -> None:
    if missing := [lang for lang in LANGS if not text.get(lang, "").strip()]:
        raise BadInput(f"The text is missing in {', '.join(missing)}: people are told in their own language.", field="text")
    if any(len(each) > LONGEST or "://" in each or "www." in each.lower() for each in text.values()):
        raise BadInput(f"At most {LONGEST} characters, in words: a link is not shown.", field="text")
    if ends_at is not None and ends_at <= max(starts_at, now):
        raise BadInput("It ends before it starts, or before now.", field="ends_at")
    if kind is DisruptionKind.MAINTENANCE and ends_at is None:
        raise BadInput("A planned maintenance has an end.", field="ends_at")
