"""The phrasings that the library holds, by document and by access class."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from desk.people import LANGS, Lang
from knowledge.lexical import Index
from knowledge.space import Space
from knowledge.ways import Asked, Ways, Wording


@dataclass(frozen=True)
class Phrased:
    texts: Mapping[tuple[str, int], Sequence[str]] = field(default_factory=dict)   # of each section of a document
    wordings: Mapping[str, Mapping[Lang, Wording]] = field(default_factory=dict)   # of each access class
    space: Space | None = None

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]], embedder: str, space: Space, index: Index) -> "Phrased":
        texts: dict[tuple[str, int], list[str]] = defaultdict(list)
        asked: dict[str, list[Asked]] = defaultdict(list)
        for row in rows:
            texts[row["document"], row["ordinal"]].append(row["text"])
            known = row["vector"] is not None and row["embedder"] == embedder
            vector = np.frombuffer(row["vector"], dtype="<f2").astype(np.float32) if known else None
            asked[row["audience"]].append(Asked((row["source"], row["topic"], row["ordinal"]), row["lang"], row["text"], vector))
        return cls(dict(texts), {audience: _wordings(some, space, index) for audience, some in asked.items()}, space)

    def texts_of(self, document: str, ordinal: int) -> Sequence[str]:
        return self.texts.get((document, ordinal), ())

    def seen_by(self, audiences: frozenset[str]) -> Ways:
        """Of these classes alone: what one may not see weighs nothing."""
        mine = [self.wordings[audience] for audience in sorted(audiences) if audience in self.wordings]
        return Ways({lang: [one[lang] for one in mine if lang in one] for lang in LANGS}, self.space or Space.plain(1))


def _wordings(asked: Iterable[Asked], space: Space, index: Index) -> Mapping[Lang, Wording]:
    by_lang: dict[Lang, list[Asked]] = defaultdict(list)
    for one in asked:
        by_lang[one.lang].append(one)
    return {lang: Wording.of(some, lang, space, index) for lang, some in by_lang.items()}
