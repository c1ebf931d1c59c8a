"""What the library holds in memory: the passages of each access class with their postings and vectors, as one unchanging picture.

A search works on the picture that it began with; whatever changes is a new picture.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desk.drafts import WAITING
from desk.people import LANGS, Lang
from knowledge.articles import indexed
from knowledge.fusion import Moments
from knowledge.lexical import Index, Lexical, View
from knowledge.phrased import Phrased
from knowledge.space import Space
from knowledge.ways import Section, Ways

LADDER = ("public", "everyone", "agents")      # guests see the first, who is signed in the second too, the desk all
ENOUGH = 10                        # passages of a language from which it is measured by itself


def key(passage: str, its_hash: str) -> str:
    """A passage's key in the vector index: another text is another key."""
    return f"{passage}:{its_hash[:16]}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    id: str
    document: str
    source: str
    topic: str
    lang: Lang
    title: str
    heading: str
    text: str
    audience: str
    reviewed: str
    ordinal: int
    hash: str

    @property
    def key(self) -> str:
        return key(self.id, self.hash)

    @property
    def section(self) -> Section:
        """The same in every language."""
        return self.source, self.topic, self.ordinal


@dataclass(frozen=True)
class Holding:
    """One access class."""

    audience: str
    passages: tuple[Passage, ...]
    lexical: Lexical
    vectors: NDArray[np.float16]            # a row per passage; zeros where there is none yet
    embedded: NDArray[np.bool_]
    moments: Mapping[Lang, Moments]         # of the embedded rows of each language

    @cached_property
    def rows(self) -> Mapping[str, int]:
        return {passage.key: row for row, passage in enumerate(self.passages)}

    def keyed(self) -> dict[str, NDArray[np.float32]]:
        return {self.passages[row].key: self.vectors[row].astype(np.float32) for row in np.flatnonzero(self.embedded)}

    def with_vectors(self, fresh: Mapping[str, NDArray[np.float32]]) -> "Holding":
        """With vectors for passages of this class that had none; keys of other classes are passed over."""
        rows = {key: self.rows[key] for key in fresh if key in self.rows}
        if not rows:
            return self
        at, more = list(rows.values()), np.stack([fresh[key] for key in rows]).astype(np.float16)
        vectors, embedded = self.vectors.copy(), self.embedded.copy()
        vectors[at], embedded[at] = more, True
        return replace(self, vectors=vectors, embedded=embedded, moments={
            lang: old + Moments.of(more[[self.passages[row].lang == lang for row in at]]) for lang, old in self.moments.items()})


@dataclass(frozen=True)
class Holdings:
    """All access classes, as of one generation of the shelf."""

    generation: str
    classes: Mapping[str, Holding]
    phrased: Phrased = field(default_factory=Phrased)
    _seen: dict[frozenset[str], "Seen"] = field(default_factory=dict)

    def seen_by(self, may_see: frozenset[str]) -> "Seen":
        audiences = may_see.intersection(self.classes)
        if audiences not in self._seen:
            self._seen[audiences] = Seen(tuple(self.classes[audience] for audience in sorted(audiences)), self.phrased.seen_by(audiences))
        return self._seen[audiences]

    def prepare(self) -> None:
        """Weigh what the house's roles may see, so that nobody's first question waits for it."""
        for count in range(1, len(LADDER) + 1):
            self.seen_by(frozenset(LADDER[:count])).view.prepare()

    def with_vectors(self, fresh: Mapping[str, NDArray[np.float32]], generation: str) -> "Holdings":
        """The next picture, of which only vectors are new: what was weighed of the words is kept."""
        classes = {audience: one.with_vectors(fresh) for audience, one in self.classes.items()}
        seen = {audiences: Seen(tuple(classes[audience] for audience in sorted(audiences)), one.ways, one.view)
                for audiences, one in self._seen.copy().items()}
        return Holdings(generation, classes, self.phrased, seen)


