"""Lets go of what has been kept long enough."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from desk.audit import CUT
from desk.retention import Terms
from desk.store import Store

KINDS = ("conversations", "tickets", "mail", "sessions", "verifications")
EVERY = timedelta(hours=1)
MARK = "aged_at"               # when the house last looked


class Ageing:
    def __init__(self, store: Store, terms: Terms) -> None:
        self._store = store
        self.terms = terms

    async def when_due(self, now: datetime) -> Mapping[str, int]:
        """Once an hour, by whichever process comes first."""
        async with self._store.begin() as tx:
            last = await tx.marks.get(MARK)
            if last and datetime.fromisoformat(last) > now - EVERY:
                return {}
            await tx.marks.set(MARK, now.isoformat())
        return await self.let_go(now)

    async def let_go(self, now: datetime) -> Mapping[str, int]:
        """Everything that is due; how many of each kind went. Each batch is a transaction of its own."""
        gone = {kind: await self._all_of(kind, now) for kind in KINDS}
        return {kind: n for kind, n in (gone | {"audit": await self._audit(now)}).items() if n}

    async def _all_of(self, kind: str, now: datetime) -> int:
        before, gone = self.terms.before(kind, now), 0
        while before:
            async with self._store.begin() as tx:
                some = await getattr(tx.retention, kind)(before)
            gone += some
            if not some:
                break
        return gone

    async def _audit(self, now: datetime) -> int:
        """The beginning of the trail goes; an entry in the trail says up to where, so that what is left can still be checked."""
        before = self.terms.before("audit", now)
        if before is None:
            return 0
        async with self._store.begin() as tx:
            cut = await tx.retention.audit(before)
            if cut is None:
                return 0
            await tx.audit.add("house", CUT, now=now, through=cut[0], hash=cut[1])
        return cut[0]
