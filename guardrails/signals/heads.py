"""Fitted heads: arrays that numpy reads, one file per question, beside the space that all of them share.

A head is a kernel machine in two parts. Nearness to the examples in the embedding is a sum over anchors; spelling, sound and
concepts are linear and need only a weight per feature. Scores become probabilities by a scale and a shift that were fitted on
examples the machine had not seen.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from guardrails.signals.features import Features, features

Array = NDArray[np.float32]

# How much each kind of nearness counts, beside 1 for the embedding: chosen by cross-validation on the corpus.
SHARES: Mapping[str, float] = {"spelling": 0.5, "sound": 0.15, "concepts": 0.2}
WIDTH = 0.5                    # of the kernel over standardised embeddings, per dimension
BLOCKS = tuple(SHARES)


class HeadsMissing(Exception):
    """The fitted heads can't be read. Fit them again with `yavar learn`."""

    def __init__(self, why: str = "") -> None:
        super().__init__(f"{type(self).__doc__} ({why})" if why else type(self).__doc__)


@dataclass(frozen=True, kw_only=True, eq=False)
class Space:
    """Where messages lie: how embeddings are standardised, how rare each feature is, and the examples."""

    embedder: str
    mean: Array
    spread: Array
    rarity: Mapping[str, Array]        # per block: weight of each feature
    anchors: NDArray[np.int8]          # standardised embeddings of the examples, in steps of STEP

    STEP = 1 / 24

    def near(self, vector: Array) -> Array:
        """The kernel between one embedding and every anchor."""
        near: Array = gauss(((vector - self.mean) / self.spread)[None, :], self._points, self._lengths)[0]
        return near

    def nearer(self, vector: Array, others: Array) -> Array:
        """By how much each of some other embeddings lies nearer to this one than the nearest anchor does, in the kernel: -1 to 1."""
        points = ((others - self.mean) / self.spread).astype(np.float32)
        found: Array = gauss(((vector - self.mean) / self.spread)[None, :], points, np.einsum("nd,nd->n", points, points))[0]
        ahead: Array = found - self.near(vector).max()
        return ahead

    def weights(self, found: Features) -> dict[str, tuple[NDArray[np.int64], Array]]:
        """Per block the features that occur, weighted by rarity, of unit length together."""
        return {block: unit(getattr(found, block), self.rarity[block]) for block in BLOCKS}

    @cached_property
    def _points(self) -> Array:
        return self.anchors.astype(np.float32) * np.float32(self.STEP)

    @cached_property
    def _lengths(self) -> Array:
        lengths: Array = np.einsum("nd,nd->n", self._points, self._points)
        return lengths


def gauss(some: Array, others: Array, lengths: Array) -> Array:
    """The Gaussian kernel between two sets of standardised embeddings."""
    apart = np.einsum("nd,nd->n", some, some)[:, None] + lengths[None, :] - 2 * (some @ others.T)
    near: Array = np.exp(-WIDTH * np.maximum(apart, 0) / some.shape[1]).astype(np.float32)
    return near


def unit(indices: NDArray[np.int64], rarity: Array) -> tuple[NDArray[np.int64], Array]:
    values = rarity[indices]
    length = float(np.linalg.norm(values))
    return indices, values / np.float32(length) if length else values


@dataclass(frozen=True, kw_only=True, eq=False)
class Head:
    """One question. `labels` of several classes, or of one: then the score speaks for it."""

    labels: tuple[str, ...]
    anchors: Array                     # (n, k)
    blocks: Mapping[str, Array]        # per block (features, k)
    offset: Array                      # (k,) of the machine
    scale: Array                       # (k,) of calibration
    shift: Array                       # (k,) of calibration
    lean: float = 0.0                  # how much the intents' odds for the same thing count besides
    threshold: float = 0.5
    provenance: Mapping[str, Any]

    def scores(self, near: Array, weights: Mapping[str, tuple[NDArray[np.int64], Array]]) -> Array:
        score: Array = near @ self.anchors + self.offset
        for block, (indices, values) in weights.items():
            score = (score + values @ self.blocks[block][indices]).astype(np.float32)
        calibrated: Array = score * self.scale + self.shift
        return calibrated

    def probabilities(self, near: Array, weights: Mapping[str, tuple[NDArray[np.int64], Array]]) -> Array:
        return likelihood(self.scores(near, weights))


