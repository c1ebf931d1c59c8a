"""Ways in: the phrasings of what a person may see, ready to be compared with a question."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desk.people import Lang
from knowledge.lexical import Index, Lexical, View
from knowledge.space import Space

NEAREST = 10                   # phrasings of a section whose mean cosine is the section's
ALL_LANGUAGES, OWN_LANGUAGE, WORDING = 2.0, 0.5, 0.25  # weights of the three views: of any language, the asker's, and his spelling

Floats = NDArray[np.float32]
Section = tuple[str, str, int]  # source, topic, ordinal: the same in every language


@dataclass(frozen=True)
class Asked:
    """One phrasing as the library holds it."""

    section: Section
    lang: Lang
    text: str
    vector: Floats | None


@dataclass(frozen=True)
class Way:
    standing: float            # how far the section stands above the others, in weighted standard deviations
    cosine: float              # of its nearest phrasings in all languages, in the spread space: 0 where nothing is near


@dataclass(frozen=True)
class Wording:
    """The phrasings of one access class in one language, counted and placed once for everybody who may see the class."""

    sections: Sequence[Section]    # of each phrasing
    lexical: Lexical
    embedded: Sequence[Section]    # of each phrasing that has a vector
    placed: Floats

    @classmethod
    def of(cls, asked: Sequence[Asked], lang: Lang, space: Space, index: Index) -> "Wording":
        with_vector = [(one.section, one.vector) for one in asked if one.vector is not None]
        placed = space.place(np.stack([vector for _, vector in with_vector]), lang) if with_vector else _nothing(space)
        return cls([one.section for one in asked], index([one.text for one in asked]), [section for section, _ in with_vector], placed)


class Ways:
    """`wordings` are those of the classes that one may see, by language."""

    def __init__(self, wordings: Mapping[Lang, Sequence[Wording]], space: Space) -> None:
        self.sections = sorted({section for some in wordings.values() for one in some for section in one.sections})
        self._space = space
        at = {section: number for number, section in enumerate(self.sections)}
        self._own: dict[Lang, _Near] = {}
        self._words: dict[Lang, tuple[View, NDArray[np.intp]]] = {}
        placed: list[Floats] = [_nothing(space)]
        sections: list[int] = []
        for lang, some in wordings.items():
            own = [at[section] for one in some for section in one.embedded]
            if own:
                placed.append(np.concatenate([one.placed for one in some]))
                sections += own
                self._own[lang] = _Near(own, placed[-1], len(self.sections))
            if some:
                self._words[lang] = (View([one.lexical for one in some]),
                                     np.array([at[section] for one in some for section in one.sections], dtype=np.intp))
        self._every = _Near(sections, np.concatenate(placed), len(self.sections))

    def to(self, question: str, vector: Floats | None, lang: Lang) -> Mapping[Section, Way]:
        """How the question leads to each section."""
        if not self.sections:
            return {}
        total, cosines = np.zeros(len(self.sections), dtype=np.float32), np.zeros(len(self.sections), dtype=np.float32)
        if vector is not None:
            placed = self._space.place(vector, lang)
            cosines = self._every.means(placed)
            total += ALL_LANGUAGES * _standing(cosines)
            if lang in self._own:
                total += OWN_LANGUAGE * _standing(self._own[lang].means(placed))
        if lang in self._words:
            view, sections = self._words[lang]
            best = np.zeros(len(self.sections), dtype=np.float32)
            np.maximum.at(best, sections, view.likeness(question))
            total += WORDING * _standing(best)
        return {section: Way(*pair) for section, *pair in zip(self.sections, total.tolist(), cosines.tolist(), strict=True)}


def _nothing(space: Space) -> Floats:
    return np.zeros((0, space.dim), dtype=np.float32)


class _Near:
    """Vectors of phrasings, those of a section in one row of a table, so that its nearest are found at once."""

    def __init__(self, sections: Sequence[int], vectors: Floats, count: int) -> None:
        places: dict[int, list[int]] = defaultdict(list)
        for row, section in enumerate(sections):
            places[section].append(row)
        self._table = np.full((count, max((len(rows) for rows in places.values()), default=1)), -1, dtype=np.intp)
        for section, rows in places.items():
            self._table[section, :len(rows)] = rows
        self._vectors = vectors

    def means(self, placed: Floats) -> Floats:
        """Of each section, the mean cosine of its nearest phrasings; the lowest of all where it has none."""
        if not len(self._vectors):
            return np.zeros(len(self._table), dtype=np.float32)
        cosines = self._vectors @ placed
        found = np.where(self._table >= 0, cosines[self._table], np.float32(cosines.min()))
        few = min(NEAREST, found.shape[1])
        return np.asarray(np.partition(found, -few, axis=1)[:, -few:].mean(axis=1), dtype=np.float32)


def _standing(scores: Floats) -> Floats:
    spread = float(scores.std())
    return np.asarray((scores - scores.mean()) / spread, dtype=np.float32) if spread > 1e-6 else np.zeros_like(scores)
