"""The phrasings that the library holds, by document and by access class."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from knowledge.space import Space
from knowledge.ways import Asked, Ways


@dataclass(frozen=True)
class Phrased:
    texts: Mapping[tuple[str, int], Sequence[str]] = field(default_factory=dict)   # of each section of a document
    asked: Mapping[str, Sequence[Asked]] = field(default_factory=dict)             # of each access class
    space: Space | None = None

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]], embedder: str, space: Space) -> "Phrased":
        texts: dict[tuple[str, int], list[str]] = defaultdict(list)
        asked: dict[str, list[Asked]] = defaultdict(list)
        for row in rows:
            texts[row["document"], row["ordinal"]].append(row["text"])
            known = row["vector"] is not None and row["embedder"] == embedder
            vector = np.frombuffer(row["vector"], dtype="<f2").astype(np.float32) if known else None
            asked[row["audience"]].append(Asked((row["source"], row["topic"], row["ordinal"]), row["lang"], row["text"], vector))
        return cls(dict(texts), dict(asked), space)

    def texts_of(self, document: str, ordinal: int) -> Sequence[str]:
        return self.texts.get((document, ordinal), ())

    def seen_by(self, audiences: frozenset[str]) -> Ways:
        """Of these classes alone: what one may not see weighs nothing."""
        mine = [one for audience in sorted(audiences) for one in self.asked.get(audience, ())]
        return Ways(mine, self.space or Space.plain(1))
