"""Logistic regression on the embeddings of the very messages that the product's own head of feelings was fitted on."""

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from evals.case import Case
from evals.exam import Judged, Work
from evals.labelled import judged
from guardrails.signals import shipped
from guardrails.signals.examples import fingerprint
from guardrails.signals.heads import Space
from guardrails.signals.learn import Truth, gather

PENALTY = 0.01                 # scikit-learn's C


class OtherCorpus(Exception):
    """The shipped heads were fitted on another corpus than the one in the package. Fit them again with `yavar learn`."""


async def negative_logistic(cases: Sequence[Case], work: Work) -> Sequence[Judged]:
    """What is learnt from is the heads' own kept embeddings: none is computed again. Raises OtherCorpus."""
    heads, examples = shipped(), gather(Path(str(files("guardrails").joinpath("corpus"))))
    if heads.negative.provenance["corpus"] != fingerprint(examples):
        raise OtherCorpus(OtherCorpus.__doc__)
    truth = Truth(examples=examples)
    points = heads.space.anchors[truth.messages].astype(np.float32) * np.float32(Space.STEP)
    fitted = LogisticRegression(C=PENALTY, max_iter=2000).fit(points, truth.negative(truth.messages))
    asked = np.stack([(await work.embedder.query(case.text) - heads.space.mean) / heads.space.spread for case in cases])
    return [judged(case, ("negative" if likely >= 0.5 else "other", float(likely)))
            for case, likely in zip(cases, fitted.predict_proba(asked)[:, 1], strict=True)]
