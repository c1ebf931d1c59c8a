"""The arithmetic of fitting: kernel ridge regression, folds that keep near-duplicates together, calibration, and figures of merit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from scipy.special import log_softmax
from scipy.stats import rankdata

from guardrails.signals.features import SOUND_BITS, SPELLING_BITS, Features, how_many_concepts
from guardrails.signals.heads import BLOCKS, SHARES, Array, Head, Space, gauss, unit

RIDGE = 0.5                    # chosen by cross-validation, as are SHARES and WIDTH
BORROWED = 0.2                 # how much a borrowed example counts beside a message
FOLDS = 5
ALIKE = 0.7                    # cosine of spellings from which two messages go into the same fold

Indices = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Board:
    """All examples, laid out: the space, each block as a sparse matrix, and the kernel between all pairs."""

    space: Space
    blocks: Mapping[str, csr_matrix]
    kernel: Array
    ridge: Array                   # per example: the less it counts, the more the machine may miss it


@dataclass(frozen=True, kw_only=True)
class Calibration:
    scale: Array
    shift: Array
    lean: float = 0.0


def lay_out(vectors: Array, found: Sequence[Features], borrowed: NDArray[np.bool_], embedder: str) -> Board:
    sizes = {"spelling": 1 << SPELLING_BITS, "sound": 1 << SOUND_BITS, "concepts": how_many_concepts()}
    rarity = {block: _rarity([getattr(each, block) for each in found], sizes[block]) for block in BLOCKS}
    mean, spread = vectors.mean(axis=0), vectors.std(axis=0) + np.float32(1e-6)
    anchors = np.clip(np.rint((vectors - mean) / spread / Space.STEP), -127, 127).astype(np.int8)
    space = Space(embedder=embedder, mean=mean, spread=spread, rarity=rarity, anchors=anchors)
    blocks = {block: _matrix([getattr(each, block) for each in found], rarity[block]) for block in BLOCKS}
    points = anchors.astype(np.float32) * np.float32(Space.STEP)
    kernel = gauss(points, points, np.einsum("nd,nd->n", points, points)).astype(np.float64)
    for block, matrix in blocks.items():
        kernel += SHARES[block] * (matrix @ matrix.T).toarray()
    ridge = np.where(borrowed, RIDGE / BORROWED, RIDGE).astype(np.float32)
    return Board(space=space, blocks=blocks, kernel=kernel.astype(np.float32), ridge=ridge)


def groups(board: Board, texts: Sequence[str]) -> Indices:
    """A fold for each example; near-duplicates share theirs, and an example keeps its fold when others come and go."""
    spelling = board.blocks["spelling"]
    alike = spelling @ spelling.T
    alike.data[alike.data < ALIKE] = 0
    alike.eliminate_zeros()
    _, group = connected_components(alike, directed=False)
    first: dict[int, str] = {}
    for number, text in zip(group, texts, strict=True):
        first[number] = min(first.get(number, text), text)
    return np.array([crc32(first[number].encode()) % FOLDS for number in group], dtype=np.int64)


def splits(folds: Indices, rows: Indices) -> Iterator[tuple[Indices, Indices]]:
    for fold in range(FOLDS):
        yield rows[folds[rows] != fold], rows[folds[rows] == fold]


def solve(kernel: Array, ridge: Array | float, rows: Indices, targets: Array) -> tuple[Array, Array]:
    """Weights of the examples and an offset, for targets (rows, k)."""
    offset = targets.mean(axis=0)
    square = kernel[np.ix_(rows, rows)]        # in single precision: the ridge keeps it well conditioned
    square[np.diag_indices_from(square)] += ridge if isinstance(ridge, float) else ridge[rows]
    weights = cho_solve(cho_factor(square, lower=True, overwrite_a=True, check_finite=False), targets - offset)
    return weights.astype(np.float32), offset.astype(np.float32)


def unseen_scores(board: Board, folds: Indices, rows: Indices, targets: Array) -> Array:
    """Score of each row by a machine that hadn't seen it."""
    place = np.full(len(folds), -1)
    place[rows] = np.arange(len(rows))
    scores = np.zeros_like(targets, dtype=np.float32)
    for learn, ask in splits(folds, rows):
        weights, offset = solve(board.kernel, board.ridge, learn, targets[place[learn]])
        scores[place[ask]] = board.kernel[np.ix_(ask, learn)] @ weights + offset
    return scores


