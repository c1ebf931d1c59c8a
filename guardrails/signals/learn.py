"""Fits the heads on the corpus: every figure that they carry was measured on examples that the measured machine had not seen."""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import scipy
from numpy.typing import NDArray

from desk.people import LANGS, Lang
from guardrails.signals import machine
from guardrails.signals.examples import ATTACK, BESIDE, DANGERS, DELICATE, QUESTION, Example, fingerprint, read
from guardrails.signals.features import features
from guardrails.signals.heads import SHARES, WIDTH, Array, Head, Heads, likelihood, log_odds
from guardrails.signals.machine import Board, Indices
from guardrails.signals.phrased import read_phrased
from guardrails.signals.signal import FINE, FIRST, coarse
from knowledge.embedder import Embedder
from knowledge.stock import ARTICLES
from knowledge.trial import labelled_questions

# How the thresholds are found, on unseen examples.
PERSON_ALARMS = 0.025         # a person is called in vain so often at most, among messages that were written to provoke it
ANGER_HEARD = 0.95             # so much of plain complaint is noticed
ORDER_ALARMS = 0.005           # so many honest messages are taken for orders to the machine at most
DELICATE_ALARMS = 0.003        # and so many are handed to a person as delicate
OF_DANGER = frozenset({"phishing", "lost-device"})     # topics whose questions may well tell of one
DANGER_ALARMS = 0.008          # and so many to the security team, of what people write every day; what only resembles danger is beside


@dataclass(frozen=True, kw_only=True)
class Truth:
    """The examples as arrays. Figures, scales and thresholds come from messages alone; `asked` is what the intents are learnt from."""

    examples: Sequence[Example]

    @cached_property
    def kinds(self) -> NDArray[np.str_]:
        return np.array([example.kind for example in self.examples])

    @cached_property
    def langs(self) -> NDArray[np.str_]:
        return np.array([example.lang for example in self.examples])

    @cached_property
    def borrowed(self) -> NDArray[np.bool_]:
        return np.array([example.borrowed for example in self.examples])

    @cached_property
    def asked(self) -> Indices:
        return np.flatnonzero(~np.isin(self.kinds, (*BESIDE, QUESTION)))

    @cached_property
    def messages(self) -> Indices:
        return self.asked[~self.borrowed[self.asked]]

    @cached_property
    def everyday(self) -> Indices:
        """What people write every day: messages, and questions that tell a story first."""
        return np.union1d(self.messages, np.flatnonzero(self.kinds == QUESTION))

    def screened(self, kinds: Sequence[str]) -> Indices:
        """Rows that the head for kinds beside the intents learns from; one that also stands under an intent is no message of the rest."""
        known = {example.text for example in self.examples if example.kind in kinds}
        return np.array([row for row, example in enumerate(self.examples) if example.kind in kinds or example.text not in known])

    def intents(self, rows: Indices) -> Indices:
        return np.array([FINE.index(kind) for kind in self.kinds[rows]], dtype=np.int64)

    def are(self, kind: str, rows: Indices) -> NDArray[np.bool_]:
        return self.any_of((kind,), rows)

    def any_of(self, kinds: Sequence[str], rows: Indices) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = np.isin(self.kinds[rows], kinds)
        return found

    def negative(self, rows: Indices) -> NDArray[np.bool_]:
        return np.array([self.examples[row].negative for row in rows])

    def evened(self, rows: Indices) -> Array:
        """How much each row matters so that all of FIRST matter alike: the corpus's shares are no desk's."""
        label = np.array([FIRST.index(coarse(intent)) for intent in FINE])[self.intents(rows)]
        even: Array = (1 / np.bincount(label)[label]).astype(np.float32)
        return even


@dataclass(frozen=True, kw_only=True, eq=False)
class Unseen:
    """A message of the corpus as heads read it that were fitted without it."""

    text: str
    lang: Lang
    kind: str
    vector: Array
    intents: Mapping[str, float]
    wants_person: float
    negative: float


@dataclass(frozen=True, kw_only=True)
class Fitted:
    heads: Heads
    unseen: Sequence[Unseen]


def gather(corpus: Path) -> list[Example]:
    """The messages of the corpus, then what is borrowed from the library, and its labelled questions. Raises BadCorpus."""
    written = read(corpus)
    known = {example.text for example in written}
    return [*written, *(example for example in read_phrased(corpus, ARTICLES) if example.text not in known),
            *(example for example in _questions() if example.text not in known)]


