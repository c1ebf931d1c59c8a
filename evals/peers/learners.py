"""Learners that one would try first on labelled messages: TF-IDF with a linear SVM or logistic regression, and one on embeddings."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from evals.case import Case
from evals.exam import Judged, Peer, Work
from evals.fresh import MOST
from evals.held_out import learns
from evals.labelled import Answer, judged
from evals.split import parted, thinned

OwnData = Callable[[], Sequence[Path]]
FOLDS = 3                      # of the SVM's calibration: it states no probability by itself


def tfidf_svm(own_data: OwnData) -> Peer:
    def learner(learnt: Sequence[Case], asked: Sequence[Case]) -> Sequence[Answer]:
        fewest = min(np.unique([case.label for case in learnt], return_counts=True)[1])
        machine = LinearSVC() if fewest < FOLDS else CalibratedClassifierCV(LinearSVC(), cv=FOLDS)
        fitted = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), machine)
        fitted.fit([case.text for case in learnt], [case.label for case in learnt])
        texts = [case.text for case in asked]
        if fewest < FOLDS:
            return [(str(label), 1.0) for label in fitted.predict(texts)]
        return _likeliest(fitted.predict_proba(texts), fitted.classes_)
    return learns(own_data, learner)


def tfidf_logistic(own_data: OwnData) -> Peer:
    def learner(learnt: Sequence[Case], asked: Sequence[Case]) -> Sequence[Answer]:
        fitted = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LogisticRegression(C=10, max_iter=1000))
        fitted.fit([case.text for case in learnt], [case.label for case in learnt])
        return _likeliest(fitted.predict_proba([case.text for case in asked]), fitted.classes_)
    return learns(own_data, learner)


def embedded_logistic(own_data: OwnData) -> Peer:
    """On the product's own embeddings, and so on as many messages as its head."""
    async def peer(cases: Sequence[Case], work: Work) -> Sequence[Judged]:
        learnt = thinned(parted(list(work.data) or own_data(), work.seed)[0], MOST, work.seed)
        vectors = np.stack([await work.embedder.query(case.text) for case in learnt])
        middle, spread = vectors.mean(axis=0), vectors.std(axis=0) + 1e-6
        fitted = LogisticRegression(C=0.1, max_iter=2000).fit((vectors - middle) / spread, [case.label for case in learnt])
        asked = np.stack([await work.embedder.query(case.text) for case in cases])
        shares = fitted.predict_proba((asked - middle) / spread)
        return [judged(case, answer) for case, answer in zip(cases, _likeliest(shares, fitted.classes_), strict=True)]
    return peer


def _likeliest(shares: np.ndarray[tuple[int, ...], np.dtype[np.float64]], labels: Sequence[str]) -> list[Answer]:
    return [(str(labels[int(row.argmax())]), float(row.max())) for row in shares]