@dataclass(frozen=True, kw_only=True)
class Weights:
    """A machine with a column per target."""

    anchors: Array
    blocks: Mapping[str, Array]
    offset: Array

    def head(self, columns: slice, labels: tuple[str, ...], calibration: Calibration, threshold: float,
             provenance: Mapping[str, object]) -> Head:
        blocks = {block: values[:, columns] for block, values in self.blocks.items()}
        return Head(labels=labels, anchors=self.anchors[:, columns], blocks=blocks, offset=self.offset[columns], scale=calibration.scale,
                    shift=calibration.shift, lean=calibration.lean, threshold=threshold, provenance=provenance)


def final(board: Board, rows: Indices, targets: Array) -> Weights:
    """Fitted on all rows."""
    weights, offset = solve(board.kernel, board.ridge, rows, targets)
    whole = np.zeros((board.kernel.shape[0], targets.shape[1]), dtype=np.float32)
    whole[rows] = weights
    return Weights(anchors=whole, offset=offset,
                   blocks={block: (SHARES[block] * (matrix.T @ whole)).astype(np.float32) for block, matrix in board.blocks.items()})


def calibrate(scores: Array, truth: Indices, counts: Array | None = None) -> Calibration:
    """One scale, and a shift per class, under which the truth (class numbers) is likeliest. `counts`: how much each row matters."""
    classes = scores.shape[1]
    share = np.full(len(truth), 1 / len(truth)) if counts is None else counts / counts.sum()

    def loss(found: NDArray[np.float64]) -> float:
        shares = log_softmax(scores.astype(np.float64) * found[0] + found[1:], axis=1)
        return float(-shares[np.arange(len(truth)), truth] @ share + 1e-3 * (found[1:] ** 2).mean())

    best = minimize(loss, np.r_[6.0, np.zeros(classes)], method="L-BFGS-B").x
    return Calibration(scale=np.full(classes, best[0], dtype=np.float32), shift=best[1:].astype(np.float32))


def calibrate_yes_no(score: Array, truth: NDArray[np.bool_], odds: Array | None = None) -> Calibration:
    """Platt's scale and shift of one score; with `odds`, also how much those count besides."""
    besides = np.zeros_like(score) if odds is None else odds

    def loss(found: NDArray[np.float64]) -> float:
        leaning = score.astype(np.float64) * found[0] + found[1] + besides * found[2]
        return float(np.logaddexp(0, np.where(truth, -leaning, leaning)).mean() + 1e-4 * found[2] ** 2)

    best = minimize(loss, np.array([4.0, 0.0, 0.0]), method="L-BFGS-B").x
    return Calibration(scale=np.array([best[0]], dtype=np.float32), shift=np.array([best[1]], dtype=np.float32),
                       lean=0.0 if odds is None else float(best[2]))


def auroc(scores: Array, truth: NDArray[np.bool_]) -> float:
    ranks = rankdata(scores)
    positive = int(truth.sum())
    return float((ranks[truth].sum() - positive * (positive + 1) / 2) / (positive * (len(truth) - positive)))


def _rarity(rows: Sequence[Indices], size: int) -> Array:
    seen = np.bincount(np.concatenate([np.zeros(0, dtype=np.int64), *rows]), minlength=size)
    rarity: Array = (np.log((1 + len(rows)) / (1 + seen)) + 1).astype(np.float16).astype(np.float32)
    return rarity


def _matrix(rows: Sequence[Indices], rarity: Array) -> csr_matrix:
    values = [unit(row, rarity)[1] for row in rows]
    ends = np.cumsum([0, *(len(row) for row in rows)])
    return csr_matrix((np.concatenate(values), np.concatenate(rows), ends), shape=(len(rows), len(rarity)), dtype=np.float32)
