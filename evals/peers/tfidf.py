"""TF-IDF and logistic regression on the examples that the product's own heads were fitted on."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from evals.case import Case
from evals.labelled import Answer, beside
from guardrails.signals import FINE, coarse
from guardrails.signals.examples import read


def _answer(cases: Sequence[Case]) -> Sequence[Answer]:
    fitted = _fitted()
    shares = fitted.predict_proba([case.text for case in cases])
    return [(str(fitted.classes_[row.argmax()]), float(row.max())) for row in shares]


@cache
def _fitted() -> Pipeline:
    examples = [example for example in read(Path(str(files("guardrails").joinpath("corpus")))) if example.kind in FINE]
    peer = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LogisticRegression(C=10, max_iter=1000))
    return peer.fit([example.text for example in examples], [coarse(example.kind) for example in examples])


tfidf_logreg = beside(_answer)
