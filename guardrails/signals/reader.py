"""Reads a message once, for every rule and the search: its language, its vector and what the heads say of it."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from desk.people import Lang
from guardrails.signals.heads import Heads, HeadsMissing, Read
from guardrails.signals.language import identify
from guardrails.signals.signal import Signal, Signals
from knowledge.embedder import Embedder

PERSIAN = str.maketrans("يىك", "ییک")    # as many keyboards type them: an embedder takes them for other words
KEPT = 256                     # messages; a turn reads its own several times


class Reader:
    """Raises HeadsMissing when the heads were fitted on another embedder."""

    def __init__(self, embedder: Embedder, heads: Heads) -> None:
        if heads.space.mean.shape != (embedder.dim,):
            raise HeadsMissing(f"they were fitted on {heads.space.embedder}, not on {embedder.id}")
        self._embedder = embedder
        self._heads = heads
        self._examples: dict[str, NDArray[np.float32]] = {}
        self._kept: OrderedDict[str, tuple[NDArray[np.float32], Read]] = OrderedDict()

    async def read(self, text: str, last: Lang | None = None) -> Signals:
        """`last` is the language of the conversation so far; a message that doesn't say keeps it."""
        tongue = identify(text, last)
        vector, found = await self._once(_spelled(text, tongue.lang))
        return Signals(lang=tongue.lang, spoken=tongue.spoken, sure=tongue.sure, vector=vector, intents=found.intents,
                       wants_person=Signal(probability=found.wants_person, threshold=self._heads.wants_person.threshold),
                       negative=Signal(probability=found.negative, threshold=self._heads.negative.threshold),
                       injection=Signal(probability=found.injection, threshold=self._heads.injection.threshold),
                       delicate=Signal(probability=found.delicate, threshold=self._heads.delicate.threshold),
                       danger=Signal(probability=found.danger, threshold=self._heads.danger.threshold), danger_kind=found.danger_kind)

    async def nearest(self, text: str, groups: Mapping[str, Sequence[str]]) -> tuple[str, float]:
        """Of groups of examples the one that lies nearest, and by how much nearer than every message that the heads were fitted on."""
        vector, _ = await self._once(_spelled(text, identify(text).lang))
        owners = [name for name, texts in groups.items() for _ in texts]
        others = np.stack([await self._example(one) for texts in groups.values() for one in texts])
        ahead = self._heads.space.nearer(vector, others)
        best = int(ahead.argmax())
        return owners[best], float(ahead[best])

    async def _example(self, text: str) -> NDArray[np.float32]:
        if text not in self._examples:
            self._examples[text] = await self._embedder.query(text)
        return self._examples[text]

    async def _once(self, text: str) -> tuple[NDArray[np.float32], Read]:
        known = self._kept.get(text)
        if known is None:
            vector = await self._embedder.query(text)
            known = (vector, self._heads.read(text, vector))
            self._kept[text] = known
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(text)
        return known


def _spelled(text: str, lang: Lang) -> str:
    """Persian in its own letters; every other text as it is."""
    return text.translate(PERSIAN) if lang == "fa" else text
