"""Fits the evidence head on the labelled questions of `knowledge/fitting/`; scikit-learn is imported by nobody else in this room."""

import asyncio
import json
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict

from desk.people import LANGS, Lang
from desk.store import Store
from knowledge.embedder import Embedder
from knowledge.evidence import FEATURES, FILE, seen
from knowledge.library import Library
from knowledge.stock import stock

QUESTIONS = Path(str(files("knowledge").joinpath("fitting")))
FOLDS = 10
EVERYTHING = frozenset({"public", "everyone", "agents"})


async def fit_evidence(embedder: Embedder, file: Path = FILE) -> dict[str, Any]:
    """Fit on the shipped library, write weights and cross-validated figures by language; returns what was written."""
    rows, right, langs = await _labelled(embedder)
    features, truth = np.array(rows), np.array(right)
    model = LogisticRegression(C=10, max_iter=1000)
    unseen = cross_val_predict(model, features, truth, cv=FOLDS, method="predict_proba")[:, 1]
    model.fit(features, truth)
    of = np.array(langs)
    found = {"features": list(FEATURES), "weights": [round(float(weight), 5) for weight in model.coef_[0]],
             "bias": round(float(model.intercept_[0]), 5), "embedder": embedder.id, "n": len(truth), "folds": FOLDS,
             "auroc": {lang: round(float(roc_auc_score(truth[of == lang], unseen[of == lang])), 4) for lang in LANGS}}
    await asyncio.to_thread(file.write_text, json.dumps(found, indent=1) + "\n", "utf-8")
    return found


def _questions(lang: Lang) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((QUESTIONS / f"questions.{lang}.yaml").read_text("utf-8"))
    return found


async def _labelled(embedder: Embedder) -> tuple[list[tuple[float, ...]], list[bool], list[Lang]]:
    rows: list[tuple[float, ...]] = []
    right: list[bool] = []
    langs: list[Lang] = []
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite+aiosqlite:///{folder}/library.db")
        await store.migrate()
        await stock(store)
        library = Library(store, embedder, Path(folder))
        await library.open()
        for lang in LANGS:
            for asked in _questions(lang):
                vector = await embedder.query(asked["question"])
                hits = await library.search(asked["question"], vector=vector, may_see=EVERYTHING, lang=lang)
                rows.append(seen(hits))
                right.append(hits[0].topic == asked["topic"])
                langs.append(lang)
        await library.close()
        await store.close()
    return rows, right, langs
