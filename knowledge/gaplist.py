"""The gap list: questions that ask for the same as one row, whatever language each was asked in."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from desk.errors import NotFound
from desk.gaps import Ending, Gap, GapState
from desk.people import LANGS, Lang
from desk.store import Tx
from knowledge.likeness import Floats, Likeness


@dataclass(frozen=True)
class Group:
    """Gaps that are alike, the oldest first. Its id is the oldest's."""

    gaps: tuple[Gap, ...]

    @property
    def id(self) -> str:
        return self.gaps[0].id

    @property
    def state(self) -> GapState:
        """Whatever was decided about one of them holds for all: the next who asks brings nothing new."""
        states = {gap.state for gap in self.gaps}
        return next(state for state in (GapState.DRAFTED, GapState.ASIDE, GapState.OPEN) if state in states)

    @property
    def draft(self) -> str | None:
        return next((gap.draft for gap in self.gaps if gap.draft), None)

    @property
    def langs(self) -> tuple[Lang, ...]:
        return tuple(lang for lang in LANGS if any(gap.lang == lang for gap in self.gaps))

    @property
    def first(self) -> datetime:
        return self.gaps[0].at

    @property
    def last(self) -> datetime:
        return self.gaps[-1].at

    @property
    def endings(self) -> Mapping[Ending, int]:
        return Counter(gap.ending for gap in self.gaps)

    def shown(self, lang: Lang) -> Gap:
        """The newest in the reader's language, or else the newest."""
        return next((gap for gap in reversed(self.gaps) if gap.lang == lang), self.gaps[-1])

    def asked(self, lang: Lang) -> str:
        """The newest question in that language; empty if nobody asked in it."""
        return next((gap.text for gap in reversed(self.gaps) if gap.lang == lang), "")


async def groups(tx: Tx, likeness: Likeness, now: datetime) -> list[Group]:
    """Those asked most first, of equals the latest."""
    gaps = await tx.gaps.all(now)
    found = [Group(tuple(gaps[at] for at in some)) for some in likeness.groups([
        (gap.text, gap.lang, _vector(gap) if gap.embedder == likeness.embedder else None) for gap in gaps])]
    return sorted(found, key=lambda group: (len(group.gaps), group.last), reverse=True)


async def group(tx: Tx, likeness: Likeness, gap: str, now: datetime) -> Group:
    """The one in which that gap is: as it is now, others may have come to it since it was shown."""
    found = next((one for one in await groups(tx, likeness, now) if any(each.id == gap for each in one.gaps)), None)
    if found is None:
        raise NotFound()
    return found


def ids(gaps: Sequence[Gap]) -> list[str]:
    return [gap.id for gap in gaps]


def _vector(gap: Gap) -> Floats | None:
    return np.frombuffer(gap.vector, dtype="<f2").astype(np.float32) if gap.vector else None
