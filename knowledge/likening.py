"""Measures from which nearness two questions ask for the same, on labelled questions that no shipped article answers."""

import asyncio
import json
from collections.abc import Sequence
from importlib.resources import files
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from desk.people import LANGS, Lang
from knowledge.committed import VECTORS, space_file
from knowledge.embedder import Embedder
from knowledge.likeness import FILE, Floats, Likeness
from knowledge.space import Space

QUESTIONS = Path(str(files("knowledge").joinpath("alike.yaml")))
WRONG = 0.005                  # share of the pairs of different needs that may lie nearer: wrong ones hide a need, missing ones repeat it

Question = tuple[str, Lang, Floats]


async def measure(embedder: Embedder, file: Path = FILE) -> dict[str, Any]:
    """The nearness that hardly any pair of different needs reaches, on every second need, and what comes of it; returns what was written.

    By pairs, and not by how well these few needs are gathered: the longer the list, the more chances there are to be wrong.
    """
    needs = [await _embedded(need, embedder) for need in labelled()]
    space = Space.load(space_file(VECTORS, embedder.id)) or Space.plain(embedder.dim)
    seen, unseen = needs[::2], needs[1::2]
    likeness = Likeness(embedder.id, round(_nearness(seen, space), 4), space)
    found = {"embedder": embedder.id, "nearness": likeness.nearness, "needs": len(needs), "measured_on": pairs(likeness, seen),
             "held_out": pairs(likeness, unseen), "together": pairs(likeness, needs)}
    await asyncio.to_thread(file.write_text, json.dumps(found, indent=1) + "\n", "utf-8")
    return found


def _nearness(needs: Sequence[Sequence[Question]], space: Space) -> float:
    places = [np.stack([space.place(vector, lang) for _, lang, vector in need]) for need in needs]
    return float(np.quantile(np.concatenate([(one @ other.T).ravel() for one, other in combinations(places, 2)]), 1 - WRONG))


def labelled() -> list[dict[str, Any]]:
    """The needs, each with its questions by language."""
    found: list[dict[str, Any]] = yaml.safe_load(QUESTIONS.read_text("utf-8"))
    return found


async def _embedded(need: dict[str, Any], embedder: Embedder) -> list[Question]:
    return [(text, lang, await embedder.query(text)) for lang in LANGS for text in need[lang]]


def pairs(likeness: Likeness, needs: Sequence[Sequence[Question]]) -> dict[str, Any]:
    """Of all pairs of questions: how many that were put together belong together, and how many that do were; the latter across languages
    too. Nothing put together is nothing wrong."""
    questions = [(number, question) for number, need in enumerate(needs) for question in need]
    group = {at: label for label, some in enumerate(likeness.groups([one for _, one in questions])) for at in some}
    table = np.array([(questions[a][0] == questions[b][0], group[a] == group[b], questions[a][1][1] != questions[b][1][1])
                      for a, b in combinations(range(len(questions)), 2)])
    same, joined, across = table.T
    return {"pairs": len(table), "precision": _share(same & joined, joined, 1.0), "recall": _share(same & joined, same, 0.0),
            "recall_across_languages": _share(same & joined & across, same & across, 0.0)}


def _share(part: Any, whole: Any, otherwise: float) -> float:
    return round(float(part.sum() / whole.sum()), 4) if whole.any() else otherwise
