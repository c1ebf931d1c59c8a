"""Anybody's labels, on a seeded stratified split. Without a file, the nine first actions of the suite `routing`."""

from collections.abc import Sequence
from pathlib import Path

from evals.held_out import HeldOut
from evals.peers.learners import embedded_logistic, tfidf_logistic
from evals.suites.routing.suite import EXAM as ROUTING


def own_data() -> Sequence[Path]:
    return ROUTING.own_data


EXAM = HeldOut(name="intents", about="anybody's labels: a fresh head on three quarters, asked of the last", goals={}, own_data=own_data,
               peers={"tfidf_logreg": tfidf_logistic(own_data), "embeddings_logreg": embedded_logistic(own_data)})
