"""Fits the ear for languages: ridge regression on n-grams, with what says nothing (product names) left out."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix

from guardrails.signals.examples import Example
from guardrails.signals.features import tidy
from guardrails.signals.heads import Array
from guardrails.signals.language import ADDRESS, ARABIC_WORD, BITS, FUNCTION_WORDS, LATIN_WORD, SPOKEN, Ear, marks
from guardrails.signals.machine import FOLDS, RIDGE, Indices, calibrate, solve

ENGLISH_ENOUGH = 0.7           # so many of a line's Latin words known from the English corpus make it an English line
EVERYWHERE = 2                 # so often between Arabic letters, and a Latin word belongs to nobody


def fit_ear(examples: Sequence[Example]) -> Ear:
    shared = _shared(examples)
    texts, tongues, folds = _lines(examples, shared)
    # every other line without its letters as typed: many a Persian keyboard writes ي and ك
    rows = [marks(text, letters=number % 2 == 0) for number, text in enumerate(texts)]
    truth = np.array(tongues)
    matrix = _matrix(rows)
    kernel = (matrix @ matrix.T).toarray().astype(np.float32)
    targets = (truth[:, None] == np.arange(len(SPOKEN))).astype(np.float32)
    everything = np.arange(len(rows))
    unseen = np.zeros_like(targets)
    fold = np.array(folds)
    for number in range(FOLDS):
        learn, ask = everything[fold != number], everything[fold == number]
        weights, offset = solve(kernel, RIDGE, learn, targets[learn])
        unseen[ask] = kernel[np.ix_(ask, learn)] @ weights + offset
    calibration = calibrate(unseen, truth)
    weights, offset = solve(kernel, RIDGE, everything, targets)
    return Ear(weights=np.asarray(matrix.T @ weights, dtype=np.float32), offset=offset, scale=calibration.scale, shift=calibration.shift,
               shared=shared)


def _shared(examples: Sequence[Example]) -> frozenset[str]:
    """Words that say nothing alone: Latin ones between Arabic letters (`vpn`, `ok`), and what Arabic and Persian both say (سلام)."""
    arabic, persian = ({word for example in examples if example.lang == lang for word in ARABIC_WORD.findall(tidy(example.text))}
                       for lang in ("ar", "fa"))
    seen: Counter[str] = Counter()
    for example in examples:
        if ARABIC_WORD.search(example.text):
            seen.update(set(LATIN_WORD.findall(ADDRESS.sub(" ", example.text.lower()))))
    return frozenset(word for word, times in seen.items() if times >= EVERYWHERE and word not in FUNCTION_WORDS) | (arabic & persian)


def _lines(examples: Sequence[Example], shared: frozenset[str]) -> tuple[list[str], list[int], list[int]]:
    """What `identify` would hand to the ear, its tongue, and its fold."""
    english = {word for example in examples if example.lang == "en" for word in LATIN_WORD.findall(example.text.lower())}
    texts, tongues, folds = [], [], []
    for number, example in enumerate(examples):
        plain = ADDRESS.sub(" ", example.text.lower())
        arabic = ARABIC_WORD.findall(plain)
        latin = [word for word in LATIN_WORD.findall(plain) if word not in shared and len(word) > 1]
        if arabic and example.lang != "en":
            line, tongue = " ".join(arabic), str(example.lang)
        elif not arabic and latin and example.lang == "en":
            line, tongue = " ".join(latin), "en"
        elif not arabic and latin and sum(word in english for word in latin) < ENGLISH_ENOUGH * len(latin):
            line, tongue = " ".join(latin), {"ar": "arabizi", "fa": "finglish"}[example.lang]
        else:
            continue
        texts.append(line)
        tongues.append(SPOKEN.index(tongue))
        folds.append(number % FOLDS)
    return texts, tongues, folds


def _matrix(rows: Sequence[Indices]) -> csr_matrix:
    values: list[Array] = [np.full(row.size, 1 / np.sqrt(max(1, row.size)), dtype=np.float32) for row in rows]
    ends = np.cumsum([0, *(row.size for row in rows)])
    return csr_matrix((np.concatenate(values), np.concatenate(rows), ends), shape=(len(rows), 1 << BITS), dtype=np.float32)