def _questions() -> list[Example]:
    return [Example(text=asked.text, lang=asked.lang, kind=QUESTION, negative=False) for asked in labelled_questions()
            if asked.topic not in OF_DANGER]


async def fit(corpus: Path, embedder: Embedder, cache: Path | None = None) -> Fitted:
    """Raises BadCorpus. `cache` keeps embeddings between runs: only new messages are embedded."""
    examples = gather(corpus)
    vectors = await embed([example.text for example in examples], embedder, cache)
    return fit_on(examples, vectors, embedder.id)


def fit_on(examples: Sequence[Example], vectors: Array, embedder: str) -> Fitted:
    truth = Truth(examples=examples)
    board = machine.lay_out(vectors, [features(example.text) for example in examples], truth.borrowed, embedder)
    folds = machine.groups(board, [example.text for example in examples])
    origin = _origin(examples, embedder)

    several, rows = len(FINE), truth.messages
    targets = np.column_stack([truth.intents(truth.asked)[:, None] == np.arange(several), truth.are("human", truth.asked),
                               truth.negative(truth.asked)]).astype(np.float32)
    unseen = machine.unseen_scores(board, folds, truth.asked, targets)[~truth.borrowed[truth.asked]]
    whole = machine.final(board, truth.asked, targets)

    intents = machine.calibrate(unseen[:, :several], truth.intents(rows), truth.evened(rows))
    shares = likelihood(unseen[:, :several] * intents.scale + intents.shift)
    odds = log_odds(shares[:, FINE.index("human")])

    human = truth.are("human", rows)
    person = machine.calibrate_yes_no(unseen[:, several], human, odds)
    wish = likelihood((unseen[:, several:several + 1] * person.scale + person.shift) + person.lean * odds[:, None])[:, 0]
    wish_from = float(np.quantile(wish[~human], 1 - PERSON_ALARMS))

    negative = truth.negative(rows)
    anger = machine.calibrate_yes_no(unseen[:, several + 1], negative)
    felt = likelihood(unseen[:, several + 1:] * anger.scale + anger.shift)[:, 0]
    felt_from = float(np.quantile(felt[negative & truth.are("upset", rows)], 1 - ANGER_HEARD))

    langs = truth.langs[rows]
    heads = Heads(
        space=board.space,
        intents=whole.head(slice(0, several), FINE, intents, 0.5,
                           origin | {"unseen": _each(langs, _routing, shares, wish >= wish_from, truth.intents(rows))}),
        wants_person=whole.head(slice(several, several + 1), ("human",), person, wish_from,
                                origin | {"unseen": _each(langs, _yes_no, wish, wish >= wish_from, human)}),
        negative=whole.head(slice(several + 1, several + 2), ("negative",), anger, felt_from,
                            origin | {"unseen": _each(langs, _yes_no, felt, felt >= felt_from, negative)}),
        injection=_screen(ATTACK, (ATTACK,), ORDER_ALARMS, board, folds, truth, origin),
        delicate=_screen(DELICATE, (DELICATE,), DELICATE_ALARMS, board, folds, truth, origin),
        danger=_screen("danger", DANGERS, DANGER_ALARMS, board, folds, truth, origin, among=truth.everyday),
        danger_kind=_which(DANGERS, board, folds, truth, origin),
    )
    return Fitted(heads=heads, unseen=[_unseen(examples[row], vectors[row], *each) for row, *each in zip(
        rows.tolist(), shares, wish.tolist(), felt.tolist(), strict=True)])


def _unseen(example: Example, vector: Array, shares: Array, wish: float, felt: float) -> Unseen:
    return Unseen(text=example.text, lang=example.lang, kind=example.kind, vector=vector, wants_person=wish, negative=felt,
                  intents={intent: float(share) for intent, share in zip(FINE, shares, strict=True)})


