"""Fits logistic heads of confidence on labelled questions; scikit-learn is imported by nobody else in this room."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from desk.people import LANGS, Lang
from knowledge.embedder import Embedder
from knowledge.evidence import FEATURES, FILE, KINDS, seen
from knowledge.trial import EVERYTHING, labelled_questions, shipped_library, tried

FOLDS = 10
PENALTY = 0.3                  # scikit-learn's C, chosen by cross-validation on the labelled questions


async def fit_evidence(embedder: Embedder, file: Path = FILE) -> dict[str, Any]:
    """Fit on the shipped library, write weights and cross-validated figures by language; returns what was written.

    Articles without phrasings are tried on cut libraries besides: see `trial`.
    """
    found: dict[str, Any] = {"features": list(FEATURES), "embedder": embedder.id}
    for kind in KINDS:
        rows, right, langs = [], [], []
        async with shipped_library(embedder, phrased=kind == "phrased") as library:
            for question in labelled_questions():
                vector = await embedder.query(question.text)
                hits = await library.search(question.text, vector=vector, may_see=EVERYTHING, lang=question.lang)
                rows.append(seen(question.text, hits))
                right.append(hits[0].topic == question.topic)
                langs.append(question.lang)
        if kind == "plain":
            async for one in tried(embedder):
                rows.append(seen(one.text, one.hits))
                right.append(one.right)
                langs.append(one.lang)
        found[kind] = fitted(rows, right, langs)
    await asyncio.to_thread(file.write_text, json.dumps(found, indent=1) + "\n", "utf-8")
    return found


def fitted(rows: Sequence[Sequence[float]], right: Sequence[bool], langs: Sequence[Lang],
           counts: Sequence[float] | None = None) -> dict[str, Any]:
    """Weights and bias over the rows as they are, and figures of the questions (rows that count whole) on folds not learnt from."""
    features, truth, of = np.array(rows), np.array(right), np.array(langs)
    weight = np.ones(len(truth)) if counts is None else np.array(counts)
    unseen = np.zeros(len(truth))
    for learn, ask in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(features, truth):
        unseen[ask] = _fit(features[learn], truth[learn], weight[learn]).predict_proba(features[ask])[:, 1]
    scale, head = (step for _, step in _fit(features, truth, weight).steps)
    weights = head.coef_[0] / scale.scale_
    asked = {lang: (weight == 1) & (of == lang) for lang in LANGS}
    return {"weights": [round(float(one), 5) for one in weights], "bias": round(float(head.intercept_[0] - weights @ scale.mean_), 5),
            "n": len(truth), "folds": FOLDS,
            "auroc": {lang: round(float(roc_auc_score(truth[here], unseen[here])), 4) for lang, here in asked.items()}}


def _fit(features: Any, truth: Any, weight: Any) -> Any:
    model = make_pipeline(StandardScaler(), LogisticRegression(C=PENALTY, max_iter=3000))
    return model.fit(features, truth, logisticregression__sample_weight=weight)
