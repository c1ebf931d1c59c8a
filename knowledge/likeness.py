"""Which questions ask for the same, in whatever language: so that a need is one row of the gap list, not fifty.

Questions are compared in the spread space (`space`) and gathered by average linkage. From which nearness two groups are one is measured on
labelled questions (`alike.yaml`) by `yavar knowledge alike`, and kept with its figures in `likeness.json`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from desk.people import Lang
from knowledge.committed import VECTORS, space_file
from knowledge.normalise import words
from knowledge.space import Space

FILE = Path(str(files("knowledge").joinpath("likeness.json")))

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Likeness:
    embedder: str = ""         # whose vectors it can compare; "": none
    nearness: float = 1.0      # mean cosine, in the space, from which two groups are one
    space: Space | None = None

    @classmethod
    def shipped(cls, embedder: str) -> "Likeness":
        """Where nothing was measured for the embedder, only the same words are alike."""
        kept: dict[str, Any] = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
        space = Space.load(space_file(VECTORS, embedder))
        return cls(embedder, kept["nearness"], space) if space and kept.get("embedder") == embedder else cls()

    def groups(self, questions: Sequence[tuple[str, Lang, Floats | None]]) -> list[list[int]]:
        """The questions' numbers, those that are alike together; each once, in their order. A question is text, language and vector."""
        labels: dict[object, list[int]] = {}
        placed = [at for at, (_, _, vector) in enumerate(questions) if vector is not None and self.space]
        gathered = dict(zip(placed, self._gathered([questions[at] for at in placed]), strict=True))
        for at, (text, _, _) in enumerate(questions):
            labels.setdefault(gathered.get(at) or " ".join(words(text)), []).append(at)
        return list(labels.values())

    def _gathered(self, questions: Sequence[tuple[str, Lang, Any]]) -> list[int]:
        if self.space is None or len(questions) < 2:
            return [1] * len(questions)
        places = np.stack([self.space.place(vector, lang) for _, lang, vector in questions])
        apart = np.clip(1 - places @ places.T, 0, 2)
        np.fill_diagonal(apart, 0)
        tree = linkage(squareform(apart, checks=False), method="average")
        return [int(label) for label in fcluster(tree, 1 - self.nearness, criterion="distance")]