def likelihood(scores: Array) -> Array:
    """Of several scores the softmax, of one the logistic; along the last axis."""
    if scores.shape[-1] == 1:
        one: Array = (1 / (1 + np.exp(-np.clip(scores, -40, 40)))).astype(np.float32)
        return one
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    several: Array = (raised / raised.sum(axis=-1, keepdims=True)).astype(np.float32)
    return several


def log_odds(probability: Array) -> Array:
    sane = np.clip(probability, 1e-6, 1 - 1e-6)
    odds: Array = np.log(sane / (1 - sane)).astype(np.float32)
    return odds


@dataclass(frozen=True, kw_only=True)
class Read:
    """What the heads say of one message."""

    intents: Mapping[str, float]
    wants_person: float
    negative: float
    injection: float
    delicate: float
    danger: float
    danger_kind: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Heads:
    space: Space
    intents: Head
    wants_person: Head
    negative: Head
    injection: Head
    delicate: Head
    danger: Head
    danger_kind: Head

    def read(self, text: str, vector: Array) -> Read:
        near, weights = self.space.near(vector), self.space.weights(features(text))
        intents = self.intents.probabilities(near, weights)
        person = self.wants_person.scores(near, weights) + self.wants_person.lean * log_odds(intents[self.intents.labels.index("human")])
        return Read(intents={label: float(value) for label, value in zip(self.intents.labels, intents, strict=True)},
                    wants_person=float(likelihood(person)[0]), negative=float(self.negative.probabilities(near, weights)[0]),
                    injection=float(self.injection.probabilities(near, weights)[0]),
                    delicate=float(self.delicate.probabilities(near, weights)[0]),
                    danger=float(self.danger.probabilities(near, weights)[0]),
                    danger_kind=self.danger_kind.labels[int(self.danger_kind.scores(near, weights).argmax())])

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        space = self.space
        write(folder / "space.npz", {"embedder": np.array(space.embedder), "mean": space.mean, "spread": space.spread,
                                     "anchors": space.anchors}
              | {f"rarity_{block}": values.astype(np.float16) for block, values in space.rarity.items()})
        for name in HEADS:
            _save(folder / f"{name}.npz", getattr(self, name))


HEADS = ("intents", "wants_person", "negative", "injection", "delicate", "danger", "danger_kind")


def load(folder: Path) -> Heads:
    """Raises HeadsMissing where a file is absent or not readable."""
    try:
        with np.load(folder / "space.npz", allow_pickle=False) as kept:
            space = Space(embedder=str(kept["embedder"]), mean=kept["mean"].astype(np.float32), spread=kept["spread"].astype(np.float32),
                          rarity={block: kept[f"rarity_{block}"].astype(np.float32) for block in BLOCKS}, anchors=kept["anchors"])
        heads = {name: _load(folder / f"{name}.npz") for name in HEADS}
    except (OSError, KeyError, ValueError) as error:
        raise HeadsMissing(str(error)) from error
    return Heads(space=space, **heads)


@cache
def shipped() -> Heads:
    """The heads in the package; read at the first call and kept."""
    with as_file(files("guardrails").joinpath("heads")) as folder:
        return load(folder)


def write(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """An npz with nothing in it that depends on when it was written."""
    kept: dict[str, Any] = dict(arrays)
    np.savez_compressed(path, **kept)


def _save(path: Path, head: Head) -> None:
    write(path, {"labels": np.array(head.labels), "anchors": head.anchors.astype(np.float16), "offset": head.offset, "scale": head.scale,
                 "shift": head.shift, "lean": np.array(head.lean), "threshold": np.array(head.threshold),
                 "provenance": np.array(json.dumps(dict(head.provenance), sort_keys=True))}
          | {f"block_{block}": values.astype(np.float16) for block, values in head.blocks.items()})


def _load(path: Path) -> Head:
    with np.load(path, allow_pickle=False) as kept:
        return Head(labels=tuple(str(label) for label in kept["labels"]), anchors=kept["anchors"].astype(np.float32),
                    blocks={block: kept[f"block_{block}"].astype(np.float32) for block in BLOCKS}, offset=kept["offset"],
                    scale=kept["scale"], shift=kept["shift"], lean=float(kept["lean"]),
                    threshold=float(kept["threshold"]), provenance=json.loads(str(kept["provenance"])))