def _screen(label: str, kinds: Sequence[str], alarms: float, board: Board, folds: Indices, truth: Truth,
            origin: Mapping[str, Any], among: Indices | None = None) -> Head:
    """A head that tells some kinds from all other messages, with so many false alarms at most `among` those rows; among all without."""
    rows = truth.screened(kinds)
    wanted = truth.any_of(kinds, rows)
    targets = wanted[:, None].astype(np.float32)
    unseen = machine.unseen_scores(board, folds, rows, targets)
    calibration = machine.calibrate_yes_no(unseen[:, 0], wanted)
    found = likelihood(unseen * calibration.scale + calibration.shift)[:, 0]
    plain = ~wanted if among is None else ~wanted & np.isin(rows, among)
    threshold = float(np.quantile(found[plain], 1 - alarms))
    return machine.final(board, rows, targets).head(
        slice(0, 1), (label,), calibration, threshold,
        dict(origin) | {"unseen": _each(truth.langs[rows], _yes_no, found, found >= threshold, wanted)})


def _which(kinds: tuple[str, ...], board: Board, folds: Indices, truth: Truth, origin: Mapping[str, Any]) -> Head:
    """A head that tells kinds from one another, for messages that are known to be one of them."""
    rows = np.flatnonzero(np.isin(truth.kinds, kinds))
    number = np.array([kinds.index(kind) for kind in truth.kinds[rows]], dtype=np.int64)
    targets = (number[:, None] == np.arange(len(kinds))).astype(np.float32)
    unseen = machine.unseen_scores(board, folds, rows, targets)
    right = unseen.argmax(axis=1) == number
    return machine.final(board, rows, targets).head(
        slice(0, len(kinds)), kinds, machine.calibrate(unseen, number), 0.5,
        dict(origin) | {"unseen": _each(truth.langs[rows], _share, right)})


async def embed(texts: Sequence[str], embedder: Embedder, cache: Path | None) -> Array:
    """Vectors in the order of the texts; what the cache doesn't hold is embedded and put there."""
    known = _cached(cache, embedder.id)
    keys = [f"{crc32(text.encode()):08x}{len(text)}:{text}" for text in texts]
    for key, text in zip(keys, texts, strict=True):
        if key not in known:
            known[key] = await embedder.query(text)
    if cache is not None:
        cache.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(cache, embedder=np.array(embedder.id), keys=np.array(list(known)), vectors=np.stack(list(known.values())))
    return np.stack([known[key] for key in keys]).astype(np.float32)


def _cached(cache: Path | None, embedder: str) -> dict[str, Array]:
    if cache is None or not cache.exists():
        return {}
    with np.load(cache, allow_pickle=False) as kept:
        return dict(zip(kept["keys"].tolist(), kept["vectors"], strict=True)) if str(kept["embedder"]) == embedder else {}


def _origin(examples: Sequence[Example], embedder: str) -> dict[str, Any]:
    counts = {lang: sum(example.lang == lang and not example.borrowed for example in examples) for lang in LANGS}
    return {
        "corpus": fingerprint(examples), "examples": counts, "borrowed": sum(example.borrowed for example in examples),
        "embedder": embedder, "fitted": date.today().isoformat(),
        "method": {"ridge": machine.RIDGE, "borrowed": machine.BORROWED, "folds": machine.FOLDS, "width": WIDTH, "shares": dict(SHARES)},
        "versions": {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__},
    }


def _each(langs: NDArray[np.str_], measure: Any, *arrays: NDArray[Any]) -> dict[str, dict[str, float]]:
    found = {"all": measure(*arrays)}
    for lang in LANGS:
        here = langs == lang
        found[lang] = measure(*(array[here] for array in arrays))
    return found


def _routing(shares: Array, wishes: NDArray[np.bool_], truth: Indices) -> dict[str, float]:
    """What `first_act` does, on arrays."""
    label = np.array([FIRST.index(coarse(intent)) for intent in FINE])
    sums = np.stack([shares[:, label == number].sum(axis=1) for number in range(len(FIRST))], axis=1)
    sums[:, FIRST.index("human")] = np.where(wishes, 2, -1)
    right = sums.argmax(axis=1) == label[truth]
    each = [right[label[truth] == number].mean() for number in set(label[truth].tolist())]
    return {"n": len(truth), "accuracy": round(float(right.mean()), 4), "balanced": round(float(np.mean(each)), 4)}


def _share(right: NDArray[np.bool_]) -> dict[str, float]:
    return {"n": len(right), "accuracy": round(float(right.mean()), 4)}


def _yes_no(probability: Array, said: NDArray[np.bool_], truth: NDArray[np.bool_]) -> dict[str, float]:
    return {"n": len(truth), "auroc": round(machine.auroc(probability, truth), 4), "recall": round(float(said[truth].mean()), 4),
            "false_alarm": round(float(said[~truth].mean()), 4)}