class Seen:
    """What a person may see: some classes, their passages counted through."""

    def __init__(self, classes: tuple[Holding, ...], ways: Ways, view: View | None = None) -> None:
        self.classes = classes
        self.ways = ways
        self.view = view or View([one.lexical for one in classes])
        self.passages = tuple(passage for one in classes for passage in one.passages)
        self.starts = (0, *accumulate(len(one.passages) for one in classes))
        self._measures: dict[Lang | None, tuple[NDArray[np.bool_] | None, Moments]] = {}

    @cached_property
    def _rows_in(self) -> dict[str, NDArray[np.bool_]]:
        return {lang: np.array([passage.lang == lang for passage in self.passages]) for lang in LANGS}

    def measure(self, lang: Lang | None) -> tuple[NDArray[np.bool_] | None, Moments]:
        """The rows whose mean and spread a search in this language takes, none for all of them, and the moments of their vectors."""
        if lang not in self._measures:
            among = self._rows_in[lang] if lang is not None and int(self._rows_in[lang].sum()) >= ENOUGH else None
            moments = [one.moments[each] for one in self.classes for each in LANGS if among is None or each == lang]
            self._measures[lang] = among, sum(moments[1:], start=moments[0])
        return self._measures[lang]

    def rows_of(self, audience: str, keys: Iterable[str]) -> list[int]:
        """Rows of the keys that this picture knows: the index may be a moment older or newer."""
        at = next(number for number, one in enumerate(self.classes) if one.audience == audience)
        known = self.classes[at].rows
        return [self.starts[at] + known[key] for key in keys if key in known]

    def cosines(self, rows: Sequence[int], vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """Of each row, or nan where it has no vector yet."""
        wanted = np.asarray(rows, dtype=np.intp)
        found = np.full(wanted.size, np.nan, dtype=np.float32)
        for start, one in zip(self.starts, self.classes, strict=False):
            here = np.flatnonzero((wanted >= start) & (wanted < start + len(one.passages)))
            here = here[one.embedded[wanted[here] - start]]
            found[here] = one.vectors[wanted[here] - start].astype(np.float32) @ vector
        return found

    def rows_in(self, sections: Iterable[Section]) -> list[int]:
        """Rows of these sections, in every language."""
        return [row for section in sections for row in self._by_section.get(section, ())]

    @cached_property
    def _by_section(self) -> Mapping[Section, Sequence[int]]:
        found: dict[Section, list[int]] = defaultdict(list)
        for row, passage in enumerate(self.passages):
            found[passage.section].append(row)
        return found

    @cached_property
    def translations(self) -> Mapping[tuple[str, str, str], Mapping[str, Sequence[int]]]:
        """Rows of each document, by source, topic and language."""
        found: dict[tuple[str, str, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for row, passage in enumerate(self.passages):
            found[passage.source, passage.topic, passage.lang][passage.document].append(row)
        return found


def arrange(rows: Iterable[Mapping[str, Any]], phrasings: Sequence[Mapping[str, Any]], generation: str, embedder: str, space: Space,
            index: Index) -> Holdings:
    """Make the picture from what SQL holds."""
    phrased = Phrased.of([row for row in phrasings if row["tier"] not in WAITING], embedder, space, index)
    by_class: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        if row["tier"] not in WAITING:
            by_class[row["audience"]].append(row)
    classes = {audience: _holding(audience, some, embedder, space.dim, phrased, index) for audience, some in by_class.items()}
    return Holdings(generation, classes, phrased)


def _holding(audience: str, rows: Sequence[Mapping[str, Any]], embedder: str, dim: int, phrased: Phrased,
             index: Index) -> Holding:
    passages = tuple(Passage(**{name: row[name] for name in Passage.__dataclass_fields__}) for row in rows)
    read = [indexed(one.title, one.heading, "\n".join((one.text, *phrased.texts_of(one.document, one.ordinal)))) for one in passages]
    vectors = np.zeros((len(rows), dim), dtype=np.float16)
    embedded = np.zeros(len(rows), dtype=np.bool_)
    for at, row in enumerate(rows):
        if row["vector"] is not None and row["embedder"] == embedder:
            vectors[at], embedded[at] = np.frombuffer(row["vector"], dtype="<f2"), True
    langs = np.array([one.lang for one in passages])
    moments = {lang: Moments.of(vectors[embedded & (langs == lang)]) for lang in LANGS}
    return Holding(audience, passages, index(read), vectors, embedded, moments)
